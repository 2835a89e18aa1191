import type { IAMClientConfig } from "@aws-sdk/client-iam";
import { LoginProfileError } from "./errors";
import { DEFAULT_COST, type HashCost } from "./password-hash";

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
  "maxRetries",
  "noProxy",
  "retryMode",
  "secretKey",
  "sharedConfigFiles",
  "sharedCredentialsFiles",
  "token",
  "useDualstackEndpoint",
  "useFipsEndpoint",
].map((name) => `aws:${name}`);

/** Throws for the first setting that is mistaken or not supported, so that a preview shows it. */
export function checkSettings(read: ReadSetting): void {
  clientSettings(read);
  retryTimeout(read);
  hashCost(read);
  policyCheck(read);
}

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
  const region = read("aws:region") || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined;
  const profile = read("aws:profile");
  return {
    customUserAgent: [[packageJson.name, packageJson.version]],
    // Calls are tried again by us, where it is known what a call that failed may have done.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: seconds(read, "connectTimeout", 60) * 1000,
      requestTimeout: seconds(read, "readTimeout", 60) * 1000,
      throwOnRequestTimeout: true,
    },
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** `aws-login-profile:retryTimeout`: how long one operation is tried, in milliseconds. */
export function retryTimeout(read: ReadSetting): number {
  return seconds(read, "retryTimeout", 120) * 1000;
}

function seconds(read: ReadSetting, name: string, usual: number): number {
  const text = read(`aws-login-profile:${name}`);
  if (text === undefined) return usual;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
    throw new LoginProfileError(
      `The setting aws-login-profile:${name} must be a number of seconds, 0 or more, not "${text}". ` +
        `Correct it with: pulumi config set aws-login-profile:${name} ${usual}`,
    );
  }
  return value;
}

/** The highest cost that is accepted: 2^20 blocks of 1 KiB, 1 GiB of memory a hash. */
const HIGHEST_LN = 20;

/** `aws-login-profile:hashCost`: the cost of new password hashes, as the binary logarithm of scrypt's N. */
export function hashCost(read: ReadSetting): HashCost {
  const text = read("aws-login-profile:hashCost");
  if (text === undefined) return DEFAULT_COST;
  const ln = Number(text);
  if (!Number.isInteger(ln) || ln < 1 || ln > HIGHEST_LN) {
    throw new LoginProfileError(
      `The setting aws-login-profile:hashCost must be a whole number from 1 to ${HIGHEST_LN}, not "${text}": ` +
        "the binary logarithm of scrypt's N. Correct it with: pulumi config set aws-login-profile:hashCost " +
        `${DEFAULT_COST.ln}`,
    );
  }
  return { ...DEFAULT_COST, ln };
}

/** `aws-login-profile:policyCheck`: whether new passwords are held against the account's password policy at preview. */
export function policyCheck(read: ReadSetting): boolean {
  const text = read("aws-login-profile:policyCheck");
  if (text === undefined || text === "true") return true;
  if (text === "false") return false;
  throw new LoginProfileError(
    `The setting aws-login-profile:policyCheck must be true or false, not "${text}". ` +
      "Correct it with: pulumi config set aws-login-profile:policyCheck true",
  );
}

const packageJson: { name: string; version: string } = require("../package.json");
