import { readFile } from "node:fs/promises";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider, NodeHttpHandlerOptions } from "@smithy/types";
import { LoginProfileError } from "../common/errors";
import type { AwsSettings } from "./aws-settings";
import { IamError } from "./iam";
import type { WebIdentity } from "./setting-kinds";
import type { NameOf } from "./settings";
import { environmentKeys, type SharedFiles, withHome } from "./shared-files";
import { roleRequest, type StsClient, UNSIGNED } from "./sts-client";

/** Credentials are renewed this long before they expire. */
const RENEWED_BEFORE_MS = 5 * 60_000;

/** On whose behalf calls are made: the first of the sources that settings name, else the SDK's own chain; then the roles. */
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

function base(
  { keys, webIdentity, profile, nameOf }: AwsSettings,
  files: SharedFiles,
  sts: StsClient,
  requestHandler: NodeHttpHandlerOptions,
): AwsCredentialIdentityProvider {
  if (keys !== undefined) {
    return async () => ({
      accessKeyId: keys.accessKey,
      secretAccessKey: keys.secretKey.reveal(),
      ...(keys.token === undefined ? {} : { sessionToken: keys.token.reveal() }),
    });
  }
  if (webIdentity !== undefined) return () => byWebIdentity(webIdentity, sts, nameOf);
  // As for the AWS CLI: keys in the environment come before a profile named there, not before one in the settings.
  const environment = profile === undefined ? environmentKeys() : undefined;
  if (environment !== undefined) return async () => environment;
  return bySdk(files, sts, requestHandler, nameOf);
}

async function byWebIdentity(
  { token, tokenFile, ...role }: WebIdentity,
  sts: StsClient,
  nameOf: NameOf,
): Promise<AwsCredentialIdentity> {
  return sts.assumeRoleWithWebIdentity({
    ...roleRequest(role),
    WebIdentityToken: token === undefined ? await tokenIn(tokenFile ?? "", nameOf) : token.reveal(),
  });
}

async function tokenIn(path: string, nameOf: NameOf): Promise<string> {
  try {
    return (await readFile(withHome(path), "utf8")).trim();
  } catch (error) {
    throw new LoginProfileError(
      `The file ${path} (${nameOf("assumeRoleWithWebIdentity")}.webIdentityTokenFile) cannot be read: ${(error as NodeJS.ErrnoException).code}. Correct the path.`,
    );
  }
}

/** The SDK's chain: shared files, SSO, processes, web identity, containers, instances. */
function bySdk(
  { paths, profileName, profile }: SharedFiles,
  sts: StsClient,
  requestHandler: NodeHttpHandlerOptions,
  nameOf: NameOf,
): AwsCredentialIdentityProvider {
  const {
    defaultProvider,
  }: typeof import("@aws-sdk/credential-provider-node") = require("@aws-sdk/credential-provider-node");
  const provider = defaultProvider({
    ...paths,
    ...(profileName === undefined ? {} : { profile: profileName }),
    clientConfig: { requestHandler },
    roleAssumer: (source, role) => sts.assumeRole(role, async () => source),
    roleAssumerWithWebIdentity: (role) => sts.assumeRoleWithWebIdentity(role),
  });
  return async (options) => {
    try {
      return await provider(options);
    } catch (error) {
      if (error instanceof IamError || error instanceof LoginProfileError) throw error;
      const [firstLine = ""] = (error as Error).message.split("\n");
      throw new IamError(
        "CredentialsProviderError",
        firstLine,
        "local",
        undefined,
        advice(profileName, profile, nameOf),
      );
    }
  };
}

function advice(profileName: string | undefined, profile: SharedFiles["profile"], nameOf: NameOf): string {
  const option = profileName === undefined ? "" : ` --profile ${profileName}`;
  if (profile.sso_session !== undefined || profile.sso_start_url !== undefined) {
    return `Sign in again: aws sso login${option}; then run \`pulumi up\` again.`;
  }
  if (profile.login_session !== undefined) return `Sign in again: aws login${option}; then run \`pulumi up\` again.`;
  if (profileName !== undefined)
    return `Give the profile credentials: aws configure${option}; then run \`pulumi up\` again.`;
  return (
    `Give credentials: sign in (aws sso login, aws configure) and name the profile (pulumi config set ${nameOf("profile")} …, or ` +
    "AWS_PROFILE), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; then run `pulumi up` again."
  );
}
