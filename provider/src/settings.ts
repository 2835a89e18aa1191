import type { IAMClientConfig } from "@aws-sdk/client-iam";
import { LoginProfileError } from "./errors";

/** The part of the SDK client's configuration that settings decide. */
export type ClientSettings = IAMClientConfig;

/** Reads one key of the stack's configuration, such as `aws:region`. */
export type ReadSetting = (key: string) => string | undefined;

/**
 * Settings of `@pulumi/aws` that decide on whose behalf, or where, calls are made. Passing over
 * one of them could change the wrong account, so each is refused until it is honoured.
 */
const UNSUPPORTED = [
  "accessKey",
  "allowedAccountIds",
  "assumeRole",
  "assumeRoleWithWebIdentity",
  "assumeRoles",
  "customCaBundle",
  "endpoints",
  "forbiddenAccountIds",
  "httpProxy",
  "httpsProxy",
  "insecure",
  "noProxy",
  "secretKey",
  "sharedConfigFiles",
  "sharedCredentialsFiles",
  "token",
].map((name) => `aws:${name}`);

/** Turns the stack's configuration into that of a client; what it leaves open, the SDK's own chain decides. */
export function clientSettings(read: ReadSetting): ClientSettings {
  for (const key of UNSUPPORTED) {
    if (read(key) !== undefined) {
      throw new LoginProfileError(
        `The stack's configuration sets ${key}, which pulumi-aws-login-profile does not support. ` +
          "Use the environment or the shared AWS files for it (AWS_PROFILE, AWS_ENDPOINT_URL, …), and remove the setting.",
      );
    }
  }
  const region = read("aws:region") ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  const profile = read("aws:profile");
  return {
    customUserAgent: [[packageJson.name, packageJson.version]],
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  };
}

const packageJson: { name: string; version: string } = require("../package.json");
