import { LoginProfileError } from "../common/errors";
import { given } from "../common/values";
import type { Secret } from "../passwords/secret";
import type { AssumedRole, Connection } from "./connection";
import type { ProxySettings } from "./proxies";
import type { WebIdentity } from "./setting-kinds";
import { type NameOf, type SettingName, type SettingsSource, setting, stackKeyOf } from "./settings";

/** How AWS is reached and on whose behalf: what the stack's configuration says, and a resource's `connection` over it. */
export interface AwsSettings {
  region?: string;
  /** Region of STS where it is another. */
  stsRegion?: string;
  profile?: string;
  /** Where the profile is named, if not in the setting. */
  profileBy?: "connection.profile";
  /** Whether the profile's own region comes before `region`. */
  takesRegionOfProfile?: boolean;
  /** Whether the instance is never asked for its role (true), asked (false), or as the environment says. */
  skipMetadataApiCheck?: boolean;
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
  skipAccountId: boolean;
  userAgents: string[];
  /** Milliseconds, 0 for no limit. */
  readTimeout: number;
  connectTimeout: number;
  signRequests: boolean;
  /** For what is said of a setting once it is in use. */
  nameOf: NameOf;
}

/** Settings of `@pulumi/aws` that say where credentials come from and that only the environment can give us. */
const ENVIRONMENT_ONLY = {
  ec2MetadataServiceEndpoint: "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  ec2MetadataServiceEndpointMode: "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
};

/**
 * Reads the settings that decide on a client, under the names and in the forms of `@pulumi/aws`.
 * Throws for the first that is mistaken, contradicts another, or cannot be honoured.
 */
export function awsSettings(source: SettingsSource, connection: Connection = {}): AwsSettings {
  for (const [name, variable] of Object.entries(ENVIRONMENT_ONLY)) {
    if (source.read(name)) {
      const key = stackKeyOf(name);
      throw new LoginProfileError(
        `The setting ${key} is not supported by pulumi-aws-login-profile. Set the environment variable ${variable} instead, ` +
          `and remove the setting: pulumi config rm ${key}`,
      );
    }
  }
  const of = <N extends SettingName>(name: N) => setting(source, name);
  const settings: AwsSettings = {
    ...given({
      region: of("region"),
      stsRegion: of("stsRegion"),
      profile: of("profile"),
      skipMetadataApiCheck: of("skipMetadataApiCheck"),
      keys: keys(source),
      webIdentity: of("assumeRoleWithWebIdentity"),
      caBundle: of("customCaBundle"),
      useFips: of("useFipsEndpoint"),
      useDualstack: of("useDualstackEndpoint"),
    }),
    roles: roles(source),
    endpoints: of("endpoints"),
    insecure: of("insecure"),
    proxies: given({ http: of("httpProxy"), https: of("httpsProxy"), no: of("noProxy") }),
    configFiles: of("sharedConfigFiles"),
    credentialsFiles: of("sharedCredentialsFiles"),
    allowedAccounts: of("allowedAccountIds"),
    forbiddenAccounts: of("forbiddenAccountIds"),
    skipAccountId: of("skipRequestingAccountId"),
    userAgents: of("userAgents"),
    readTimeout: of("readTimeout") * 1000,
    connectTimeout: of("connectTimeout") * 1000,
    signRequests: of("signRequests"),
    nameOf: source.nameOf,
  };
  refuseContradictions(settings);
  return withConnection(settings, connection);
}

/**
 * Each part of a connection in place of the setting of that name. A profile stands for credentials of its own, and brings
 * its region. A role is assumed with the credentials that come before the stack's roles, and replaces these: as with a
 * provider resource of `@pulumi/aws`, who acts can be read off one place, and AWS ends sessions of chained roles after an hour.
 */
function withConnection(settings: AwsSettings, { region, profile, endpoint, assumeRole }: Connection): AwsSettings {
  const { keys: _, webIdentity: __, ...others } = settings;
  return {
    ...(profile === undefined ? settings : { ...others, profile, profileBy: "connection.profile", roles: [] }),
    ...(profile !== undefined && region === undefined ? { takesRegionOfProfile: true } : {}),
    ...given({
      region,
      endpoints: endpoint === undefined ? undefined : { iam: endpoint, sts: endpoint },
      roles: assumeRole && [assumeRole],
    }),
  };
}

function refuseContradictions(settings: AwsSettings): void {
  const { allowedAccounts, forbiddenAccounts, signRequests, insecure, caBundle, nameOf } = settings;
  const contradict = (one: SettingName, other: SettingName, why: string) =>
    new LoginProfileError(
      `The settings ${nameOf(one)} and ${nameOf(other)} contradict each other: ${why}. ` +
        `Remove one: pulumi config rm ${nameOf(one)}`,
    );
  if (allowedAccounts.length > 0 && forbiddenAccounts.length > 0) {
    throw contradict("forbiddenAccountIds", "allowedAccountIds", "what is not allowed is forbidden already");
  }
  if (insecure && caBundle !== undefined) {
    throw contradict("customCaBundle", "insecure", "without verification, no certificate authority is asked");
  }
  if (signRequests) return;
  const needSigning = [
    ["accessKey", settings.keys],
    ["assumeRoleWithWebIdentity", settings.webIdentity],
    ["assumeRoles", settings.roles.length > 0 || undefined],
    ["allowedAccountIds", allowedAccounts.length > 0 || undefined],
    ["forbiddenAccountIds", forbiddenAccounts.length > 0 || undefined],
  ] as const;
  const [name] = needSigning.find(([, value]) => value !== undefined) ?? [];
  if (name !== undefined) {
    throw contradict(name, "signRequests", "a request that is not signed is made on nobody's behalf");
  }
}

function keys(source: SettingsSource): AwsSettings["keys"] {
  const [accessKey, secretKey, token] = (["accessKey", "secretKey", "token"] as const).map((name) =>
    setting(source, name),
  );
  if (accessKey === undefined && secretKey === undefined && token === undefined) return undefined;
  if (accessKey === undefined || secretKey === undefined) {
    const missing = accessKey === undefined ? "accessKey" : "secretKey";
    const { nameOf } = source;
    throw new LoginProfileError(
      `The settings ${nameOf("accessKey")} and ${nameOf("secretKey")} belong together, and ${nameOf("token")} to both. ` +
        `Set what is missing: pulumi config set --secret ${nameOf(missing)}`,
    );
  }
  return { accessKey: accessKey.reveal(), secretKey, ...given({ token }) };
}

function roles(source: SettingsSource): AssumedRole[] {
  const several = setting(source, "assumeRoles");
  const single = setting(source, "assumeRole");
  if (several !== undefined && single !== undefined) {
    const [one, all] = [source.nameOf("assumeRole"), source.nameOf("assumeRoles")];
    throw new LoginProfileError(
      `The settings ${one} and ${all} are both set. Remove the older: pulumi config rm ${one}`,
    );
  }
  return several ?? (single === undefined ? [] : [single]);
}
