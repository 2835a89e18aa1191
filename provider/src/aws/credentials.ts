import { readFile } from "node:fs/promises";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider, NodeHttpHandlerOptions } from "@smithy/types";
import { LoginProfileError } from "../common/errors";
import type { AwsSettings } from "./aws-settings";
import { IamError } from "./iam";
import { causeOf, givesCredentials, mayAskInstance, metadataSwitch, ofProfile } from "./profile-credentials";
import type { WebIdentity } from "./setting-kinds";
import { howToSet, type NameOf } from "./settings";
import { environmentKeys, type SharedFiles, withHome } from "./shared-files";
import { roleRequest, type StsClient, UNSIGNED } from "./sts-client";

/** Credentials are renewed this long before they expire. */
const RENEWED_BEFORE_MS = 5 * 60_000;

/** On whose behalf calls are made: one source, which alone gives the credentials; then the roles. */
export function credentials(
  settings: AwsSettings,
  files: SharedFiles,
  sts: StsClient,
  requestHandler: NodeHttpHandlerOptions,
): AwsCredentialIdentityProvider {
  if (!settings.signRequests) return UNSIGNED.credentials;
  const { memoize }: typeof import("@smithy/core/config") = require("@smithy/core/config");
  const remembered = (provider: AwsCredentialIdentityProvider): AwsCredentialIdentityProvider =>
    memoize(
      provider,
      ({ expiration }) => expiration !== undefined && expiration.getTime() - Date.now() < RENEWED_BEFORE_MS,
      ({ expiration }) => expiration !== undefined,
    );
  return settings.roles.reduce(
    (source, role) => remembered(() => sts.assumeRole(roleRequest(role), source)),
    remembered(base(settings, files, sts, requestHandler)),
  );
}

/** The first source that somebody named. If it fails, nobody else acts in its place: the SDK's own chain would try the next. */
function base(
  settings: AwsSettings,
  files: SharedFiles,
  sts: StsClient,
  requestHandler: NodeHttpHandlerOptions,
): AwsCredentialIdentityProvider {
  const { keys, webIdentity, profile, nameOf } = settings;
  if (keys !== undefined) {
    return async () => ({
      accessKeyId: keys.accessKey,
      secretAccessKey: keys.secretKey.reveal(),
      ...(keys.token === undefined ? {} : { sessionToken: keys.token.reveal() }),
    });
  }
  if (webIdentity !== undefined)
    return () => byWebIdentity(webIdentity, sts, `${nameOf("assumeRoleWithWebIdentity")}.webIdentityTokenFile`);
  // As for the AWS CLI: keys in the environment come before a profile named there, not before one in the settings.
  const environment = profile === undefined ? environmentKeys() : undefined;
  if (environment !== undefined) return async () => environment;
  if (files.profileName !== undefined) return ofProfile(files.profileName, settings, files, sts, requestHandler);
  return unnamed(settings, files, sts, requestHandler);
}

/**
 * What the environment says, where nobody named keys or a profile: in the order of `@pulumi/aws`, a web identity, the
 * default profile, the container, the instance. What is configured is the one that counts, also if it fails: a default
 * profile whose process fails is no reason to act as the container, for the AWS CLI neither.
 */
function unnamed(
  settings: AwsSettings,
  files: SharedFiles,
  sts: StsClient,
  requestHandler: NodeHttpHandlerOptions,
): AwsCredentialIdentityProvider {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME } = process.env;
  if (tokenFile) {
    if (!AWS_ROLE_ARN) {
      throw new LoginProfileError(
        "The environment has AWS_WEB_IDENTITY_TOKEN_FILE, but no AWS_ROLE_ARN. Set the role to assume, or remove the other.",
      );
    }
    const sessionName = AWS_ROLE_SESSION_NAME ? { sessionName: AWS_ROLE_SESSION_NAME } : {};
    return () =>
      byWebIdentity({ roleArn: AWS_ROLE_ARN, ...sessionName, tokenFile }, sts, "AWS_WEB_IDENTITY_TOKEN_FILE");
  }
  if (givesCredentials(files.profile)) return ofProfile("default", settings, files, sts, requestHandler);
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI } = process.env;
  if (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || AWS_CONTAINER_CREDENTIALS_FULL_URI) return ofContainer(settings.nameOf);
  return ofInstance(settings);
}

function ofContainer(nameOf: NameOf): AwsCredentialIdentityProvider {
  const { fromHttp }: typeof import("@aws-sdk/credential-provider-http") = require("@aws-sdk/credential-provider-http");
  return async () => {
    try {
      return await fromHttp()();
    } catch (error) {
      throw new IamError(
        "CredentialsProviderError",
        `The container's credentials (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI) could not be had: ${causeOf(error)}`,
        "local",
        undefined,
        `Correct the environment variable, or name another identity (${nameOf("profile")}, AWS_PROFILE); then try again.`,
      );
    }
  };
}

function ofInstance(settings: AwsSettings): AwsCredentialIdentityProvider {
  const { fromInstanceMetadata }: typeof import("@smithy/credential-provider-imds") =
    require("@smithy/credential-provider-imds");
  const instance = fromInstanceMetadata();
  const isAsked = mayAskInstance(settings);
  const { nameOf } = settings;
  return async () => {
    let why = `${metadataSwitch(nameOf)} forbids to ask the instance for its role`;
    if (isAsked) {
      try {
        return await instance();
      } catch (error) {
        why = `this machine has no role of its own: ${causeOf(error)}`;
      }
    }
    throw new IamError(
      "CredentialsProviderError",
      `There are no AWS credentials, and ${why}`,
      "local",
      undefined,
      `Give credentials: sign in (aws sso login, aws configure) and name the profile (${howToSet(nameOf("profile"))}, or ` +
        "AWS_PROFILE), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; then try again.",
    );
  };
}

async function byWebIdentity(
  { token, tokenFile, ...role }: WebIdentity,
  sts: StsClient,
  fileNamedBy: string,
): Promise<AwsCredentialIdentity> {
  return sts.assumeRoleWithWebIdentity({
    ...roleRequest(role),
    WebIdentityToken: token === undefined ? await tokenIn(tokenFile ?? "", fileNamedBy) : token.reveal(),
  });
}

async function tokenIn(path: string, namedBy: string): Promise<string> {
  try {
    return (await readFile(withHome(path), "utf8")).trim();
  } catch (error) {
    throw new LoginProfileError(
      `The file ${path} (${namedBy}) cannot be read: ${(error as NodeJS.ErrnoException).code}. Correct the path.`,
    );
  }
}
