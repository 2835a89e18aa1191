import type { Reach } from "./accounts";
import { type Connection, isKnown, wayTo } from "./connection";
import type { Declaration, PreviewedDeclaration } from "./model";
import { type HashCost, hashPassword, isHashOf } from "./password-hash";
import { brokenRules } from "./password-policy";
import { Secret } from "./secret";
import { type Previewed, UNKNOWN } from "./unknown";
import { type Problem, validate } from "./validation";

/** What came of a check: what the engine may store, or why not. */
export type Checked = { declaration: PreviewedDeclaration } | { problems: Problem[] };

/** Settings, asked for when they are needed: they may be known only after the lifecycle has been made. */
export interface CheckSettings {
  hashCost(): HashCost;
  policyCheck(): boolean;
}

const PASSWORD_NEEDED =
  "password is needed to create a login profile: give one, or set adoptExisting to true to take over a profile that exists.";
const PASSWORD_NEEDED_AGAIN =
  "password is needed to create the login profile again, for it is about to be replaced and the one in IAM is lost with it. " +
  "Give one, and take it out of ignoreChanges if it stands there.";

/** The first step of every operation: validates the arguments, and takes the password out of them. */
export class LoginProfileCheck {
  /** The users whose profiles this process has met in the state, in their accounts. */
  readonly #deployed = new Set<string>();
  /** The users whose profiles are declared without a password, in their accounts. */
  readonly #withoutPasswords = new Set<string>();
  #changeWarned = false;

  constructor(
    /** Where the passwords wait, under their hashes. */
    private readonly passwords: Map<string, Secret>,
    private readonly reach: Reach,
    private readonly settings: CheckSettings,
    private readonly tell: (line: string) => void,
  ) {}

  /** `previous` is what an earlier check returned, empty for a new resource. */
  async check(previous: Partial<Declaration>, args: Record<string, unknown>): Promise<Checked> {
    // A mistaken setting is told whether or not it is needed this time.
    const [cost, holdAgainstPolicy] = [this.settings.hashCost(), this.settings.policyCheck()];
    const problems = validate(args);
    const { userName, passwordResetRequired, adoptExisting, connection } = args as PreviewedDeclaration;
    const password = typeof args.password === "string" ? new Secret(args.password) : (args.password as typeof UNKNOWN);
    // Another user name makes another profile: it starts with a password and a version of its own.
    const kept = userName === UNKNOWN || previous.userName === userName ? previous : {};
    if (previous.userName !== undefined) this.#deployed.add(placeOf(previous.userName, previous.connection));
    if (password === undefined && kept.userName === undefined) {
      // The engine checks a resource that it replaces a second time, as if it were new.
      const isReplaced = typeof userName === "string" && this.#deployed.has(placeOf(userName, connection));
      const reason = isReplaced ? PASSWORD_NEEDED_AGAIN : PASSWORD_NEEDED;
      if (isReplaced || !adoptExisting) problems.push({ property: "password", reason, secret: true });
    }
    if (problems.length > 0) return { problems };
    if (isKnown(connection)) await this.reach(connection).ready();
    if (password === undefined && typeof userName === "string")
      this.#withoutPasswords.add(placeOf(userName, connection));

    const isNew = password instanceof Secret && !(await isHashOf(kept.passwordHash ?? "", password));
    if (isNew && holdAgainstPolicy)
      problems.push(...(await this.#policyProblems(password, args as PreviewedDeclaration)));
    if (problems.length > 0) return { problems };

    return {
      declaration: {
        userName,
        ...(await this.#withoutPassword(kept, userName, password, isNew ? cost : undefined)),
        ...(passwordResetRequired === undefined ? {} : { passwordResetRequired }),
        ...(adoptExisting === undefined ? {} : { adoptExisting }),
        ...(connection === undefined ? {} : { connection }),
      },
    };
  }

  /** Whether the program declares the profile, and gives it no password. */
  isDeclaredWithoutPassword(userName: string, connection: Connection | undefined): boolean {
    return this.#withoutPasswords.has(placeOf(userName, connection));
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
      this.passwords.set(passwordHash, password);
      return kept;
    }
    const version = passwordVersion + 1;
    const hash = await hashPassword(password, userName, version, cost);
    this.passwords.set(hash, password);
    return { passwordHash: hash, passwordVersion: version };
  }

  /** Holds a new password against the account's policy, as far as that can be read. */
  async #policyProblems(
    password: Secret,
    { userName, passwordResetRequired, connection }: PreviewedDeclaration,
  ): Promise<Problem[]> {
    if (!isKnown(connection)) return [];
    const policy = await this.reach(connection).policy.read();
    if (policy === undefined) return [];
    if (passwordResetRequired === true && !policy.allowUsersToChangePassword && !this.#changeWarned) {
      this.#changeWarned = true;
      const user = userName === UNKNOWN ? "an IAM user" : `IAM user "${userName}"`;
      this.tell(`warning: passwordResetRequired is set for ${user}, ${NO_RIGHT_TO_CHANGE}`);
    }
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

/** The same user name is another user in another account. */
function placeOf(userName: string, connection: Previewed<Connection> | undefined): string {
  return `${userName} ${isKnown(connection) ? wayTo(connection) : ""}`;
}

const NO_RIGHT_TO_CHANGE =
  "but the account's password policy does not let users change their own password. A user without the right " +
  "iam:ChangePassword cannot obey the reset, and cannot sign in. Either attach the managed policy " +
  "IAMUserChangePassword to the user, or allow it to all in the account's password policy " +
  "(aws iam update-account-password-policy --allow-users-to-change-password, beside the rules you have).";
