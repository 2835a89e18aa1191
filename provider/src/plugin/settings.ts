import { awsSettings } from "../aws/aws-settings";
import { debug, hashCost, keybase, policyCheck, type ReadSetting, retrySettings } from "../aws/settings";
import { LoginProfileError } from "../common/errors";
import { nearest } from "../common/nearest";
import { isKnown } from "../common/unknown";
import type { Properties } from "../common/values";

interface Setting {
  /** The namespace that the setting has for the dynamic resource. */
  namespace: "aws" | "aws-login-profile";
  /** A type of Pulumi's schema; a name of another one begins with #. */
  type: "string" | "boolean" | "integer" | "number" | "strings" | "#Endpoints" | "#Role" | "#Roles" | "#WebIdentity";
  description: string;
  secret?: true;
}

const aws = (type: Setting["type"], description: string, secret?: true): Setting => ({
  namespace: "aws",
  type,
  description,
  ...(secret === undefined ? {} : { secret }),
});
const own = (type: Setting["type"], description: string): Setting => ({
  namespace: "aws-login-profile",
  type,
  description,
});

/** What a provider resource can be given, and what the stack's configuration may say under `aws-login-profile:`. */
export const SETTINGS: Record<string, Setting> = {
  region: aws(
    "string",
    "Region whose partition is meant, such as `eu-central-1`; IAM is one service in each partition. Default: AWS_REGION, the profile's, `us-east-1`.",
  ),
  profile: aws("string", "Name of a profile in the shared AWS files. Default: AWS_PROFILE."),
  accessKey: aws("string", "Access key.", true),
  secretKey: aws("string", "Secret key.", true),
  token: aws("string", "Session token of temporary credentials.", true),
  assumeRoles: aws("#Roles", "Roles, assumed one after the other."),
  assumeRole: aws("#Role", "A role to assume."),
  // It may hold a token.
  assumeRoleWithWebIdentity: aws("#WebIdentity", "A role, assumed with a token of another identity provider.", true),
  endpoints: aws("#Endpoints", "URLs of `iam` and `sts`, for private or emulated endpoints."),
  insecure: aws("boolean", "Whether certificates are not verified. Default: false."),
  customCaBundle: aws("string", "Path of a file of certificates that are trusted. Default: AWS_CA_BUNDLE."),
  httpProxy: aws("string", "Proxy for http URLs. Default: HTTP_PROXY.", true),
  httpsProxy: aws("string", "Proxy for https URLs. Default: HTTPS_PROXY.", true),
  noProxy: aws("string", "Hosts that are reached without a proxy, separated by commas. Default: NO_PROXY."),
  sharedConfigFiles: aws("strings", "Files in place of `~/.aws/config`."),
  sharedCredentialsFiles: aws("strings", "Files in place of `~/.aws/credentials`."),
  stsRegion: aws("string", "Region of STS, where it is another."),
  useFipsEndpoint: aws("boolean", "Whether FIPS endpoints are used."),
  useDualstackEndpoint: aws("boolean", "Whether dual-stack endpoints are used."),
  allowedAccountIds: aws("strings", "AWS accounts that may be changed, and no others."),
  forbiddenAccountIds: aws("strings", "AWS accounts that must not be changed."),
  userAgents: aws("strings", "What is added to the user agent of each request."),
  maxRetries: aws("integer", "Attempts of one call; `retryTimeout` limits their time."),
  retryMode: aws("string", "`adaptive` (default): throttling lowers the rate of all calls; `standard`: it does not."),
  retryTimeout: own("number", "Seconds for which one operation is tried; 0 tries once. Default: 120."),
  readTimeout: own("number", "Seconds to wait for an answer; 0 waits for ever. Default: 60."),
  connectTimeout: own("number", "Seconds to wait for a connection; 0 waits for ever. Default: 60."),
  signRequests: own("boolean", "Whether requests are signed. Default: true."),
  policyCheck: own(
    "boolean",
    "Whether new passwords are held against the account's password policy at preview. Default: true.",
  ),
  hashCost: own("integer", "Cost of a new password hash: the binary logarithm of scrypt's N, 1 to 20. Default: 10."),
  keybaseUrl: own("string", "Where the PGP keys of Keybase users are fetched. Default: `https://keybase.io`."),
  debug: own("boolean", "Whether each call to AWS is shown. Default: false."),
};

/**
 * Settings by the names that the dynamic resource reads. The engine hands a plugin what the provider resource says, or, for
 * the default provider, what the stack's configuration says under the plugin's own name; `aws:*` does not reach it.
 */
export function settingsReader(args: Properties): ReadSetting {
  return (key) => {
    const [namespace, name = ""] = key.split(":");
    const value = SETTINGS[name]?.namespace === namespace ? args[name] : undefined;
    return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
  };
}

/** What is wrong with the settings: all that are unknown to us, and the first of those that contradict each other or cannot be used. */
export function settingsProblems(args: Properties): string[] {
  const unknown = Object.keys(args).filter((name) => !Object.hasOwn(SETTINGS, name) && !OF_THE_ENGINE.includes(name));
  const problems = unknown.map((name) => {
    const meant = nearest(name, Object.keys(SETTINGS));
    return `${name} is not a setting of the provider. ${meant === undefined ? "Remove it." : `Did you mean ${meant}?`}`;
  });
  // What a preview does not know yet is left to the update: it may be what the others ask for.
  if (!isKnown(args)) return problems;
  try {
    const read = settingsReader(args);
    awsSettings(read);
    for (const setting of [retrySettings, hashCost, policyCheck, debug, keybase]) setting(read);
  } catch (error) {
    if (!(error instanceof LoginProfileError)) throw error;
    // The dynamic resource has these settings under aws:, the plugin has all under its own name.
    problems.push(error.message.replace(/\baws:(?=[a-z])/g, "aws-login-profile:"));
  }
  return problems;
}

/** What the engine adds to what the program says. */
const OF_THE_ENGINE = ["version", "pluginDownloadURL", "__internal"];
