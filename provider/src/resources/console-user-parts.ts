/**
 * What a console user consists of, for both front ends: they differ in the classes of its resources and in nothing else.
 */
import * as pulumi from "@pulumi/pulumi";
import { LOGIN_PROFILE, MAY_CHANGE_PASSWORD, USER_ACCOUNT } from "../common/contract";
import { GENERATED_LENGTH, SYMBOLS } from "../common/limits";
import { given } from "../common/values";
import { USER_ARGUMENTS } from "../lifecycle/arguments";
import { hasRecipients } from "../recipients/recipients";
import type { LoginProfile, LoginProfileArgs } from "./login-profile";

/** The type of the component, in both front ends. */
export const CONSOLE_USER = "aws-login-profile:index:ConsoleUser";

/** The arguments of a {@link ConsoleUser}: those of its login profile, and what is said of the user. */
export interface ConsoleUserArgs extends Omit<LoginProfileArgs, "userName"> {
  /**
   * The IAM user's name, 1 to 64 characters of `A-Z a-z 0-9 _ + = , . @ -`. Default: the name of the component.
   *
   * Give it when you rename the component under an alias, or the user is renamed too.
   */
  userName?: pulumi.Input<string>;

  /**
   * Whether the IAM user is managed elsewhere: then none is created, and `path`, `tags`, `permissionsBoundary` and
   * `forceDestroy` cannot be given. Default: false.
   */
  existing?: boolean;

  /** IAM path of the user, such as `/contractors/`. Default: `/`. */
  path?: pulumi.Input<string | undefined>;

  /** Tags of the user. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>> | undefined>;

  /** ARN of the policy that sets the user's permissions boundary. */
  permissionsBoundary?: pulumi.Input<string | undefined>;

  /**
   * Whether destroying deletes a user who has access keys, MFA devices or other things that are not managed here.
   * Default: false, as of `aws.iam.User`.
   */
  forceDestroy?: pulumi.Input<boolean | undefined>;

  /** Groups the user is put into. Other memberships of the user are left alone. */
  groups?: pulumi.Input<pulumi.Input<string>[] | undefined>;

  /**
   * Whether the managed policy `IAMUserChangePassword` is attached to the user. Without the right to change the own
   * password, from there or from elsewhere, a forced reset locks the user out. Default: true.
   */
  allowPasswordChange?: boolean;

  /**
   * Whether a random password is made where neither `password` nor a recipient is given: a `random.RandomPassword`,
   * which keeps it in the state, encrypted. Default: true. With false and `adoptExisting`, the login profile keeps
   * the password it has.
   */
  randomPassword?: boolean;

  /**
   * Whether the password must be changed at the next sign-in. Default: true. Where no password is set here, as with
   * `adoptExisting` and without `randomPassword`, what holds for the one that is there goes on to hold.
   */
  passwordResetRequired?: LoginProfileArgs["passwordResetRequired"];

  /** Characters of a generated or random password, 8 to 128. Default: 24. */
  passwordLength?: LoginProfileArgs["passwordLength"];

  /** Any values. When one changes, a new password is generated or drawn, and set in place. Kept in the state. */
  rotationTriggers?: LoginProfileArgs["rotationTriggers"];
}

/** The classes and functions that the parts are made with: those of `@pulumi/aws`, or what stands for them. */
export interface Kinds<User extends AnyUser = AnyUser, Profile extends AnyProfile = AnyProfile> {
  User: Kind<UserArgs & { name: pulumi.Input<string> }, User>;
  UserGroupMembership: Kind<{ user: pulumi.Input<string>; groups: pulumi.Input<string[]> }>;
  UserPolicyAttachment: Kind<{ user: pulumi.Input<string>; policyArn: pulumi.Input<string> }>;
  LoginProfile: Kind<LoginProfileArgs, Profile>;
  /** For the user of that name: asked for on demand, as the package need not be installed. */
  RandomPassword(name: string): Kind<RandomPasswordArgs, pulumi.Resource & { readonly result: pulumi.Output<string> }>;
  /** Looks a user up. */
  getUserOutput(args: { userName: pulumi.Input<string> }, opts: ChildOptions): pulumi.Output<{ arn: string }>;
}

/** The parts of a console user, and the outputs of the component. */
export interface Parts<User extends AnyUser, Profile extends AnyProfile> {
  /** Undefined where the user is managed elsewhere. */
  user: User | undefined;
  loginProfile: Profile;
  /** Kept in the state. */
  outputs: {
    userName: pulumi.Output<string>;
    arn: pulumi.Output<string>;
    signInUrl: pulumi.Output<string | undefined>;
    passwordResetPending: pulumi.Output<boolean>;
    encryptedPassword: pulumi.Output<string | undefined>;
    keyFingerprint: pulumi.Output<string | undefined>;
  };
  /** Secret, and not for the state: it would be the password's second place there, or its first. */
  initialPassword: pulumi.Output<string | undefined>;
}

/**
 * Declares the parts under the component.
 *
 * @throws pulumi.RunError if arguments of a user are given for one who is managed elsewhere.
 */
export function declareParts<User extends AnyUser, Profile extends AnyProfile>(
  component: pulumi.ComponentResource,
  name: string,
  args: ConsoleUserArgs,
  kinds: Kinds<User, Profile>,
  /** The account that the aws provider leads to, where the login profile has to be held against it. */
  account?: Promise<string | undefined>,
): Parts<User, Profile> {
  const {
    userName = name,
    existing = USER_ARGUMENTS.existing.usual,
    groups,
    allowPasswordChange = USER_ARGUMENTS.allowPasswordChange.usual,
    randomPassword = USER_ARGUMENTS.randomPassword.usual,
    path,
    tags,
    permissionsBoundary,
    forceDestroy,
    ...profileArgs
  } = args;
  const child = { parent: component };
  const userArgs: UserArgs = given({ path, tags, permissionsBoundary, forceDestroy });
  if (existing) refuseUserArgs(name, userArgs);
  const created = existing ? undefined : new kinds.User(name, { name: userName, ...userArgs }, child);
  const user = created ?? kinds.getUserOutput({ userName }, child);
  // Through the user, so that what follows waits for it.
  const signsIn = created?.name ?? pulumi.output(userName);
  const partition = user.arn.apply(partitionOf);

  if (groups !== undefined && !(Array.isArray(groups) && groups.length === 0)) {
    const memberOf = pulumi.output(groups).apply((names) => names ?? []);
    new kinds.UserGroupMembership(name, { user: signsIn, groups: memberOf }, child);
  }
  const rights: pulumi.Resource[] = [];
  if (allowPasswordChange) {
    const policyArn = pulumi.interpolate`arn:${partition}:iam::aws:policy/IAMUserChangePassword`;
    rights.push(new kinds.UserPolicyAttachment(name, { user: signsIn, policyArn }, child));
  }

  const { password, passwordLength, rotationTriggers, ...rest } = profileArgs;
  const isRandom = randomPassword && password === undefined && !hasRecipients(rest);
  const initial = isRandom
    ? new (kinds.RandomPassword(name))(name, randomPasswordArgs(passwordLength, rotationTriggers), child).result
    : password;
  // Whoever only takes a profile over does not make its user choose another password.
  const setsPassword = initial !== undefined || hasRecipients(rest);
  const loginProfile = new kinds.LoginProfile(
    name,
    {
      ...(setsPassword ? { passwordResetRequired: USER_ARGUMENTS.passwordResetRequired.usual } : {}),
      ...rest,
      ...(isRandom ? {} : given({ passwordLength, rotationTriggers })),
      ...(initial === undefined ? {} : { password: pulumi.secret(initial) }),
      userName: signsIn,
      ...(allowPasswordChange ? { [MAY_CHANGE_PASSWORD]: true } : {}),
      ...(account === undefined ? {} : { [USER_ACCOUNT]: account }),
    },
    // Who must choose a password needs the right to do so first. By the aliases, a stack moves from one front end to the
    // other as it is.
    {
      ...child,
      dependsOn: rights,
      aliases: Object.values(LOGIN_PROFILE).map((type) => ({ type })),
    },
  );

  const { arn } = user;
  const { passwordResetPending, encryptedPassword, keyFingerprint } = loginProfile;
  const signInUrl = arn.apply(signInUrlOf);
  const outputs = { userName: signsIn, arn, signInUrl, passwordResetPending, encryptedPassword, keyFingerprint };
  return { user: created, loginProfile, outputs, initialPassword: pulumi.secret(initial) };
}

/** A class of resources. */
export type Kind<Args, R extends pulumi.Resource = pulumi.Resource> = new (
  name: string,
  args: Args,
  opts: ChildOptions,
) => R;

interface ChildOptions {
  parent: pulumi.Resource;
  dependsOn?: pulumi.Resource[];
  aliases?: pulumi.Alias[];
}

type AnyUser = pulumi.Resource & { readonly name: pulumi.Output<string>; readonly arn: pulumi.Output<string> };

type AnyProfile = pulumi.Resource & Pick<LoginProfile, "passwordResetPending" | "encryptedPassword" | "keyFingerprint">;

type UserArgs = {
  [K in "path" | "tags" | "permissionsBoundary" | "forceDestroy"]?: Exclude<ConsoleUserArgs[K], undefined>;
};

type RandomPasswordArgs = ReturnType<typeof randomPasswordArgs>;

function refuseUserArgs(name: string, userArgs: object): void {
  const names = Object.keys(userArgs);
  if (names.length === 0) return;
  throw new pulumi.RunError(
    `ConsoleUser "${name}": ${names.join(", ")} cannot be given for a user who is managed elsewhere (existing). ` +
      `Remove ${names.length === 1 ? "it" : "them"}, or remove existing to have the user created here.`,
  );
}

/** A password of all four kinds of characters that an account's password policy can ask for. */
function randomPasswordArgs(length: ConsoleUserArgs["passwordLength"], triggers: ConsoleUserArgs["rotationTriggers"]) {
  const keepers = pulumi
    .output(triggers)
    .apply((values) => Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, text(value)])));
  return {
    length: pulumi.output(length).apply((characters) => characters ?? GENERATED_LENGTH.usual),
    minLower: 1,
    minUpper: 1,
    minNumeric: 1,
    minSpecial: 1,
    overrideSpecial: SYMBOLS,
    ...(triggers === undefined ? {} : { keepers }),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * By partition; of others (aws-iso…, aws-eusc) no page of accounts is documented. Source: IAM user guide, "How IAM users
 * sign in", and those of China and GovCloud.
 */
const SIGN_IN_DOMAINS: Record<string, string> = {
  aws: "signin.aws.amazon.com",
  "aws-cn": "signin.amazonaws.cn",
  "aws-us-gov": "signin.amazonaws-us-gov.com",
};

/** Under mocks, in unit tests, a user may be without ARN. */
function partitionOf(arn: string | undefined): string {
  return arn?.split(":")[1] ?? "aws";
}

function signInUrlOf(arn: string | undefined): string | undefined {
  const domain = SIGN_IN_DOMAINS[partitionOf(arn)];
  return arn && domain && `https://${arn.split(":")[4]}.${domain}/console`;
}
