import { type Checked, type CheckSettings, LoginProfileCheck } from "./check";
import type { Account, Reach } from "./accounts";
import { type Connection, isKnown, isSameConnection } from "./connection";
import { type Difference, difference } from "./diff";
import { type Action, callFailed, refused } from "./errors";
import { failedWith, type LoginProfileRequest, type LoginProfiles, type ObservedLoginProfile } from "./iam";
import type { Declaration, LoginProfileState, PreviewedDeclaration } from "./model";
import { brokenRules } from "./password-policy";
import type { Secret } from "./secret";

/**
 * What happens to a login profile at each step of a resource's life, whatever the front end.
 *
 * The password leaves the arguments in `check` and waits in this object, under its hash, for
 * the `create` or `update` that follows in the same process. It goes nowhere else but to IAM.
 */
export class LoginProfileLifecycle {
  readonly #passwords = new Map<string, Secret>();
  /** The users whose profiles were created or adopted in this process, and how each was reached. */
  readonly #taken: { userName: string; connection: Connection | undefined }[] = [];
  readonly #check: LoginProfileCheck;

  constructor(
    private readonly reach: Reach,
    settings: CheckSettings,
    /** Shows the user one line. */
    private readonly tell: (line: string) => void,
  ) {
    this.#check = new LoginProfileCheck(this.#passwords, reach, settings, tell);
  }

  /** Validates the arguments and takes the password out of them. `previous` is what an earlier check returned. */
  check(previous: Partial<Declaration>, args: Record<string, unknown>): Promise<Checked> {
    return this.#check.check(previous, args);
  }

  async create(declared: Declaration): Promise<LoginProfileState> {
    const state = await this.#createOrAdopt(declared);
    this.#taken.add(declared.userName);
    return state;
  }

  async #createOrAdopt(declared: Declaration): Promise<LoginProfileState> {
    const { userName, adoptExisting } = declared;
    if (declared.passwordHash === undefined) {
      const adopted = await this.#adopt(declared);
      if (adopted === undefined) throw refused("adopt", userName, NOTHING_TO_ADOPT);
      return adopted;
    }
    const request = { ...requestFor(declared), password: this.#checkedPassword(declared, "create") };
    for (let turn = 1; turn <= TURNS; turn++) {
      try {
        return stateOf(declared, await this.iam.create(request, true));
      } catch (error) {
        if (!failedWith(error, "EntityAlreadyExists")) throw await this.#failed("create", request, error);
        if (adoptExisting !== true) throw callFailed("create", userName, error, howToAdopt(userName));
      }
      const adopted = await this.#adopt(declared, request.password);
      if (adopted !== undefined) return adopted;
    }
    throw refused("create", userName, KEEPS_CHANGING);
  }

  /**
   * Takes over a profile that exists: gives it the declared password if there is one, else leaves
   * its own alone. Undefined where there is none, or no longer.
   */
  async #adopt(declared: Declaration, password?: Secret): Promise<LoginProfileState | undefined> {
    const { userName, passwordResetRequired } = declared;
    const request = requestFor(declared);
    if (password !== undefined) request.password = password;
    let found: ObservedLoginProfile;
    try {
      found = await this.iam.get(userName);
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return undefined;
      throw callFailed("read", userName, error);
    }
    try {
      const flagDiffers = passwordResetRequired !== undefined && passwordResetRequired !== found.passwordResetRequired;
      if (password !== undefined || flagDiffers) await this.iam.update(request);
      this.tell(`Adopted the existing login profile of IAM user "${userName}".`);
      return stateOf(declared, {
        ...found,
        passwordResetRequired: passwordResetRequired ?? found.passwordResetRequired,
      });
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return undefined;
      throw await this.#failed("adopt", request, error);
    }
  }

  /** Reads the profile; undefined when it is gone. What was applied (hash, version, flag) is never lost. */
  async read(applied: LoginProfileState): Promise<LoginProfileState | undefined> {
    try {
      const found = await this.iam.get(applied.userName);
      return stateOf(applied, found);
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return undefined;
      throw callFailed("read", applied.userName, error);
    }
  }

  async update(applied: LoginProfileState, declared: Declaration): Promise<LoginProfileState> {
    const { userName } = declared;
    const request = requestFor(declared);
    // Sent unchanged, it would undo a password that the user has chosen since.
    if (difference(applied, declared).password) request.password = this.#checkedPassword(declared, "update");
    for (let turn = 1; turn <= TURNS; turn++) {
      try {
        await this.iam.update(request);
        return stateOf(declared, {
          createDate: applied.createDate,
          passwordResetRequired: declared.passwordResetRequired ?? applied.passwordResetPending,
        });
      } catch (error) {
        if (!failedWith(error, "NoSuchEntity")) throw await this.#failed("update", request, error);
      }
      const created = await this.#createMissing(declared, request);
      if (created !== undefined) return created;
    }
    throw refused("update", userName, KEEPS_CHANGING);
  }

  /** An update found no profile: somebody deleted it, or the user with it. Undefined where it is back meanwhile. */
  async #createMissing(declared: Declaration, request: LoginProfileRequest): Promise<LoginProfileState | undefined> {
    const { userName } = declared;
    const password = this.#passwords.get(declared.passwordHash ?? "");
    if (password === undefined) throw refused("update", userName, NOTHING_TO_UPDATE);
    // Whoever created the profile anew chose its password, so it is sent from here on.
    request.password = password;
    try {
      const created = await this.iam.create({ ...request, password }, false);
      this.tell(`IAM user "${userName}" had no login profile any more: created it again.`);
      return stateOf(declared, created);
    } catch (error) {
      if (failedWith(error, "EntityAlreadyExists")) return undefined;
      throw await this.#failed("create", request, error);
    }
  }

  async delete(userName: string): Promise<void> {
    // The resource was renamed, or two exchanged their users: what would be deleted belongs to another one now.
    if (this.#taken.has(userName)) {
      this.tell(`Kept the login profile of IAM user "${userName}": another resource has taken it over.`);
      return;
    }
    // Declared and deleted in one run, it is replaced; a targeted replacement is checked too little to see it sooner.
    if (this.#check.declaredWithoutPassword.has(userName)) throw refused("delete", userName, NOT_TO_BE_REPLACED);
    try {
      await this.iam.delete(userName);
    } catch (error) {
      if (!failedWith(error, "NoSuchEntity")) throw callFailed("delete", userName, error);
    }
  }

  /** The error of a call that set something; of a password that IAM refused, with the rules that it breaks. */
  async #failed(action: Action, { userName, password }: LoginProfileRequest, error: unknown): Promise<unknown> {
    if (password === undefined || !failedWith(error, "PasswordPolicyViolation")) {
      return callFailed(action, userName, error);
    }
    const policy = await this.#policy.read();
    const rules = policy === undefined ? [] : brokenRules(policy, password);
    if (rules.length === 0) return callFailed(action, userName, error);
    return callFailed(
      action,
      userName,
      error,
      `The account's policy asks for ${rules.join(", ")}. Choose another password.`,
    );
  }

  /** The password that this process's check put aside. */
  #checkedPassword({ userName, passwordHash }: Declaration, action: "create" | "update"): Secret {
    const password = this.#passwords.get(passwordHash ?? "");
    if (password === undefined) {
      throw refused(
        action,
        userName,
        "the provider process restarted and lost the password between check and this step. Run `pulumi up` again.",
      );
    }
    return password;
  }
}

/** How often a profile may come and go under our hands before we give up. */
const TURNS = 3;
const KEEPS_CHANGING =
  `in ${TURNS} turns, the profile was there for CreateLoginProfile and gone for UpdateLoginProfile. Something else creates ` +
  "and deletes it at the same time: find out what (another stack, a script; AWS CloudTrail tells), stop it, then run `pulumi up` again.";
const NOTHING_TO_UPDATE =
  "it is gone from IAM, and the program gives no password to create it again, or ignoreChanges holds it back. " +
  "Give one; once the profile is created, it may be left out again.";
const NOT_TO_BE_REPLACED =
  "it is to be replaced, and the program gives no password to create it again: the one in IAM would be lost. " +
  "Give a password, or do without the replacement.";
const NOTHING_TO_ADOPT =
  "adoptExisting without a password takes over a profile that exists, and IAM holds none for this user, or has no such user. " +
  "Give a password to create it, or correct userName.";

function howToAdopt(userName: string): string {
  return (
    "The user can already sign in to the console. Set adoptExisting to true to take the profile over (with password, it is " +
    "replaced; without, it stays as it is), as also after a run that was interrupted while it created the profile. If a " +
    "resource was renamed or moved in the program, give it an alias. If the profile is to go, delete it: " +
    `aws iam delete-login-profile --user-name ${userName}`
  );
}

function requestFor({ userName, passwordResetRequired }: Declaration): LoginProfileRequest {
  return { userName, ...(passwordResetRequired === undefined ? {} : { passwordResetRequired }) };
}

/** Names each property: nothing else may come into the state. */
function stateOf(
  { userName, passwordHash, passwordVersion, passwordResetRequired }: Declaration | LoginProfileState,
  observed: ObservedLoginProfile,
): LoginProfileState {
  return {
    userName,
    ...(passwordHash === undefined ? {} : { passwordHash }),
    passwordVersion,
    ...(passwordResetRequired === undefined ? {} : { passwordResetRequired }),
    passwordResetPending: observed.passwordResetRequired,
    createDate: observed.createDate,
  };
}
