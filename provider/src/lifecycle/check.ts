import { isDeepStrictEqual } from "node:util";
import type { Reach } from "../aws/accounts";
import type { Problem } from "../common/problem";
import { isKnown, type Previewed, UNKNOWN } from "../common/unknown";
import { type HashCost, hashPassword, isHashOf } from "../passwords/hash";
import { brokenRules, type PasswordPolicy } from "../passwords/rules";
import { Secret } from "../passwords/secret";
import { DeliveredPassword } from "../recipients/delivery";
import type { KeybaseSettings } from "../recipients/keybase";
import { hasRecipients } from "../recipients/recipients";
import type { Declaration, PreviewedDeclaration } from "./model";
import type { Run } from "./run";
import { validate } from "./validation";

/** What came of a check: what the engine may store, or why not. */
export type Checked = { declaration: PreviewedDeclaration } | { problems: Problem[] };

/** Settings, asked for when they are needed: they may be known only after the lifecycle has been made. */
export interface CheckSettings {
  hashCost(): HashCost;
  policyCheck(): boolean;
  keybase(): KeybaseSettings;
}

const PASSWORD_NEEDED =
  "password is needed to create a login profile: give one, or a recipient for a generated one (pgpKey or ageRecipients), or " +
  "set adoptExisting to true to take over a profile that exists.";
const PASSWORD_NEEDED_AGAIN =
  "password is needed to create the login profile again, for it is about to be replaced and the one in IAM is lost with it. " +
  "Give one, and take it out of ignoreChanges if it stands there, or give a recipient for a generated one.";

/** The first step of every operation: validates the arguments, and takes the password out of them. */
export class LoginProfileCheck {
  #changeWarned = false;

  constructor(
    private readonly run: Run,
    private readonly reach: Reach,
    private readonly settings: CheckSettings,
    private readonly tell: (line: string) => void,
  ) {}

  /** `previous` is what an earlier check returned, empty for a new resource. */
  async check(previous: Partial<Declaration>, args: Record<string, unknown>): Promise<Checked> {
    // A mistaken setting is told whether or not it is needed this time.
    const cost = this.settings.hashCost();
    const holdAgainstPolicy = this.settings.policyCheck();
    const keybase = this.settings.keybase();
    const problems = validate(args);
    const { userName, passwordResetRequired, adoptExisting, connection, rotationTriggers } =
      args as PreviewedDeclaration;
    const password = typeof args.password === "string" ? new Secret(args.password) : (args.password as typeof UNKNOWN);
    // Another user name makes another profile: it starts with a password and a version of its own.
    const kept = userName === UNKNOWN || previous.userName === userName ? previous : {};
    if (previous.userName !== undefined) this.run.user(previous.userName, previous.connection).isDeployed = true;
    const user = typeof userName === "string" ? this.run.user(userName, connection) : undefined;
    const isDelivered = hasRecipients(args);
    if (password === undefined && !isDelivered && kept.userName === undefined) {
      // The engine checks a resource that it replaces a second time, as if it were new.
      const isReplaced = user?.isDeployed === true;
      const reason = isReplaced ? PASSWORD_NEEDED_AGAIN : PASSWORD_NEEDED;
      if (isReplaced || !adoptExisting) problems.push({ property: "password", reason, secret: true });
    }
    if (problems.length > 0) return { problems };
    if (isKnown(connection)) await this.reach(connection).ready();
    if (user !== undefined && password === undefined && !isDelivered) user.isWithoutPassword = true;

    const rotates = isDelivered && (kept.userName === undefined || !isSame(kept.rotationTriggers, rotationTriggers));
    const isNew = password instanceof Secret && !(await isHashOf(kept.passwordHash ?? "", password));
    if (holdAgainstPolicy && (isNew || rotates)) await this.#warnOfReset(args as PreviewedDeclaration);
    if (isNew && holdAgainstPolicy) problems.push(...(await this.#policyProblems(password, connection)));
    if (isDelivered && user !== undefined) {
      user.delivered = new DeliveredPassword(args, keybase);
      if (rotates) problems.push(...(await user.delivered.problems()));
    }
    if (problems.length > 0) return { problems };

    return {
      declaration: {
        userName,
        ...(rotates
          ? rotated(kept, rotationTriggers)
          : await this.#withoutPassword(kept, userName, password, isNew ? cost : undefined)),
        ...(passwordResetRequired === undefined ? {} : { passwordResetRequired }),
        ...(adoptExisting === undefined ? {} : { adoptExisting }),
        ...(connection === undefined ? {} : { connection }),
        ...(rotationTriggers === undefined ? {} : { rotationTriggers }),
      },
    };
  }

  /** What stands in the declaration in the password's place. */
  async #withoutPassword(
    { userName: previousUser, passwordHash, passwordVersion = 0 }: Partial<Declaration>,
    userName: Previewed<string>,
    password: Previewed<Secret> | undefined,
    /** What hashing it may cost; undefined where it is the one before. */
    cost: HashCost | undefined,
  ): Promise<Pick<PreviewedDeclaration, "passwordHash" | "passwordVersion">> {
    const kept = { passwordVersion, ...(passwordHash === undefined ? {} : { passwordHash }) };
    if (password === undefined) return kept;
    if (password === UNKNOWN || userName === UNKNOWN) {
      // The first password of a profile is version 1, whatever it will be.
      return { passwordHash: UNKNOWN, passwordVersion: previousUser === undefined ? 1 : UNKNOWN };
    }
    if (cost === undefined && passwordHash !== undefined) {
      this.run.passwords.set(passwordHash, password);
      return kept;
    }
    const version = passwordVersion + 1;
    const hash = await hashPassword(password, userName, version, cost);
    this.run.passwords.set(hash, password);
    return { passwordHash: hash, passwordVersion: version };
  }

  /** Users who cannot change their password are locked out by a reset. Said once, for all. */
  async #warnOfReset({ userName, passwordResetRequired, connection }: PreviewedDeclaration): Promise<void> {
    if (passwordResetRequired !== true || this.#changeWarned) return;
    const policy = await this.#policy(connection);
    if (policy === undefined || policy.allowUsersToChangePassword || this.#changeWarned) return;
    this.#changeWarned = true;
    const user = userName === UNKNOWN ? "an IAM user" : `IAM user "${userName}"`;
    this.tell(`warning: passwordResetRequired is set for ${user}, ${NO_RIGHT_TO_CHANGE}`);
  }

  async #policy(connection: PreviewedDeclaration["connection"]): Promise<PasswordPolicy | undefined> {
    return isKnown(connection) ? this.reach(connection).policy.read() : undefined;
  }

  /** Holds a new password against the account's policy, as far as that can be read. */
  async #policyProblems(password: Secret, connection: PreviewedDeclaration["connection"]): Promise<Problem[]> {
    const policy = await this.#policy(connection);
    if (policy === undefined) return [];
    const rules = brokenRules(policy, password);
    if (rules.length === 0) return [];
    return [
      {
        property: "password",
        reason: `password breaks the account's password policy, which asks for ${rules.join(", ")}. Choose another password.`,
        secret: true,
      },
    ];
  }
}

/** What stands in the password's place when the next one is to be generated. */
function rotated(
  { userName, passwordVersion = 0 }: Partial<Declaration>,
  triggers: PreviewedDeclaration["rotationTriggers"],
): Pick<PreviewedDeclaration, "passwordVersion"> {
  if (userName === undefined) return { passwordVersion: 1 };
  return { passwordVersion: isKnown(triggers) ? passwordVersion + 1 : UNKNOWN };
}

/** No triggers and an empty map are the same. */
function isSame(before: unknown, now: unknown): boolean {
  return isDeepStrictEqual(before ?? {}, now ?? {});
}

const NO_RIGHT_TO_CHANGE =
  "but the account's password policy does not let users change their own password. A user without the right " +
  "iam:ChangePassword cannot obey the reset, and cannot sign in. Either attach the managed policy " +
  "IAMUserChangePassword to the user, or allow it to all in the account's password policy " +
  "(aws iam update-account-password-policy --allow-users-to-change-password, beside the rules you have).";
