/**
 * People who sign in to the AWS console, one declaration each. Needs `@pulumi/aws` beside this package, and
 * `@pulumi/random` for random passwords.
 *
 * @packageDocumentation
 */
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { LoginProfile, type LoginProfileArgs } from "./login-profile";
import { hasRecipients } from "./recipients";

/** The arguments of a {@link ConsoleUser}: those of its login profile, and what is said of the user. */
export interface ConsoleUserArgs extends Omit<LoginProfileArgs, "userName"> {
  /** The IAM user's name, 1 to 64 characters of `A-Z a-z 0-9 _ + = , . @ -`. Default: the name of the component. */
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

  /** Whether the password must be changed at the next sign-in. Default: true. */
  passwordResetRequired?: LoginProfileArgs["passwordResetRequired"];

  /** Characters of a generated or random password, 8 to 128. Default: 24. */
  passwordLength?: LoginProfileArgs["passwordLength"];

  /** Any values. When one changes, a new password is generated or drawn, and set in place. Kept in the state. */
  rotationTriggers?: LoginProfileArgs["rotationTriggers"];
}

/**
 * A person who signs in to the AWS console: an IAM user with groups, the right to change their own password, and an
 * initial password that must be changed at the first sign-in.
 *
 * The password is generated for the person's key (`pgpKey`, `ageRecipients`), or given (`password`), or random.
 *
 * @example Only Alice can read her initial password
 * ```typescript
 * import { readFileSync } from "node:fs";
 * import { ConsoleUser } from "pulumi-aws-login-profile/console-user";
 *
 * const alice = new ConsoleUser("alice", { groups: ["developers"], pgpKey: readFileSync("alice.asc", "utf8") });
 *
 * export const { signInUrl, userName, encryptedPassword } = alice;
 * ```
 */
export class ConsoleUser extends pulumi.ComponentResource {
  /** The IAM user's name. */
  readonly userName: pulumi.Output<string>;

  /** The IAM user's ARN. */
  readonly arn: pulumi.Output<string>;

  /** Where the user signs in: the account's page of its partition. */
  readonly signInUrl: pulumi.Output<string>;

  /** Whether the user has still to choose a password, as {@link LoginProfile.passwordResetPending}. */
  readonly passwordResetPending: pulumi.Output<boolean>;

  /** The password that was given or drawn; secret. Undefined where it is generated for a key, or left as it was. */
  readonly initialPassword: pulumi.Output<string | undefined>;

  /** The generated password, encrypted to its owner, as {@link LoginProfile.encryptedPassword}. */
  readonly encryptedPassword: pulumi.Output<string | undefined>;

  /** To whom it is encrypted, as {@link LoginProfile.keyFingerprint}. */
  readonly keyFingerprint: pulumi.Output<string | undefined>;

  /** The IAM user. Undefined where it is managed elsewhere (`existing`). */
  readonly user: iam.User | undefined;

  /** The login profile. */
  readonly loginProfile: LoginProfile;

  /** Whether an object is a `ConsoleUser`, even one of another copy of this package. */
  static override isInstance(obj: unknown): obj is ConsoleUser {
    return (obj as { __pulumiType?: string } | undefined | null)?.__pulumiType === TYPE;
  }

  /**
   * Declares a console user.
   *
   * @param name The component's name in the stack; its resources have the same.
   * @param args What to declare. Mistakes in what the login profile takes fail the preview, all in one report.
   * @param opts Pulumi's options of components. A provider of aws among them is that of the user, groups and policy; the
   * login profile takes the account from the stack's configuration, or from `connection`.
   * @throws pulumi.RunError if arguments of a user are given for one who is managed elsewhere, or a random password is
   * needed and `@pulumi/random` is not installed.
   */
  constructor(name: string, args: ConsoleUserArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super(TYPE, name, {}, opts);
    const {
      userName = name,
      existing = false,
      groups,
      allowPasswordChange = true,
      randomPassword = true,
      path,
      tags,
      permissionsBoundary,
      forceDestroy,
      ...profileArgs
    } = args;
    const child = { parent: this };
    const userArgs = given({ path, tags, permissionsBoundary, forceDestroy });
    if (existing) refuseUserArgs(name, userArgs);
    this.user = existing ? undefined : new iam.User(name, { name: userName, ...userArgs }, child);
    const user = this.user ?? iam.getUserOutput({ userName }, child);
    // Through the user, so that what follows waits for it.
    const signsIn = this.user?.name ?? pulumi.output(userName);
    const partition = user.arn.apply(partitionOf);

    if (groups !== undefined && !(Array.isArray(groups) && groups.length === 0)) {
      const memberOf = pulumi.output(groups).apply((names) => names ?? []);
      new iam.UserGroupMembership(name, { user: signsIn, groups: memberOf }, child);
    }
    const rights: pulumi.Resource[] = [];
    if (allowPasswordChange) {
      const policyArn = pulumi.interpolate`arn:${partition}:iam::aws:policy/IAMUserChangePassword`;
      rights.push(new iam.UserPolicyAttachment(name, { user: signsIn, policyArn }, child));
    }

    const { password, passwordLength, rotationTriggers, ...rest } = profileArgs;
    const isRandom = randomPassword && password === undefined && !hasRecipients(rest);
    const initial = isRandom ? drawn(name, passwordLength, rotationTriggers, child) : password;
    this.loginProfile = new LoginProfile(
      name,
      {
        passwordResetRequired: true,
        ...rest,
        ...(isRandom ? {} : given({ passwordLength, rotationTriggers })),
        ...given({ password: initial }),
        userName: signsIn,
      },
      // Who must choose a password needs the right to do so first.
      { ...child, dependsOn: rights },
    );

    this.userName = signsIn;
    this.arn = user.arn;
    this.signInUrl = user.arn.apply(signInUrlOf);
    this.initialPassword = pulumi.secret(initial);
    const { passwordResetPending, encryptedPassword, keyFingerprint } = this.loginProfile;
    this.passwordResetPending = passwordResetPending;
    this.encryptedPassword = encryptedPassword;
    this.keyFingerprint = keyFingerprint;
    const { arn, signInUrl } = this;
    this.registerOutputs({
      userName: signsIn,
      arn,
      signInUrl,
      passwordResetPending,
      encryptedPassword,
      keyFingerprint,
    });
  }
}

const TYPE = "aws-login-profile:index:ConsoleUser";

/** What was given, without what was left out. */
function given<T extends object>(args: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function refuseUserArgs(name: string, userArgs: object): void {
  const names = Object.keys(userArgs);
  if (names.length === 0) return;
  throw new pulumi.RunError(
    `ConsoleUser "${name}": ${names.join(", ")} cannot be given for a user who is managed elsewhere (existing). ` +
      `Remove ${names.length === 1 ? "it" : "them"}, or remove existing to have the user created here.`,
  );
}

/** A password of all four kinds of characters that an account's password policy can ask for. */
function drawn(
  name: string,
  length: ConsoleUserArgs["passwordLength"],
  triggers: ConsoleUserArgs["rotationTriggers"],
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { RandomPassword } = randomPackage(name);
  const keepers = pulumi
    .output(triggers)
    .apply((values) => Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, text(value)])));
  return new RandomPassword(
    name,
    {
      length: pulumi.output(length).apply((characters) => characters ?? 24),
      minLower: 1,
      minUpper: 1,
      minNumeric: 1,
      minSpecial: 1,
      // What IAM counts as a symbol.
      overrideSpecial: "!@#$%^&*()_+-=[]{}|'",
      ...(triggers === undefined ? {} : { keepers }),
    },
    opts,
  ).result;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function randomPackage(name: string): typeof import("@pulumi/random") {
  try {
    return require("@pulumi/random");
  } catch {
    throw new pulumi.RunError(
      `ConsoleUser "${name}" needs the package @pulumi/random to draw a password: npm install @pulumi/random. ` +
        "Or give a recipient (pgpKey, ageRecipients) or a password.",
    );
  }
}

/** By partition. Source: IAM user guide, "How IAM users sign in". */
const SIGN_IN_DOMAINS: Record<string, string> = {
  "aws-cn": "signin.amazonaws.cn",
  "aws-us-gov": "signin.amazonaws-us-gov.com",
};

function partitionOf(arn: string): string {
  return arn.split(":")[1] ?? "aws";
}

function signInUrlOf(arn: string): string {
  const account = arn.split(":")[4] ?? "";
  return `https://${account}.${SIGN_IN_DOMAINS[partitionOf(arn)] ?? "signin.aws.amazon.com"}/console`;
}
