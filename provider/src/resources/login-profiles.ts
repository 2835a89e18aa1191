import * as pulumi from "@pulumi/pulumi";
import { LOGIN_PROFILES, PROFILES_PROVIDER_TEXT, placeholderWith } from "../common/contract";
import { isMap, type Properties } from "../common/values";
import type { Connection, LoginProfileArgs, LoginProfileOptions } from "./login-profile";
import { checkedInProgram, heldBackBy, toldByUrn, warnOfUnusedProvider } from "./program-checks";
import { sealed, sealedOnTheWire } from "./sealing";
import { hasTransformations, shortTraces } from "./stack-traces";

/** What is declared of one profile of {@link LoginProfiles}, as of a single one. */
export interface LoginProfilesProfileArgs extends Omit<LoginProfileArgs, "userName" | "connection"> {}

/** The arguments of {@link LoginProfiles}. */
export interface LoginProfilesArgs {
  /**
   * The login profiles, by the names of their IAM users. A user who is added is given a profile, one who is taken out
   * loses it, and nothing is replaced. Two names that differ in case alone are one user, and are refused.
   */
  profiles: pulumi.Input<Record<string, pulumi.Input<LoginProfilesProfileArgs>>>;

  /** Whether users must choose a new password at the next sign-in, where their profile does not say otherwise. */
  passwordResetRequired?: pulumi.Input<boolean | undefined>;

  /** Whether profiles that exist already are taken over, where they do not say otherwise. Default: false. */
  adoptExisting?: pulumi.Input<boolean | undefined>;

  /** The PGP public key of who is given the passwords of profiles that have neither password nor recipient of their own. */
  pgpKey?: pulumi.Input<string | pulumi.Input<string>[] | undefined>;

  /** The same with age recipients, in place of `pgpKey`. */
  ageRecipients?: pulumi.Input<string | pulumi.Input<string>[] | undefined>;

  /** Characters of generated passwords, 8 to 128, where a profile does not say otherwise. Default: 24. */
  passwordLength?: pulumi.Input<number | undefined>;

  /** Whether generated passwords may have characters that people take for one another. Default: false. */
  allowConfusableCharacters?: pulumi.Input<boolean | undefined>;

  /** Any values. When one changes, all passwords are generated anew whose profiles have no triggers of their own. */
  rotationTriggers?: pulumi.Input<Record<string, pulumi.Input<unknown>> | undefined>;

  /** How the users' account is reached, as that of a single login profile. */
  connection?: pulumi.Input<Connection | undefined>;
}

/** What is known of one profile of {@link LoginProfiles}; each property is that of a `LoginProfile`. */
export interface LoginProfilesProfileStatus {
  /** Counts the passwords that were declared, from 1; 0 for a profile adopted with the password it had. */
  passwordVersion: number;
  /** Whether IAM will ask the user for a new password at the next sign-in. */
  passwordResetPending: boolean;
  /** When the login profile was created, ISO 8601. */
  createDate: string;
  /** The reset flag as last sent to IAM, where it is another than that of all. */
  passwordResetRequired?: boolean | undefined;
  /** The generated password, encrypted to its owner, armored. */
  encryptedPassword?: string | undefined;
  /** To whom it is encrypted. */
  keyFingerprint?: string | undefined;
}

/**
 * The console passwords (login profiles) of many AWS IAM users in one account, in one resource.
 *
 * The lifecycle is that of a {@link LoginProfile}, profile by profile; what fails for one user hinders no other. For hundreds
 * of users it takes a fraction of the time, for the engine writes its whole state at each step of each resource.
 *
 * @example All users of a map, their passwords from the stack's secret configuration
 * ```typescript
 * import * as pulumi from "@pulumi/pulumi";
 * import { LoginProfiles } from "pulumi-aws-login-profile";
 *
 * const passwords = new pulumi.Config("passwords");
 * const team = new LoginProfiles("team", {
 *   passwordResetRequired: true,
 *   profiles: {
 *     alice: { password: passwords.requireSecret("alice") },
 *     bob: { password: passwords.requireSecret("bob"), passwordResetRequired: false },
 *   },
 * });
 * export const pending = team.profiles.apply((of) => of.alice?.passwordResetPending);
 * ```
 */
export class LoginProfiles extends pulumi.CustomResource {
  /** What is known of each profile, by user name. */
  declare readonly profiles: pulumi.Output<Record<string, LoginProfilesProfileStatus>>;

  /** The reset flag of the profiles that have none of their own. */
  declare readonly passwordResetRequired: pulumi.Output<boolean | undefined>;

  /** The AWS account that the profiles are in, 12 digits, as of a single login profile. */
  declare readonly accountId: pulumi.Output<string | undefined>;

  /** The `connection` as given. Undefined without one. */
  declare readonly connection: pulumi.Output<Connection> | undefined;

  /** Whether an object is a `LoginProfiles`, even one of another copy of this package. */
  static override isInstance(obj: unknown): obj is LoginProfiles {
    return (obj as { __pulumiType?: string } | undefined | null)?.__pulumiType === LOGIN_PROFILES.dynamic;
  }

  /**
   * Declares login profiles.
   *
   * @param name The resource's name in the stack, unique among its kind.
   * @param args What to declare. Mistakes in it fail the preview, all in one report.
   * @param opts Pulumi's resource options, without `provider`, `id` and `import`.
   */
  constructor(name: string, args: LoginProfilesArgs, opts?: LoginProfileOptions) {
    if (args?.connection === undefined) warnOfUnusedProvider("LoginProfiles", name, opts);
    const inputs = inputsOf(name, args, hasTransformations(opts));
    const checked = checkedInProgram({ type: "LoginProfiles", name }, args ?? {}, opts);
    const options = pulumi.mergeOptions(opts, { deleteBeforeReplace: true, dependsOn: heldBackBy(checked) });
    const traces = shortTraces(opts);
    try {
      super(LOGIN_PROFILES.dynamic, name, inputs, options);
    } catch (error) {
      throw traces.complete(error, LoginProfiles);
    } finally {
      traces.restore();
    }
    Object.assign(this, { urn: toldByUrn(this.urn, checked), profiles: appliedOf(this) });
    // The SDK makes an output of all that is registered; of these, nothing is to be in the state of a stack that exports them.
    for (const name of NO_OUTPUTS) Reflect.deleteProperty(this, name);
  }
}

/** The SDK copies maps into objects that take this key for something else: the user would be forgotten without a word. */
const LOST_BY_MAPS = "__proto__";
const LOST = "this name cannot be a key of profiles. Declare a LoginProfile for the user.";

const NO_OUTPUTS = ["pgpKey", "ageRecipients", "passwordHashes"];

function inputsOf(name: string, args: LoginProfilesArgs, isTransformed: boolean): pulumi.Inputs {
  const { profiles, ...common } = args ?? {};
  return {
    __provider: PROFILES_PROVIDER_TEXT,
    passwordHashes: pulumi.secret(placeholderWith({ stack: pulumi.getStack(), project: pulumi.getProject(), name })),
    // Named here, they are outputs even where neither the program nor a preview knows them.
    passwordResetRequired: undefined,
    accountId: undefined,
    ...Object.fromEntries(Object.entries(common).filter(([, value]) => value !== undefined)),
    profiles: withSealed(profiles, (map, isMapKnown) =>
      mapped(map, (userName, own) => {
        const what = `LoginProfiles "${name}": IAM user "${userName}"`;
        if (userName === LOST_BY_MAPS) throw new pulumi.RunError(`${what}: ${LOST}`);
        return withSealed(own, (profile, isKnown) =>
          // Transformations look at what stands there before it is written for the engine.
          withPasswordSealed(what, profile, isMapKnown && isKnown && !isTransformed),
        );
      }),
    ),
  };
}

/**
 * Seals what stands in a map or in a profile, known now or later. Of one that is known now, what is secret in it stays all
 * that is secret.
 */
function withSealed(value: unknown, seal: (value: Properties, isKnown: boolean) => Properties): unknown {
  if (!pulumi.Output.isInstance(value) && !(value instanceof Promise)) return isMap(value) ? seal(value, true) : value;
  const later = pulumi.output(value) as pulumi.Output<unknown>;
  return later.apply((known) => (isMap(known) ? seal(known, false) : known));
}

function withPasswordSealed(what: string, profile: Properties, isForTheWire: boolean): Properties {
  const { password } = profile as { password?: pulumi.Input<string | undefined> };
  if (password === undefined) return profile;
  const onTheWire = isForTheWire && typeof password === "string" ? sealedOnTheWire(what, password) : undefined;
  return { ...profile, password: onTheWire ?? sealed(what, password) };
}

/**
 * What is known of the profiles. In a preview the engine hands back what is declared of a dynamic resource in place of what
 * will be known of it: then they are as unknown as the account.
 */
function appliedOf({ profiles, accountId }: LoginProfiles): pulumi.Output<Record<string, LoginProfilesProfileStatus>> {
  return (profiles as pulumi.Output<unknown>).apply((all) => {
    const known = isMap(all) ? mapped(all, (_, { password: __, ...profile }) => profile) : {};
    const areApplied = Object.values(known).every((profile) => (profile as Properties).createDate !== undefined);
    return areApplied ? pulumi.output(known) : accountId.apply(() => known);
  }) as pulumi.Output<unknown> as LoginProfiles["profiles"];
}

function mapped(map: Properties, change: (key: string, value: any) => unknown): Properties {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(key, value)]));
}
