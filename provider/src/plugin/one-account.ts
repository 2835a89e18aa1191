/**
 * A console user is in one account, or it is refused before anything is made. By default its aws provider follows the
 * stack's `aws:*`, which the engine hands to a component, though not to the provider of its login profile: what a connection
 * can hold of it becomes that of the login profile. Where the two might part all the same, both are asked for their account.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../aws/connection";
import { type SettingName, setting, stackKeyOf, stackSettings } from "../aws/settings";
import { ACCOUNT_FUNCTION, LOGIN_PROFILE } from "../common/contract";
import { given } from "../common/values";
import { accountOf, type CallerIdentity, isAskedForAccount, USER } from "../resources/aws-account";
import type { ConsoleUserArgs } from "../resources/console-user-parts";
import { pluginKeyOf } from "./settings";

/**
 * The connection of the login profile, if it needs one. `aws` says which version of the aws plugin is asked.
 *
 * @throws pulumi.RunError if user and login profile would be in two accounts, or might be.
 */
export async function inOneAccount(
  name: string,
  component: pulumi.ComponentResource,
  args: ConsoleUserArgs,
  aws: pulumi.InvokeOptions,
): Promise<ConsoleUserArgs["connection"]> {
  const hasProvider = component.getProvider(USER) !== undefined;
  const isLed =
    args.connection !== undefined ||
    component.getProvider(LOGIN_PROFILE.plugin) !== undefined ||
    [...HELD, ...NOT_HELD].some((setting) => pulumi.runtime.getConfig(pluginKeyOf(setting)) !== undefined);
  const connection = isLed ? args.connection : connectionOfStack(name, hasProvider);
  if ((hasProvider || isLed) && isAskedForAccount("aws", "aws-login-profile")) {
    const profile = given({ userName: args.userName ?? name, connection });
    const own: Promise<Reached> = pulumi.runtime.invoke(ACCOUNT_FUNCTION, profile, { parent: component });
    refuseToPart(name, ...(await Promise.all([accountOf(name, identityOf(component, aws)), own])));
  }
  return connection;
}

/** What a connection can hold of the stack's settings for aws, and what else says how AWS is reached. */
const HELD: SettingName[] = ["region", "profile", "endpoints", "assumeRoles", "assumeRole"];
const NOT_HELD = [
  "accessKey",
  "secretKey",
  "token",
  "assumeRoleWithWebIdentity",
  "insecure",
  "customCaBundle",
  "httpProxy",
  "httpsProxy",
  "noProxy",
  "sharedConfigFiles",
  "sharedCredentialsFiles",
  "stsRegion",
  "useFipsEndpoint",
  "useDualstackEndpoint",
] as const satisfies SettingName[];

/** The stack's `aws:*` as a connection, undefined where it says nothing; of a component with a provider of its own, as far as it can be held. */
function connectionOfStack(name: string, hasProvider: boolean): Connection | undefined {
  const settings = stackSettings((key) => pulumi.runtime.getConfig(key));
  const { iam, sts }: { iam?: string; sts?: string } = setting(settings, "endpoints");
  const [assumeRole, ...others] = setting(settings, "assumeRoles") ?? [setting(settings, "assumeRole")];
  const left: SettingName[] = NOT_HELD.filter((key) => isSet(setting(settings, key)));
  if (iam !== sts) left.push("endpoints");
  if (others.length > 0) left.push("assumeRoles");
  if (left.length > 0 && !hasProvider) throw notHeld(name, left);
  if (left.length > 0) return undefined;
  const [region, profile] = [setting(settings, "region"), setting(settings, "profile")];
  const connection: Connection = given({ region, profile, endpoint: iam, assumeRole });
  return Object.keys(connection).length === 0 ? undefined : connection;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

function notHeld(name: string, left: SettingName[]): pulumi.RunError {
  const [stack, own] = [stackKeyOf, pluginKeyOf].map((keyOf) => left.map(keyOf).join(", "));
  return new pulumi.RunError(
    `ConsoleUser "${name}": its aws provider is reached by ${stack}, which its login profile cannot take over: a connection ` +
      `holds a region, a profile, one endpoint of IAM and STS, and one role. Nothing was made. Set ${own} likewise, with all ` +
      "else that is set under aws: to reach the account, or hand it two providers, of aws and of aws-login-profile.",
  );
}

/** What the plugin answers; a preview may not know the account. */
interface Reached {
  accountId?: string;
  way?: string;
}

function refuseToPart(name: string, userAccount: string | undefined, { accountId, way }: Reached): void {
  if (userAccount === undefined || accountId === undefined || userAccount === accountId) return;
  throw new pulumi.RunError(
    `ConsoleUser "${name}": its aws provider leads to AWS account ${userAccount}, but for its login profile ${way} leads to ` +
      `account ${accountId}. Nothing was made. Hand it two providers of one account, of aws and of aws-login-profile, or a ` +
      `connection that leads to account ${userAccount}.`,
  );
}

/** Of the component's aws provider; each is asked once, for this thread serves one run. */
async function identityOf(component: pulumi.Resource, aws: pulumi.InvokeOptions): Promise<CallerIdentity> {
  const provider = component.getProvider(USER);
  const key = provider === undefined ? "" : await new Promise<string>((resolve) => provider.urn.apply(resolve));
  const identity: Promise<CallerIdentity> =
    identities.get(key) ?? pulumi.runtime.invoke(CALLER_IDENTITY, {}, { parent: component, ...aws });
  identities.set(key, identity);
  return identity;
}

const CALLER_IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity";

const identities = new Map<string, Promise<CallerIdentity>>();
