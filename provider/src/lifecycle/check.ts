import { isDeepStrictEqual } from "node:util";
import type { Reach } from "../aws/accounts";
import { type Connection, wayTo } from "../aws/connection";
import type { Facts } from "../common/contract";
import type { Problem } from "../common/problem";
import { isKnown, type Previewed, UNKNOWN } from "../common/unknown";
import { given, type Properties } from "../common/values";
import { type HashCost, hashPassword, isHashOf } from "../passwords/hash";
import { brokenRules, type PasswordPolicy } from "../passwords/rules";
import { Secret } from "../passwords/secret";
import { DeliveredPassword } from "../recipients/delivery";
import type { KeybaseSettings } from "../recipients/keybase";
import { hasRecipients } from "../recipients/recipients";
import { isSameUser } from "./diff";
import { notWithTheUser } from "./failures";
import type { Declaration, PreviewedDeclaration } from "./model";
import type { Run } from "./run";
import { creationProblems, validate } from "./validation";

/** What came of a check: what the engine may store, or why not. */
export type Checked = { declaration: PreviewedDeclaration } | { problems: Problem[] };

/** Settings, asked for when they are needed: they may be known only after the lifecycle has been made. */
export interface CheckSettings {
  hashCost(): HashCost;
  policyCheck(): boolean;
  keybase(): KeybaseSettings;
}

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
  async check(previous: Partial<Declaration>, args: Properties, facts: Facts = {}): Promise<Checked> {
    // A mistaken setting is told whether or not it is needed this time.
    const cost = this.settings.hashCost();
    const holdAgainstPolicy = this.settings.policyCheck();
    const keybase = this.settings.keybase();
    const { userName, passwordResetRequired, adoptExisting, connection, rotationTriggers } =
      args as PreviewedDeclaration;
    const password = typeof args.password === "string" ? new Secret(args.password) : (args.password as typeof UNKNOWN);
    const user = typeof userName === "string" ? this.run.user(userName, connection) : {};
    // Another user name makes another profile: it starts with a password of its own.
    const isSame = userName === UNKNOWN || isSameUser(previous.userName, userName);
    const kept = isSame ? previous : {};
    const isDelivered = hasRecipients(args);
    const problems = validate(args, isGenerated(kept) ? kept : undefined);
    // The engine checks a resource that it replaces a second time, as if it were new.
    if (kept.userName === undefined) problems.push(...creationProblems(args, user.isDeployed));
    if (problems.length > 0) return { problems };
    if (isKnown(connection)) {
      const account = this.reach(connection);
      await account.ready();
      const reached = facts.accountId === undefined ? undefined : await account.idSoon();
      if (reached !== undefined && reached !== facts.accountId) {
        const reason = notWithTheUser(facts.accountId, account.way(), reached);
        return { problems: [{ property: "connection", reason, secret: true }] };
      }
    }
    if (facts.accountId !== undefined) user.accountId = facts.accountId;
    this.run.declared(user, previous, isSame);
    if (password === undefined && !isDelivered) user.isWithoutPassword = true;

    const rotates = isDelivered && (kept.userName === undefined || !areSame(kept.rotationTriggers, rotationTriggers));
    const isNew = password instanceof Secret && !(await isHashOf(kept.passwordHash ?? "", password));
    if (holdAgainstPolicy && (isNew || rotates) && !facts.mayChangePassword) {
      await this.#warnOfReset(args as PreviewedDeclaration);
    }
    if (isNew && holdAgainstPolicy) problems.push(...(await this.#policyProblems(password, connection)));
    if (isDelivered) {
      user.delivered = new DeliveredPassword(args, keybase);
      if (rotates) problems.push(...(await user.delivered.problems()));
    }
    if (problems.length > 0) return { problems };
    if (!isSame && previous.userName !== undefined) {
      user.keepsPassword = isGenerated(previous)
        ? areSame(previous.rotationTriggers, rotationTriggers)
        : password instanceof Secret && (await isHashOf(previous.passwordHash ?? "", password));
    }

    const counted = kept.userName === undefined ? { passwordVersion: user.lastVersion ?? 0 } : kept;
    return {
      declaration: {
        userName,
        ...(rotates
          ? rotated(kept, counted, rotationTriggers)
          : await this.#withoutPassword(
              args as PreviewedDeclaration,
              counted,
              password,
              isNew ? cost : undefined,
              facts,
            )),
        ...(given({
          passwordResetRequired,
          adoptExisting,
          connection,
          rotationTriggers,
        }) as Partial<PreviewedDeclaration>),
      },
    };
  }

  /** What stands in the declaration in the password's place. */
  async #withoutPassword(
    { userName, connection }: PreviewedDeclaration,
    { userName: previousUser, passwordHash, passwordVersion = 0 }: Partial<Declaration>,
    password: Previewed<Secret> | undefined,
    /** What hashing it may cost; undefined where it is the one before. */
    cost: HashCost | undefined,
    facts: Facts,
  ): Promise<Pick<PreviewedDeclaration, "passwordHash" | "passwordVersion">> {
    const isFirst = previousUser === undefined;
    const kept = { passwordVersion: isFirst ? 0 : passwordVersion, ...given({ passwordHash }) };
    if (password === undefined) return kept;
    if (password === UNKNOWN || userName === UNKNOWN || !isKnown(connection)) {
      if (password instanceof Secret && cost === undefined && passwordHash !== undefined) return kept;
      // The first password of a profile is known by its version, whatever it will be.
      return { passwordHash: UNKNOWN, passwordVersion: isFirst ? passwordVersion + 1 : UNKNOWN };
    }
    if (cost === undefined && passwordHash !== undefined) {
      this.run.passwords.set(passwordHash, password);
      return kept;
    }
    const version = passwordVersion + 1;
    const hash = await hashPassword(password, userName, version, cost, scopeOf(facts, connection));
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
  kept: Partial<Declaration>,
  { passwordVersion = 0 }: Partial<Declaration>,
  triggers: PreviewedDeclaration["rotationTriggers"],
): Pick<PreviewedDeclaration, "passwordVersion"> {
  return { passwordVersion: kept.userName === undefined || isKnown(triggers) ? passwordVersion + 1 : UNKNOWN };
}

/** A generated password is known by its version without a hash. */
function isGenerated({ passwordHash, passwordVersion = 0 }: Partial<Declaration>): boolean {
  return passwordHash === undefined && passwordVersion > 0;
}

/** No triggers and an empty map are the same. */
function areSame(before: unknown, now: unknown): boolean {
  return isDeepStrictEqual(before ?? {}, now ?? {});
}

/** What tells the first passwords of two stacks apart, and of two accounts. */
function scopeOf({ stack, project, scope }: Facts, connection: Connection | undefined): string {
  if (scope !== undefined) return scope;
  return stack === undefined ? "" : [stack, project, wayTo(connection)].join("\0");
}

const NO_RIGHT_TO_CHANGE =
  "but the account's password policy does not let users change their own password. A user without the right " +
  "iam:ChangePassword cannot obey the reset, and cannot sign in. Either attach the managed policy " +
  "IAMUserChangePassword to the user, or allow it to all in the account's password policy " +
  "(aws iam update-account-password-policy --allow-users-to-change-password, beside the rules you have).";
