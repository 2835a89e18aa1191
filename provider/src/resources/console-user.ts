/**
 * People who sign in to the AWS console, one declaration each. Needs `@pulumi/aws` beside this package, and
 * `@pulumi/random` for random passwords.
 *
 * @packageDocumentation
 */
import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { accountOf, type CallerIdentity, isAskedForAccount, USER } from "./aws-account";
import { CONSOLE_USER, type ConsoleUserArgs, declareParts, type Kinds } from "./console-user-parts";
import { LoginProfile } from "./login-profile";

export type { ConsoleUserArgs };

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

  /** Where the user signs in: the account's page of its partition. Undefined where AWS documents none (aws-iso, aws-eusc). */
  readonly signInUrl: pulumi.Output<string | undefined>;

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
    return (obj as { __pulumiType?: string } | undefined | null)?.__pulumiType === CONSOLE_USER;
  }

  /**
   * Declares a console user.
   *
   * @param name The component's name in the stack; its resources have the same.
   * @param args What to declare. Mistakes in what the login profile takes fail the preview, all in one report.
   * @param opts Pulumi's options of components. A provider of aws among them is that of the user, groups and policy; the
   * login profile takes the account from the stack's configuration, or from `connection`, and is refused where that is another.
   * @throws pulumi.RunError if arguments of a user are given for one who is managed elsewhere, or a random password is
   * needed and `@pulumi/random` is not installed.
   */
  constructor(name: string, args: ConsoleUserArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super(CONSOLE_USER, name, {}, opts);
    const account = userAccount(name, this, args);
    const { user, loginProfile, outputs, initialPassword } = declareParts(this, name, args, KINDS, account);
    this.user = user;
    this.loginProfile = loginProfile;
    this.userName = outputs.userName;
    this.arn = outputs.arn;
    this.signInUrl = outputs.signInUrl;
    this.passwordResetPending = outputs.passwordResetPending;
    this.encryptedPassword = outputs.encryptedPassword;
    this.keyFingerprint = outputs.keyFingerprint;
    this.initialPassword = initialPassword;
    this.registerOutputs(outputs);
  }
}

/**
 * The account to hold the login profile's against. By the stack's configuration alone they are the same; with an aws provider
 * of its own, or a connection, the one might be led away from the other.
 */
function userAccount(
  name: string,
  component: ConsoleUser,
  { connection }: ConsoleUserArgs,
): Promise<string | undefined> | undefined {
  const provider = component.getProvider(USER);
  if ((provider === undefined && connection === undefined) || !isAskedForAccount("aws")) return undefined;
  const through = provider ?? pulumi.runtime.getStackResource() ?? component;
  const identity = identities.get(through) ?? getCallerIdentity({}, { parent: component });
  identities.set(through, identity);
  return accountOf(name, identity);
}

/** By provider, or by stack for the default one: asked once in a run. */
const identities = new WeakMap<pulumi.Resource, Promise<CallerIdentity>>();

const KINDS: Kinds<iam.User, LoginProfile> = {
  User: iam.User,
  UserGroupMembership: iam.UserGroupMembership,
  UserPolicyAttachment: iam.UserPolicyAttachment,
  LoginProfile,
  RandomPassword: (name) => randomPackage(name).RandomPassword,
  getUserOutput: iam.getUserOutput,
};

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
