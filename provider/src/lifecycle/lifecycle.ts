import { type Account, Accounts, type Reach } from "../aws/accounts";
import { isSameConnection } from "../aws/connection";
import { failedWith, type LoginProfileRequest, type ObservedLoginProfile } from "../aws/iam";
import { type SettingsSource, setting } from "../aws/settings";
import { LoginProfileError } from "../common/errors";
import { isKnown } from "../common/unknown";
import { brokenRules } from "../passwords/rules";
import type { NewPassword } from "../recipients/delivery";
import type { Delivery } from "../recipients/recipient";
import { type Checked, type CheckSettings, LoginProfileCheck } from "./check";
import { type Difference, difference } from "./diff";
import { type Action, callFailed, refused } from "./failures";
import type { Declaration, LoginProfileState, PreviewedDeclaration } from "./model";
import { Run, type Whereabouts } from "./run";

/**
 * What happens to a login profile at each step of a resource's life, whatever the front end.
 *
 * The password leaves the arguments in `check` and waits in the memory of the run, under its hash, for
 * the `create` or `update` that follows in the same process. It goes nowhere else but to IAM.
 */
export class LoginProfileLifecycle {
  /** What the run has told so far. */
  readonly run = new Run();
  readonly #check: LoginProfileCheck;

  constructor(
    private readonly reach: Reach,
    private readonly settings: CheckSettings,
    /** Shows the user one line. */
    private readonly tell: (line: string) => void,
  ) {
    this.#check = new LoginProfileCheck(this.run, reach, settings, tell);
  }

  /** Validates the arguments and takes the password out of them. `previous` is what an earlier check returned. */
  check(previous: Partial<Declaration>, args: Record<string, unknown>): Promise<Checked> {
    return this.#check.check(previous, args);
  }

  /** What has to change, and whether the profile is in another account than it should be. */
  async diff(applied: LoginProfileState, declared: PreviewedDeclaration): Promise<Difference & { account: boolean }> {
    const differs = difference(applied, declared);
    const { connection } = declared;
    if (differs.userName || !differs.connection || !isKnown(connection)) return { ...differs, account: false };
    const aim = { userName: applied.userName, ...(connection === undefined ? {} : { connection }) };
    return { ...differs, account: !(await this.#isSameAccount("update", applied, aim)) };
  }

  async create(declared: Declaration): Promise<LoginProfileState> {
    const place = await this.#place("create", declared);
    const state = await this.#createOrAdopt(declared, place);
    this.run.user(state.userName, state.connection).taken = state;
    return state;
  }

  async #createOrAdopt(declared: Declaration, place: Place): Promise<LoginProfileState> {
    const { userName, adoptExisting } = declared;
    if (declared.passwordVersion === 0) {
      const adopted = await this.#adopt(declared, place);
      if (adopted === undefined) throw refused("adopt", userName, NOTHING_TO_ADOPT);
      return adopted;
    }
    const fresh = await this.#newPassword(declared, "create", place);
    const request = { ...requestFor(declared), password: fresh.password };
    for (let turn = 1; turn <= TURNS; turn++) {
      try {
        return stateOf(declared, await place.profiles.create(request, true), place, fresh);
      } catch (error) {
        if (!failedWith(error, "EntityAlreadyExists")) throw await failed("create", request, place, error);
        if (adoptExisting !== true) throw callFailed("create", userName, error, howToAdopt(userName));
      }
      const adopted = await this.#adopt(declared, place, fresh);
      if (adopted !== undefined) return adopted;
    }
    throw refused("create", userName, KEEPS_CHANGING);
  }

  /**
   * Takes over a profile that exists: gives it the declared password if there is one, else leaves
   * its own alone. Undefined where there is none, or no longer.
   */
  async #adopt(declared: Declaration, place: Place, fresh?: NewPassword): Promise<LoginProfileState | undefined> {
    const { userName, passwordResetRequired } = declared;
    const request = requestFor(declared);
    if (fresh !== undefined) request.password = fresh.password;
    let found: ObservedLoginProfile;
    try {
      found = await place.profiles.get(userName);
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return undefined;
      throw callFailed("read", userName, error);
    }
    try {
      const flagDiffers = passwordResetRequired !== undefined && passwordResetRequired !== found.passwordResetRequired;
      if (fresh !== undefined || flagDiffers) await place.profiles.update(request);
      this.tell(`Adopted the existing login profile of IAM user "${userName}".`);
      const observed = { ...found, passwordResetRequired: passwordResetRequired ?? found.passwordResetRequired };
      return stateOf(declared, observed, place, fresh);
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return undefined;
      throw await failed("adopt", request, place, error);
    }
  }

  /** Reads the profile; undefined when it is gone. What was applied (hash, version, flag) is never lost. */
  async read(applied: LoginProfileState): Promise<LoginProfileState | undefined> {
    const place = await this.#place("read", applied);
    try {
      return stateOf(applied, await place.profiles.get(applied.userName), place, applied);
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return undefined;
      throw callFailed("read", applied.userName, error);
    }
  }

  async update(applied: LoginProfileState, declared: Declaration): Promise<LoginProfileState> {
    const { userName } = declared;
    const place = await this.#place("update", { ...declared, ...accountOf(applied) });
    const differs = difference(applied, declared);
    // Sent unchanged, it would undo a password that the user has chosen since.
    let fresh = differs.password ? await this.#newPassword(declared, "update", place) : undefined;
    const kept = {
      createDate: applied.createDate,
      passwordResetRequired: declared.passwordResetRequired ?? applied.passwordResetPending,
    };
    // Another way to the same account is nothing to tell IAM.
    if (!differs.password && !differs.passwordResetRequired) return stateOf(declared, kept, place, applied);
    for (let turn = 1; turn <= TURNS; turn++) {
      const request = { ...requestFor(declared), ...(fresh === undefined ? {} : { password: fresh.password }) };
      try {
        await place.profiles.update(request);
        return stateOf(declared, kept, place, fresh ?? applied);
      } catch (error) {
        if (!failedWith(error, "NoSuchEntity")) throw await failed("update", request, place, error);
      }
      // Whoever created the profile anew meanwhile chose its password, so ours is sent from here on.
      fresh ??= await this.#passwordAgain(declared, place);
      const created = await this.#createMissing(declared, fresh, place);
      if (created !== undefined) return created;
    }
    throw refused("update", userName, KEEPS_CHANGING);
  }

  /** An update found no profile: somebody deleted it, or the user with it. Undefined where it is back meanwhile. */
  async #createMissing(
    declared: Declaration,
    fresh: NewPassword,
    place: Place,
  ): Promise<LoginProfileState | undefined> {
    const { userName } = declared;
    const request = { ...requestFor(declared), password: fresh.password };
    try {
      const created = await place.profiles.create(request, false);
      this.tell(`IAM user "${userName}" had no login profile any more: created it again.`);
      return stateOf(declared, created, place, fresh);
    } catch (error) {
      if (failedWith(error, "EntityAlreadyExists")) return undefined;
      throw await failed("create", request, place, error);
    }
  }

  async delete(applied: Whereabouts): Promise<void> {
    const { userName, connection } = applied;
    // The resource was renamed, or two exchanged their users: what would be deleted belongs to another one now.
    if (await this.#isTaken(applied)) {
      this.tell(`Kept the login profile of IAM user "${userName}": another resource has taken it over.`);
      return;
    }
    // Declared and deleted in one run, it is replaced; a targeted replacement is checked too little to see it sooner.
    if (this.run.user(userName, connection).isWithoutPassword) throw refused("delete", userName, NOT_TO_BE_REPLACED);
    const { profiles } = await this.#place("delete", applied);
    try {
      await profiles.delete(userName);
    } catch (error) {
      if (!failedWith(error, "NoSuchEntity")) throw callFailed("delete", userName, error);
    }
  }

  async #isTaken(applied: Whereabouts): Promise<boolean> {
    for (const taken of this.run.taken(applied.userName)) {
      if (isSameConnection(taken.connection, applied.connection)) return true;
      if (await this.#isSameAccount("delete", taken, applied)) return true;
    }
    return false;
  }

  async #isSameAccount(action: Action, one: Whereabouts, other: Whereabouts): Promise<boolean> {
    const id = async (profile: Whereabouts) => profile.accountId ?? this.#accountId(action, profile);
    return (await id(one)) === (await id(other));
  }

  async #accountId(action: Action, { userName, connection }: Whereabouts): Promise<string | undefined> {
    try {
      return await this.reach(connection).id(userName);
    } catch (error) {
      throw callFailed(action, userName, error);
    }
  }

  /**
   * The account that a profile is in. Where the resource itself says how it is reached, it is asked
   * for its id: it must stay the one where the profile was created.
   */
  async #place(action: Action, profile: Whereabouts): Promise<Place> {
    const { userName, connection, accountId } = profile;
    const { profiles, policy } = this.reach(connection);
    if (connection === undefined && accountId === undefined) return { profiles, policy };
    const id = await this.#accountId(action, profile);
    if (accountId !== undefined && id !== undefined && id !== accountId) {
      throw refused(action, userName, inAnotherAccount(accountId, id));
    }
    return { profiles, policy, ...(connection === undefined ? {} : accountOf({ accountId: id })) };
  }

  /** A declared password as this process's check put it aside, or a generated one, encrypted before IAM hears of it. */
  async #newPassword(declared: Declaration, action: "create" | "update", place: Place): Promise<NewPassword> {
    const fresh = await this.#declaredPassword(declared, action, place);
    if (fresh !== undefined) return fresh;
    throw refused(
      action,
      declared.userName,
      "the provider process restarted and lost the password between check and this step. Run `pulumi up` again.",
    );
  }

  /** The password of a profile that has to be created again though its password was not to change. */
  async #passwordAgain(declared: Declaration, place: Place): Promise<NewPassword> {
    const fresh = declared.passwordVersion === 0 ? undefined : await this.#declaredPassword(declared, "update", place);
    if (fresh === undefined) throw refused("update", declared.userName, NOTHING_TO_UPDATE);
    return fresh;
  }

  async #declaredPassword(declared: Declaration, action: Action, place: Place): Promise<NewPassword | undefined> {
    const { userName, passwordHash, connection } = declared;
    if (passwordHash !== undefined) {
      const password = this.run.passwords.get(passwordHash);
      return password === undefined ? undefined : { password };
    }
    try {
      const policy = this.settings.policyCheck() ? await place.policy.read() : undefined;
      return await this.run.user(userName, connection).delivered?.make(policy);
    } catch (error) {
      throw error instanceof LoginProfileError ? refused(action, userName, error.message) : error;
    }
  }
}

/** The lifecycle in the accounts that settings lead to; each setting is read when it is needed. */
export function lifecycleBy(settings: SettingsSource, tell: (line: string) => void): LoginProfileLifecycle {
  const accounts = new Accounts(settings, tell);
  return new LoginProfileLifecycle(
    accounts.reach,
    {
      hashCost: () => setting(settings, "hashCost"),
      policyCheck: () => setting(settings, "policyCheck"),
      keybase: () => ({ url: setting(settings, "keybaseUrl") }),
    },
    tell,
  );
}

/** An account at hand; with its id where a resource says how it is reached. */
type Place = Pick<Account, "profiles" | "policy"> & { accountId?: string };

function accountOf({ accountId }: { accountId?: string | undefined }): { accountId?: string } {
  return accountId === undefined ? {} : { accountId };
}

function inAnotherAccount(created: string, reached: string): string {
  return (
    `it is in AWS account ${created}, but its connection leads to account ${reached} now. Nothing was changed. Let the connection ` +
    `(its profile or role), or the credentials that it starts from, lead to account ${created} again, then run \`pulumi up\` again.`
  );
}

/** The error of a call that set something; of a password that IAM refused, with the rules that it breaks. */
async function failed(
  action: Action,
  { userName, password }: LoginProfileRequest,
  { policy }: Place,
  error: unknown,
): Promise<unknown> {
  if (password === undefined || !failedWith(error, "PasswordPolicyViolation")) {
    return callFailed(action, userName, error);
  }
  const known = await policy.read();
  const rules = known === undefined ? [] : brokenRules(known, password);
  if (rules.length === 0) return callFailed(action, userName, error);
  return callFailed(
    action,
    userName,
    error,
    `The account's policy asks for ${rules.join(", ")}. Choose another password.`,
  );
}

/** How often a profile may come and go under our hands before we give up. */
const TURNS = 3;
const KEEPS_CHANGING =
  `in ${TURNS} turns, the profile was there for CreateLoginProfile and gone for UpdateLoginProfile. Something else creates ` +
  "and deletes it at the same time: find out what (another stack, a script; AWS CloudTrail tells), stop it, then run `pulumi up` again.";
const NOTHING_TO_UPDATE =
  "it is gone from IAM, and the program gives no password to create it again, or ignoreChanges holds it back. " +
  "Give one; once the profile is created, it may be left out again. Or have one generated: change rotationTriggers, beside a " +
  "recipient (pgpKey or ageRecipients).";
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
  { userName, passwordHash, passwordVersion, passwordResetRequired, connection }: Declaration | LoginProfileState,
  observed: ObservedLoginProfile,
  place: Place,
  { encryptedPassword, keyFingerprint }: Partial<Delivery> = {},
): LoginProfileState {
  return {
    userName,
    ...(passwordHash === undefined ? {} : { passwordHash }),
    passwordVersion,
    ...(passwordResetRequired === undefined ? {} : { passwordResetRequired }),
    ...(connection === undefined ? {} : { connection }),
    ...accountOf(place),
    passwordResetPending: observed.passwordResetRequired,
    createDate: observed.createDate,
    ...(encryptedPassword === undefined ? {} : { encryptedPassword }),
    ...(keyFingerprint === undefined ? {} : { keyFingerprint }),
  };
}
