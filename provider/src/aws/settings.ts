/** The settings: what each is called, how it is written, and what it means. Readers, schema and docs come from here. */
import { HASH_COST_LN, KEYBASE_URL, PARALLELISM, RETRY_SECONDS, TIMEOUT_SECONDS } from "../common/limits";
import { given } from "../common/values";
import type { SettingKind } from "./setting-kinds";
import * as kinds from "./setting-kinds";

export interface Setting<T> {
  /** Whose the setting is in a stack's configuration: one of `@pulumi/aws`, or one of our own. */
  namespace: "aws" | "aws-login-profile";
  kind: SettingKind<T>;
  /** What it means. */
  sentence: string;
  /** What holds where nothing is set, in words where it is no value. */
  usual?: string;
}

export const SETTINGS = {
  region: aws(
    kinds.text,
    "Region whose partition is meant, such as `eu-central-1`; IAM is one service in each partition.",
    "AWS_REGION, the profile's, `us-east-1`",
  ),
  profile: aws(kinds.text, "Name of a profile in the shared AWS files.", "AWS_PROFILE"),
  skipMetadataApiCheck: aws(
    kinds.flag(),
    "`true`: the instance is never asked for its role; `false`: it is, whatever AWS_EC2_METADATA_DISABLED says.",
    "AWS_EC2_METADATA_DISABLED",
  ),
  accessKey: aws(kinds.secretText, "Access key."),
  secretKey: aws(kinds.secretText, "Secret key."),
  token: aws(kinds.secretText, "Session token of temporary credentials."),
  assumeRoles: aws(kinds.roles, "Roles, assumed one after the other."),
  assumeRole: aws(kinds.role, "A role to assume."),
  assumeRoleWithWebIdentity: aws(
    kinds.webIdentity,
    "A role, assumed with a token of another identity provider, or a file that holds one.",
  ),
  endpoints: aws(
    kinds.endpoints,
    "URLs of `iam` and `sts`, for private or emulated endpoints.",
    "AWS_ENDPOINT_URL_IAM, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL, the profile's",
  ),
  insecure: aws(kinds.flag(false), "Whether certificates are not verified."),
  customCaBundle: aws(
    kinds.text,
    "Path of a file of certificates that are trusted.",
    "AWS_CA_BUNDLE, `ca_bundle` of the profile",
  ),
  httpProxy: aws(
    kinds.proxy,
    "Proxy for http URLs (http, https, socks5 or socks5h), and for https URLs where nobody names one; empty for none.",
    "HTTP_PROXY, ALL_PROXY",
  ),
  httpsProxy: aws(kinds.proxy, "Proxy for https URLs; empty for none.", "HTTPS_PROXY, `httpProxy`, ALL_PROXY"),
  noProxy: aws(
    kinds.text,
    "Hosts that are reached without a proxy, separated by commas; this machine always is.",
    "NO_PROXY",
  ),
  sharedConfigFiles: aws(kinds.texts, "Files in place of `~/.aws/config`."),
  sharedCredentialsFiles: aws(kinds.texts, "Files in place of `~/.aws/credentials`."),
  stsRegion: aws(kinds.text, "Region of STS, where it is another."),
  useFipsEndpoint: aws(kinds.flag(), "Whether FIPS endpoints are used.", "AWS_USE_FIPS_ENDPOINT, the profile's"),
  useDualstackEndpoint: aws(
    kinds.flag(),
    "Whether dual-stack endpoints are used.",
    "AWS_USE_DUALSTACK_ENDPOINT, the profile's",
  ),
  allowedAccountIds: aws(
    kinds.accountIds,
    "AWS accounts that may be changed, and no others. Asked for once in a run (GetCallerIdentity), before the first change.",
  ),
  forbiddenAccountIds: aws(kinds.accountIds, "AWS accounts that must not be changed. Asked for in the same way."),
  skipRequestingAccountId: aws(
    kinds.flag(false),
    "Whether nobody is asked for the account (GetCallerIdentity), where STS cannot be reached. Then nothing keeps a profile " +
      "safe from being changed in another account than its own.",
  ),
  userAgents: aws(kinds.texts, "What is added to the user agent of each request."),
  maxRetries: aws(
    kinds.attempts,
    "Attempts of one call, 0 as if not set; `retryTimeout` limits their time.",
    "AWS_MAX_ATTEMPTS, `max_attempts` of the profile",
  ),
  retryMode: aws(
    kinds.retryMode,
    "With `adaptive`, throttling lowers the rate of all calls; with `standard`, it does not.",
    "AWS_RETRY_MODE, `retry_mode` of the profile (`legacy` as `standard`), `adaptive`",
  ),
  policyCheck: own(
    kinds.flag(true),
    "Whether new passwords are held against the account's password policy at preview.",
  ),
  retryTimeout: own(kinds.seconds(RETRY_SECONDS), "Seconds for which one operation is tried; 0 tries once."),
  readTimeout: own(kinds.seconds(TIMEOUT_SECONDS), "Seconds to wait for an answer; 0 waits for ever."),
  connectTimeout: own(kinds.seconds(TIMEOUT_SECONDS), "Seconds to wait for a connection; 0 waits for ever."),
  signRequests: own(
    kinds.flag(true),
    "Whether requests are signed; false is for an endpoint that asks for no credentials.",
  ),
  debug: own(
    kinds.flag(false),
    "Whether each call to AWS is shown in a line: operation, user, attempt, time, HTTP status, request id. Never a password.",
  ),
  parallelism: own(
    kinds.count(PARALLELISM, "how many calls of one resource with many profiles go out at once"),
    "How many calls of one `LoginProfiles` go out at once, 1 or more. Throttling lowers the rate of all calls on top of it.",
  ),
  keybaseUrl: own(kinds.server(KEYBASE_URL), "Where the PGP keys of Keybase users are fetched."),
  hashCost: own(
    kinds.hashCost,
    `Cost of a new password hash: the binary logarithm of scrypt's N, ${HASH_COST_LN.least} to ${HASH_COST_LN.most}. ` +
      "Raising it re-hashes nothing until the next password.",
  ),
};

export type SettingName = keyof typeof SETTINGS;

/** What a setting is called where it is set: all that a message may call it. */
export type NameOf = (name: SettingName) => string;

/** Where a front end has its settings from. */
export interface SettingsSource {
  /** What is written under a name of the table, or another. */
  read(name: string): string | undefined;
  nameOf: NameOf;
}

type Value<N extends SettingName> = ReturnType<(typeof SETTINGS)[N]["kind"]["read"]>;

/** The value of a setting. A mistake in it is told when it is asked for, and not before. */
export function setting<N extends SettingName>(source: SettingsSource, name: N): Value<N> {
  const { kind } = SETTINGS[name] as Setting<Value<N>>;
  return kind.read(source.read(name), source.nameOf(name));
}

/** The settings in a stack's configuration, where those of `@pulumi/aws` have the names that they have there. */
export function stackSettings(get: (key: string) => string | undefined): SettingsSource {
  return { read: (name) => get(stackKeyOf(name)), nameOf: stackKeyOf };
}

/** How a setting is given, for advice: one of a stack has a namespace, any other is called what people write. */
export function howToSet(name: string): string {
  return name.includes(":") ? `pulumi config set ${name} …` : name;
}

/** The name of a setting in a stack's configuration. */
export function stackKeyOf(name: string): string {
  return `${Object.hasOwn(SETTINGS, name) ? SETTINGS[name as SettingName].namespace : "aws"}:${name}`;
}

/** What decides how long, and how often, an operation is tried. */
export interface RetrySettings {
  /** Milliseconds for one operation. */
  timeout: number;
  /** Attempts for one call; undefined where the environment and the profile decide. */
  attempts?: number;
  /** Whether the rate of calls adapts to throttling; undefined likewise. */
  adaptive?: boolean;
}

export function retrySettings(source: SettingsSource): RetrySettings {
  const mode = setting(source, "retryMode");
  return {
    timeout: setting(source, "retryTimeout") * 1000,
    ...given({
      attempts: setting(source, "maxRetries"),
      adaptive: mode === undefined ? undefined : mode === "adaptive",
    }),
  };
}

function aws<T>(kind: SettingKind<T>, sentence: string, usual?: string): Setting<T> {
  return { namespace: "aws", kind, sentence, ...(usual === undefined ? {} : { usual }) };
}

function own<T>(kind: SettingKind<T>, sentence: string): Setting<T> {
  return { namespace: "aws-login-profile", kind, sentence };
}
