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
import { accountOf, ifKnown, isAskedForAccount, USER } from "../resources/aws-account";
import type { ConsoleUserArgs } from "../resources/console-user-parts";
import { pluginKeyOf } from "./settings";

/** How the login profile is reached, and what has to be waited for before anything is made. */
export interface OneAccount {
  connection?: Exclude<ConsoleUserArgs["connection"], undefined>;
  checked?: Promise<pulumi.Resource[]>;
}

/** `aws` says which version of the aws plugin is asked. */
export function inOneAccount(
  name: string,
  component: pulumi.ComponentResource,
  args: ConsoleUserArgs,
  aws: pulumi.InvokeOptions,
): OneAccount {
  const hasProvider = component.getProvider(USER) !== undefined;
  const isLed =
    args.connection !== undefined ||
    component.getProvider(LOGIN_PROFILE.plugin) !== undefined ||
    [...HELD, ...NOT_HELD].some((setting) => pulumi.runtime.getConfig(pluginKeyOf(setting)) !== undefined);
  const connection = isLed ? args.connection : connectionOfStack(name, hasProvider);
  const where = given({ connection });
  if ((!hasProvider && !isLed) || !isAskedForAccount("aws", "aws-login-profile")) return where;
  const profile = given({ userName: args.userName ?? name, connection });
  const own = ifKnown<Reached>(pulumi.runtime.invokeOutput(ACCOUNT_FUNCTION, profile, { parent: component }));
  return { ...where, checked: compared(name, userAccount(component, aws), own) };
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

interface Reached {
  accountId?: string;
  way?: string;
}

/** In the update, both accounts are known or their failure is the error. */
async function compared(
  name: string,
  user: Promise<string | undefined>,
  profile: Promise<Reached | undefined>,
): Promise<pulumi.Resource[]> {
  const [userId, { accountId, way } = {}] = await Promise.all([user, profile]);
  if (userId === undefined || accountId === undefined || userId === accountId) return [];
  throw new pulumi.RunError(
    `ConsoleUser "${name}": its aws provider leads to AWS account ${userId}, but of its login profile ${way} leads to account ` +
      `${accountId}. Nothing was made. Hand it two providers of one account, of aws and of aws-login-profile, or a connection ` +
      `that leads to account ${userId}.`,
  );
}

/** Asked once for each provider: this thread serves one run. */
async function userAccount(component: pulumi.Resource, aws: pulumi.InvokeOptions): Promise<string | undefined> {
  const provider = component.getProvider(USER);
  const key = provider === undefined ? "" : ((await ifKnown<string>(provider.urn)) ?? "");
  const account =
    accounts.get(key) ?? accountOf(pulumi.runtime.invokeOutput(CALLER_IDENTITY, {}, { parent: component, ...aws }));
  accounts.set(key, account);
  return account;
}

const CALLER_IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity";

const accounts = new Map<string, Promise<string | undefined>>();
