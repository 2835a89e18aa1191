import * as pulumi from "@pulumi/pulumi";
import type { Connection as PlainConnection, AssumedRole as PlainRole } from "../aws/connection";
import {
  type Beside,
  LOGIN_PROFILE,
  MAY_CHANGE_PASSWORD,
  PROVIDER_TEXT,
  placeholderWith,
  USER_ACCOUNT,
} from "../common/contract";
import { given } from "../common/values";
import { checkedInProgram, heldBackBy, toldByUrn, warnOfUnusedProvider } from "./program-checks";
import { sealed } from "./sealing";
import { shortTraces } from "./stack-traces";

/** How an account is reached: a {@link PlainConnection} of inputs. */
export interface Connection {
  /** Region whose partition is meant, such as `cn-north-1`; IAM is one service in each partition. */
  region?: pulumi.Input<string | undefined>;
  /** Name of a profile in the shared AWS files. */
  profile?: pulumi.Input<string | undefined>;
  /** URL of IAM and STS, for a private or an emulated endpoint. */
  endpoint?: pulumi.Input<string | undefined>;
  /** A role to assume with the profile's credentials, or with those of the stack. */
  assumeRole?: pulumi.Input<AssumedRole | undefined>;
}

/** A role to assume: a {@link PlainRole} of inputs. */
export type AssumedRole = {
  [Key in keyof PlainRole]: pulumi.Input<Inputs<PlainRole[Key]> | (Key extends "roleArn" ? never : undefined)>;
};

/** A list or a map of inputs; a text is one itself. */
type Inputs<T> = { [Key in keyof T]: pulumi.Input<T[Key]> };

/** The arguments of a {@link LoginProfile}. */
export interface LoginProfileArgs {
  /**
   * The IAM user who signs in: 1 to 64 characters of `A-Z a-z 0-9 _ + = , . @ -`.
   * A change replaces the login profile; the old one is deleted first.
   *
   * Source: IAM API reference, CreateLoginProfile, `UserName`.
   */
  userName: pulumi.Input<string>;

  /**
   * The console password: 1 to 128 characters of tab, line feed, carriage return and
   * U+0020 to U+00FF; the account's password policy comes on top. Always a secret.
   *
   * Needed to create a login profile, unless it is generated for a recipient (`pgpKey`, `ageRecipients`).
   * Left out later, or held back by `ignoreChanges: ["password"]`, the password in IAM stays as it is.
   *
   * Source: IAM API reference, CreateLoginProfile, `Password`.
   */
  password?: pulumi.Input<string | undefined>;

  /**
   * The PGP public key of the password's owner, instead of a `password`: one is generated, and delivered in
   * `encryptedPassword`. Armored (`gpg --export --armor`), or in base64 as `aws.iam.UserLoginProfile` takes
   * it, or `keybase:` and a user's name; `keybase:alice#FINGERPRINT` chooses one of the user's keys. Of a list, the
   * owner of any key can open it.
   *
   * Not kept in the state. A change rotates nothing; the next password goes to the new key.
   */
  pgpKey?: pulumi.Input<string | pulumi.Input<string>[] | undefined>;

  /**
   * age recipients of the password, `age1…`, also post-quantum or of hardware keys, in place of `pgpKey`. Any one of
   * them can open it. SSH keys and plugins are not supported.
   *
   * Not kept in the state. A change rotates nothing; the next password goes to the new recipients.
   */
  ageRecipients?: pulumi.Input<string | pulumi.Input<string>[] | undefined>;

  /**
   * Characters of a generated password: 8 to 128, more if the account's password policy asks for more.
   * Default: 24. A change takes effect with the next password.
   */
  passwordLength?: pulumi.Input<number | undefined>;

  /**
   * Whether a generated password may have characters that people take for one another, such as 0 and O.
   * Default: false.
   */
  allowConfusableCharacters?: pulumi.Input<boolean | undefined>;

  /**
   * Any values. When one changes, a new password is generated and delivered, and `passwordVersion` goes up.
   * Kept in the state, so nothing secret belongs here.
   */
  rotationTriggers?: pulumi.Input<Record<string, pulumi.Input<unknown>> | undefined>;

  /**
   * Whether the user must choose a new password at the next sign-in. Left out, it is neither
   * set nor compared. When the user has obeyed, IAM turns it off; that is no difference.
   *
   * Source: IAM API reference, UpdateLoginProfile, `PasswordResetRequired`.
   */
  passwordResetRequired?: pulumi.Input<boolean | undefined>;

  /**
   * Whether to take over a login profile that exists already, instead of failing: with a
   * `password` it is given that password, with a recipient a generated one, and without either it keeps its own. Default: false.
   */
  adoptExisting?: pulumi.Input<boolean | undefined>;

  /**
   * How the user's account is reached, where it is not the one of the stack's configuration: `region`,
   * `profile`, `endpoint` and `assumeRole`, each in place of the setting of that name. Without
   * credentials, for it is kept in the state, and a later refresh or delete takes the same way.
   *
   * A `profile` gives credentials and region: nothing of the configuration's own credentials and roles is
   * used, and its region holds unless the connection names one. An `assumeRole` replaces `aws:assumeRoles`:
   * it is assumed with the connection's profile or, without one, with the configuration's own credentials.
   *
   * A change that leads to the same account is an update that touches nothing in IAM; one that leads to
   * another account replaces the login profile.
   */
  connection?: pulumi.Input<Connection | undefined>;
}

/** Pulumi's resource options, but those under which the engine would pass by the check that hides the password. */
export type LoginProfileOptions = Omit<pulumi.CustomResourceOptions, "provider" | "id" | "import">;

/**
 * The console password (login profile) of an AWS IAM user.
 *
 * The password goes from the program to IAM and nowhere else: the state holds a salted hash of
 * it, encrypted, by which a change is recognised.
 *
 * @example An existing user, a password from the stack's secret configuration
 * ```typescript
 * import * as pulumi from "@pulumi/pulumi";
 * import { LoginProfile } from "pulumi-aws-login-profile";
 *
 * const config = new pulumi.Config();
 * new LoginProfile("alice", {
 *   userName: "alice",
 *   password: config.requireSecret("password"),
 *   passwordResetRequired: true,
 * });
 * ```
 *
 * @example A generated password that only its owner can read
 * ```typescript
 * import { readFileSync } from "node:fs";
 * import { LoginProfile } from "pulumi-aws-login-profile";
 *
 * const carol = new LoginProfile("carol", {
 *   userName: "carol",
 *   pgpKey: readFileSync("carol.asc", "utf8"),
 *   passwordResetRequired: true,
 *   rotationTriggers: { quarter: "2026-Q4" },
 * });
 * export const carolsPassword = carol.encryptedPassword;
 * ```
 *
 * @example Taking over a login profile as it is, without touching its password
 * ```typescript
 * import { LoginProfile } from "pulumi-aws-login-profile";
 *
 * new LoginProfile("bob", { userName: "bob", adoptExisting: true });
 * ```
 */
export class LoginProfile extends pulumi.CustomResource {
  /** The IAM user. Also the resource's id. */
  declare readonly userName: pulumi.Output<string>;

  /** The reset flag as last sent to IAM; undefined if it was never sent, or not with the last password. */
  declare readonly passwordResetRequired: pulumi.Output<boolean | undefined>;

  /**
   * Whether IAM will ask the user for a new password at the next sign-in: what it said at the
   * last refresh, or what was sent since. True until the user has chosen one.
   */
  declare readonly passwordResetPending: pulumi.Output<boolean>;

  /**
   * Counts the passwords that were declared: 1 for the first, one more with each change, 0 for
   * a profile adopted with the password it had. Not secret: a preview shows it, and other
   * resources can be triggered by it.
   */
  declare readonly passwordVersion: pulumi.Output<number>;

  /**
   * The hash of a declared password, a PHC string (`$scrypt$ln=…,r=…,p=…$salt$hash`). Secret. Undefined while the
   * version is 0, and of a generated password.
   */
  declare readonly passwordHash: pulumi.Output<string | undefined>;

  /**
   * The generated password, encrypted to its owner: a PGP message (`gpg --decrypt`) or an age file
   * (`age --decrypt --identity key.txt`), armored. Undefined where none was generated.
   */
  declare readonly encryptedPassword: pulumi.Output<string | undefined>;

  /**
   * To whom `encryptedPassword` is encrypted: the fingerprint of the PGP key, upper-case hexadecimal, or the
   * age recipient; several are joined by ", ". Undefined where none was generated.
   */
  declare readonly keyFingerprint: pulumi.Output<string | undefined>;

  /** The `connection` as given. Undefined without one. */
  declare readonly connection: pulumi.Output<Connection> | undefined;

  /**
   * The AWS account that the profile is in, 12 digits. Every later step fails before it changes anything if the way there
   * leads to another account by then. Undefined where nobody is asked (`aws:skipRequestingAccountId`).
   */
  declare readonly accountId: pulumi.Output<string | undefined>;

  /** When the login profile was created, ISO 8601. Source: IAM API reference, LoginProfile, `CreateDate`. */
  declare readonly createDate: pulumi.Output<string>;

  /** Whether an object is a `LoginProfile`, even one of another copy of this package. */
  static override isInstance(obj: unknown): obj is LoginProfile {
    return (obj as { __pulumiType?: string } | undefined | null)?.__pulumiType === LOGIN_PROFILE.dynamic;
  }

  /**
   * Declares a login profile.
   *
   * @param name The resource's name in the stack, unique among its kind.
   * @param args What to declare. Mistakes in it fail the preview, all in one report.
   * @param opts Pulumi's resource options, without `provider`, `id` and `import`.
   */
  constructor(name: string, args: LoginProfileArgs, opts?: LoginProfileOptions) {
    if (!isAccountTold(args)) warnOfUnusedProvider("LoginProfile", name, opts);
    const inputs = inputsOf(name, args);
    const checked = checkedInProgram({ type: "LoginProfile", name }, args ?? {}, opts);
    // A user has one login profile: a new one can only be created once the old one is gone.
    const options = pulumi.mergeOptions(opts, {
      deleteBeforeReplace: true,
      dependsOn: heldBackBy(checked),
    });
    const traces = shortTraces(opts);
    try {
      super(LOGIN_PROFILE.dynamic, name, inputs, options);
    } catch (error) {
      throw traces.complete(error, LoginProfile);
    } finally {
      traces.restore();
    }
    Object.assign(this, { urn: toldByUrn(this.urn, checked) });
    // The SDK makes an output of all that is registered. Where a stack exports its profile, this one would be in the state.
    Reflect.deleteProperty(this, "password");
  }
}

/** Where the account of the user is told, another one is no warning but a mistake. */
function isAccountTold(args: LoginProfileArgs & Beside): boolean {
  return args?.connection !== undefined || args?.[USER_ACCOUNT] !== undefined;
}

function inputsOf(name: string, args: LoginProfileArgs & Beside): pulumi.Inputs {
  const right = args?.[MAY_CHANGE_PASSWORD] ? { mayChangePassword: true as const } : {};
  const facts = { stack: pulumi.getStack(), project: pulumi.getProject(), ...right };
  const inputs: pulumi.Inputs = {
    __provider: PROVIDER_TEXT,
    passwordHash: pulumi.secret(
      args?.[USER_ACCOUNT]?.then((accountId) => placeholderWith({ ...facts, ...given({ accountId }) })) ??
        placeholderWith(facts),
    ),
    // Named here, they are outputs even where neither the program nor a preview knows them.
    passwordResetRequired: undefined,
    passwordVersion: undefined,
    passwordResetPending: undefined,
    createDate: undefined,
    encryptedPassword: undefined,
    keyFingerprint: undefined,
    accountId: undefined,
  };
  for (const [key, value] of Object.entries(args ?? {})) {
    if (value === undefined) continue;
    inputs[key] = key === "password" ? sealed(`LoginProfile "${name}"`, value) : value;
  }
  return inputs;
}
