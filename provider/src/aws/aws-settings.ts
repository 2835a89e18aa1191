import { LoginProfileError } from "../common/errors";
import { Secret } from "../passwords/secret";
import {
  type AssumedRole,
  type Connection,
  durationProblems,
  endpointProblems,
  isMap,
  roleProblems,
  valueProblems,
} from "./connection";
import { type ProxySettings, proxyIn } from "./proxies";
import { flag, mistaken, type ReadSetting, retrySettings, seconds } from "./settings";

/** How AWS is reached and on whose behalf: what the stack's configuration says, and a resource's `connection` over it. */
export interface AwsSettings {
  region?: string;
  /** Region of STS where it is another. */
  stsRegion?: string;
  profile?: string;
  keys?: { accessKey: string; secretKey: Secret; token?: Secret };
  webIdentity?: WebIdentity;
  /** Assumed one after the other. */
  roles: AssumedRole[];
  endpoints: { iam?: string; sts?: string };
  insecure: boolean;
  /** Path of a file of certificates. */
  caBundle?: string;
  proxies: ProxySettings;
  configFiles: string[];
  credentialsFiles: string[];
  useFips?: boolean;
  useDualstack?: boolean;
  allowedAccounts: string[];
  forbiddenAccounts: string[];
  userAgents: string[];
  /** Milliseconds, 0 for no limit. */
  readTimeout: number;
  connectTimeout: number;
  /** Attempts of one call to STS, which the SDK makes. */
  stsAttempts: number;
  signRequests: boolean;
}

/** A role to assume with a token of another identity provider. Source: STS API reference, AssumeRoleWithWebIdentity. */
export interface WebIdentity
  extends Pick<AssumedRole, "roleArn" | "sessionName" | "duration" | "policy" | "policyArns"> {
  token?: Secret;
  tokenFile?: string;
}

/** Settings of `@pulumi/aws` that say where credentials come from and that only the environment can give us. */
const ENVIRONMENT_ONLY = {
  "aws:ec2MetadataServiceEndpoint": "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  "aws:ec2MetadataServiceEndpointMode": "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
};

/** The SDK's own number of attempts. */
const STS_ATTEMPTS = 3;

/**
 * Reads the settings that decide on a client, under the names and in the forms of `@pulumi/aws`.
 * Throws for the first that is mistaken, contradicts another, or cannot be honoured.
 */
export function awsSettings(read: ReadSetting, connection: Connection = {}): AwsSettings {
  for (const [key, variable] of Object.entries(ENVIRONMENT_ONLY)) {
    if (read(key)) {
      throw new LoginProfileError(
        `The setting ${key} is not supported by pulumi-aws-login-profile. Set the environment variable ${variable} instead, ` +
          `and remove the setting: pulumi config rm ${key}`,
      );
    }
  }
  const settings: AwsSettings = {
    ...some("region", text(read, "aws:region")),
    ...some("stsRegion", text(read, "aws:stsRegion")),
    ...some("profile", text(read, "aws:profile")),
    ...some("keys", keys(read)),
    ...some("webIdentity", webIdentity(read)),
    roles: roles(read),
    endpoints: endpoints(read),
    insecure: flag(read, "aws:insecure", false),
    ...some("caBundle", text(read, "aws:customCaBundle")),
    proxies: {
      ...some("http", proxy(read, "aws:httpProxy")),
      ...some("https", proxy(read, "aws:httpsProxy")),
      ...some("no", text(read, "aws:noProxy")),
    },
    configFiles: list(read, "aws:sharedConfigFiles"),
    credentialsFiles: list(read, "aws:sharedCredentialsFiles"),
    ...some("useFips", flag(read, "aws:useFipsEndpoint", undefined)),
    ...some("useDualstack", flag(read, "aws:useDualstackEndpoint", undefined)),
    allowedAccounts: accountIds(read, "aws:allowedAccountIds"),
    forbiddenAccounts: accountIds(read, "aws:forbiddenAccountIds"),
    userAgents: list(read, "aws:userAgents"),
    readTimeout: seconds(read, "readTimeout", 60) * 1000,
    connectTimeout: seconds(read, "connectTimeout", 60) * 1000,
    stsAttempts: Math.min(STS_ATTEMPTS, retrySettings(read).attempts),
    signRequests: flag(read, "aws-login-profile:signRequests", true),
  };
  refuseContradictions(settings);
  return withConnection(settings, connection);
}

/** A profile stands for credentials of its own; a role is assumed with those of the stack. */
function withConnection(settings: AwsSettings, { region, profile, endpoint, assumeRole }: Connection): AwsSettings {
  const { keys: _, webIdentity: __, ...others } = settings;
  return {
    ...(profile === undefined ? settings : { ...others, profile, roles: [] }),
    ...some("region", region),
    ...(endpoint === undefined ? {} : { endpoints: { iam: endpoint, sts: endpoint } }),
    ...(assumeRole === undefined ? {} : { roles: [assumeRole] }),
  };
}

function refuseContradictions(settings: AwsSettings): void {
  const { allowedAccounts, forbiddenAccounts, signRequests, insecure, caBundle } = settings;
  const contradict = (one: string, other: string, why: string) =>
    new LoginProfileError(
      `The settings ${one} and ${other} contradict each other: ${why}. Remove one: pulumi config rm ${one}`,
    );
  if (allowedAccounts.length > 0 && forbiddenAccounts.length > 0) {
    throw contradict("aws:forbiddenAccountIds", "aws:allowedAccountIds", "what is not allowed is forbidden already");
  }
  if (insecure && caBundle !== undefined) {
    throw contradict("aws:customCaBundle", "aws:insecure", "without verification, no certificate authority is asked");
  }
  if (signRequests) return;
  const needSigning = [
    ["aws:accessKey", settings.keys],
    ["aws:assumeRoleWithWebIdentity", settings.webIdentity],
    ["aws:assumeRoles", settings.roles.length > 0 || undefined],
    ["aws:allowedAccountIds", allowedAccounts.length > 0 || undefined],
    ["aws:forbiddenAccountIds", forbiddenAccounts.length > 0 || undefined],
  ] as const;
  const [key] = needSigning.find(([, value]) => value !== undefined) ?? [];
  if (key !== undefined) {
    throw contradict(key, "aws-login-profile:signRequests", "a request that is not signed is made on nobody's behalf");
  }
}

function keys(read: ReadSetting): AwsSettings["keys"] {
  const [accessKey, secretKey, token] = ["aws:accessKey", "aws:secretKey", "aws:token"].map((key) => text(read, key));
  if (accessKey === undefined && secretKey === undefined && token === undefined) return undefined;
  if (accessKey === undefined || secretKey === undefined) {
    const missing = accessKey === undefined ? "aws:accessKey" : "aws:secretKey";
    throw new LoginProfileError(
      "The settings aws:accessKey and aws:secretKey belong together, and aws:token to both. Set what is missing: " +
        `pulumi config set --secret ${missing}`,
    );
  }
  return { accessKey, secretKey: new Secret(secretKey), ...(token === undefined ? {} : { token: new Secret(token) }) };
}

function roles(read: ReadSetting): AssumedRole[] {
  const several = structured(read, "aws:assumeRoles", "a list of roles");
  const single = structured(read, "aws:assumeRole", "a role");
  if (several !== undefined && single !== undefined) {
    throw new LoginProfileError(
      "The settings aws:assumeRole and aws:assumeRoles are both set. Remove the older: pulumi config rm aws:assumeRole",
    );
  }
  if (several !== undefined && !Array.isArray(several)) throw mistaken("aws:assumeRoles", "must be a list of roles");
  const found: unknown[] = single === undefined ? (several ?? []) : [single];
  const where = (index: number) => (single === undefined ? `aws:assumeRoles[${index}]` : "aws:assumeRole");
  refuseAny(found.flatMap((role, index) => roleProblems(where(index), role)));
  return found as AssumedRole[];
}

const WEB_IDENTITY_TEXTS = ["roleArn", "sessionName", "duration", "policy", "webIdentityToken", "webIdentityTokenFile"];

function webIdentity(read: ReadSetting): WebIdentity | undefined {
  const key = "aws:assumeRoleWithWebIdentity";
  const value = structured(read, key, "a role");
  if (value === undefined) return undefined;
  if (!isMap(value)) throw mistaken(key, "must be an object with roleArn and webIdentityToken or webIdentityTokenFile");
  const problems = Object.entries(value).flatMap(([name, part]) => {
    if (WEB_IDENTITY_TEXTS.includes(name)) return valueProblems(`${key}.${name}`, part, "a string");
    if (name === "policyArns") return valueProblems(`${key}.${name}`, part, "a list of strings");
    return [`${key}.${name} is not known. Use ${WEB_IDENTITY_TEXTS.join(", ")} or policyArns.`];
  });
  const { webIdentityToken: token, webIdentityTokenFile: tokenFile, ...role } = value as Record<string, string>;
  if (role.roleArn === undefined) problems.push(`${key}.roleArn is required: the ARN of the role to assume.`);
  if ((token === undefined) === (tokenFile === undefined)) {
    problems.push(`${key} needs one of webIdentityToken and webIdentityTokenFile.`);
  }
  problems.push(...durationProblems(`${key}.duration`, role.duration));
  refuseAny(problems);
  return {
    ...(role as unknown as AssumedRole),
    ...some("token", token === undefined ? undefined : new Secret(token)),
    ...some("tokenFile", tokenFile),
  };
}

/** One object, or a list of them, each with the endpoints of services. */
function endpoints(read: ReadSetting): AwsSettings["endpoints"] {
  const key = "aws:endpoints";
  const value = structured(read, key, "a list of endpoints");
  const maps = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const found: AwsSettings["endpoints"] = {};
  for (const map of maps) {
    if (!isMap(map)) throw mistaken(key, 'must be a list such as [{"iam": "https://…", "sts": "https://…"}]');
    for (const service of ["iam", "sts"] as const) {
      const url = map[service];
      if (url === undefined || url === "") continue;
      refuseAny(
        typeof url === "string"
          ? endpointProblems(`${key}: ${service}`, url)
          : [`${key}: ${service} must be a string.`],
      );
      found[service] = url as string;
    }
  }
  return found;
}

function proxy(read: ReadSetting, key: string): Secret | undefined {
  const value = read(key);
  if (value === undefined) return undefined;
  // An empty one says that there is none, whatever the environment names.
  if (value !== "") proxyIn(value, `the setting ${key}`);
  return new Secret(value);
}

function accountIds(read: ReadSetting, key: string): string[] {
  const ids = list(read, key).map((id) => id.padStart(12, "0"));
  const wrong = ids.find((id) => !/^\d{12}$/.test(id));
  if (wrong !== undefined) throw mistaken(key, `must be a list of account ids of 12 digits, not "${wrong}"`);
  return ids;
}

/** A list of texts. Numbers stand for texts too: YAML takes an account id for one. */
function list(read: ReadSetting, key: string): string[] {
  const value = structured(read, key, "a list");
  if (value === undefined) return [];
  const texts = Array.isArray(value)
    ? value.map((part: unknown) => (typeof part === "number" ? String(part) : part))
    : value;
  if (valueProblems(key, texts, "a list of strings").length > 0) throw mistaken(key, "must be a list of strings");
  return texts as string[];
}

/** A structured setting, which the engine hands over as JSON. */
function structured(read: ReadSetting, key: string, what: string): unknown {
  const json = text(read, key);
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    // Not quoted: it may hold a token.
    throw new LoginProfileError(
      `The setting ${key} must be ${what}, set as an object: pulumi config set --path '${key}…', or pulumi config set ${key} with JSON.`,
    );
  }
}

function text(read: ReadSetting, key: string): string | undefined {
  return read(key) || undefined;
}

function refuseAny(problems: string[]): void {
  if (problems.length > 0)
    throw new LoginProfileError(`The stack's configuration cannot be used: ${problems.join(" ")}`);
}

/** A property that is there only if it has a value. */
function some<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
