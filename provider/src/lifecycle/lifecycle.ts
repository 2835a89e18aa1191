import { Accounts, type Reach } from "../aws/accounts";
import type { Connection } from "../aws/connection";
import { failedWith, type IsThere, type ObservedLoginProfile } from "../aws/iam";
import { type SettingsSource, setting } from "../aws/settings";
import { keybaseOnTheWay } from "../aws/transport";
import type { Facts } from "../common/contract";
import { isKnown } from "../common/unknown";
import { given, type Properties } from "../common/values";
import type { NewPassword } from "../recipients/delivery";
import { type Checked, type CheckSettings, LoginProfileCheck } from "./check";
import { baseAfter, type Difference, difference } from "./diff";
import { callFailed, refused } from "./failures";
import {
  counted,
  type Declaration,
  type LoginProfileState,
  type PreviewedDeclaration,
  requestFor,
  stateOf,
} from "./model";
import { isChecked, otherHolder } from "./others";
import { PasswordsAtHand } from "./passwords-at-hand";
import { type Place, Places } from "./places";
import { failedToSet } from "./policy-violation";
import { Run, soon, type UserInRun, type Whereabouts } from "./run";
import { SharedRun } from "./shared-run";
import { Takeover } from "./takeover";

/**
 * What happens to a login profile at each step of a resource's life, whatever the front end.
 *
 * The password leaves the arguments in `check` and waits in the memory of the run, under its hash, for
 * the `create` or `update` that follows in the same process. It goes nowhere else but to IAM.
 */
export class LoginProfileLifecycle {
  /** What the run has told so far. */
  readonly run = new Run();
  readonly places: Places;
  readonly passwords: PasswordsAtHand;
  readonly #check: LoginProfileCheck;
  readonly #takeover: Takeover;

  constructor(
    private readonly reach: Reach,
    settings: CheckSettings,
    /** Shows the user one line. */
    private readonly tell: (line: string) => void,
    private readonly shared = new SharedRun(() => undefined),
  ) {
    this.places = new Places(reach);
    this.passwords = new PasswordsAtHand(this.run, settings);
    this.#takeover = new Takeover(this.places, this.passwords, tell);
    this.#check = new LoginProfileCheck(this.run, reach, settings, tell);
  }

  /** Validates the arguments and takes the password out of them. `previous` is what an earlier check returned. */
  async check(previous: Partial<Declaration>, args: Properties, facts?: Facts, urn?: string): Promise<Checked> {
    const checked = await this.#check.check(previous, args, facts);
    if ("declaration" in checked) void this.#share(checked.declaration, urn);
    return checked;
  }

  /** Lets the other processes of the run know which profile is held here, as soon as the account is known. */
  async #share({ userName, connection }: PreviewedDeclaration, urn: string | undefined): Promise<void> {
    if (typeof userName !== "string" || !isKnown(connection)) return;
    const user = this.run.user(userName, connection);
    // Where the account cannot be had, the step that needs it says why.
    const accountId = await this.reach(connection)
      .idSoon(true)
      .catch(() => undefined);
    if (user.taken === undefined) {
      this.shared.note({ userName, fate: user.isHeld ? "held" : "released", ...given({ accountId, urn }) });
    }
  }

  /**
   * What has to change, and whether the profile is in another account than it should be. Rejects where nothing that is
   * declared has changed and the account is another one all the same; `mayMove`: the program has changed the way there.
   */
  async diff(
    applied: LoginProfileState,
    declared: PreviewedDeclaration,
    mayMove = false,
  ): Promise<Difference & { account: boolean }> {
    const differs = { ...difference(applied, declared), account: false };
    const { userName, connection, accountId } = applied;
    this.run.user(userName, connection).leftCreateDate = applied.createDate;
    if (differs.userName || !isKnown(declared.connection)) return differs;
    if (differs.connection) {
      const aim = { userName, ...given({ connection: declared.connection }) };
      return { ...differs, account: !(await this.places.isSameAccount("update", applied, aim)) };
    }
    const reached = accountId === undefined ? undefined : await this.reach(connection).idSoon();
    if (reached !== undefined && reached !== accountId) {
      if (mayMove) return { ...differs, account: true };
      throw this.places.inAnotherAccount("update", applied, reached);
    }
    if (applied.passwordInForce === false && this.passwords.isAtHand(declared)) differs.password = true;
    if (!differs.password && !differs.passwordResetRequired && typeof declared.passwordHash === "string") {
      this.run.passwords.delete(declared.passwordHash);
    }
    return differs;
  }

  /** @throws ProfileExists as the circumstances say. */
  create(declared: Declaration, urn?: string, circumstances: Circumstances = {}): Promise<LoginProfileState> {
    return this.run.inTurn(declared.userName, async () => {
      const place = await this.places.at("create", declared);
      const user = this.run.user(declared.userName, declared.connection);
      this.places.refuseToPart("create", declared, user, place);
      const { passwordVersion = 0 } = circumstances.movedFrom ?? {};
      const base = Math.max(versionBase(declared, user), passwordVersion - declared.passwordVersion);
      const state = counted(await this.#createOrAdopt(declared, place, user, circumstances), base);
      user.taken = state;
      delete user.offered;
      this.shared.note({ userName: state.userName, fate: "taken", ...given({ accountId: state.accountId, urn }) });
      this.passwords.forget(declared);
      return state;
    });
  }

  async #createOrAdopt(
    declared: Declaration,
    place: Place,
    user: UserInRun,
    { movedFrom, exists, mayHaveMoved = false }: Circumstances,
  ): Promise<LoginProfileState> {
    const { userName, adoptExisting, passwordVersion } = declared;
    const moved =
      (movedFrom && (await this.#takeover.movedFrom(movedFrom, declared, place))) ??
      (await this.#takeover.movedAlong(declared, place, user)) ??
      (await this.#takeover.handedOver(declared, place, user));
    if (moved !== undefined) return moved;
    if (passwordVersion === 0) {
      const adopted = await this.#takeover.adopt(declared, place);
      if (adopted === undefined) throw refused("adopt", userName, NOTHING_TO_ADOPT);
      return adopted;
    }
    let fresh = await this.passwords.fresh(declared, "create", place);
    for (let turn = 1; turn <= TURNS; turn++) {
      const request = { ...requestFor(declared), password: fresh.password };
      try {
        if (exists !== undefined && turn === 1) throw exists;
        return stateOf(declared, await place.profiles.create(request, true), place, fresh);
      } catch (error) {
        if (!failedWith(error, "EntityAlreadyExists")) {
          fresh = await this.passwords.better(declared, "create", fresh, place, error, turn);
          continue;
        }
        if (mayHaveMoved) throw new ProfileExists("It exists.", { cause: error });
        if (adoptExisting !== true && !(await this.#takeover.isLeftToUs(declared, place, user))) {
          throw callFailed("create", userName, error, howToAdopt(userName));
        }
      }
      const handed = await this.#takeover.handedOver(declared, place, user);
      if (handed !== undefined) return handed;
      const adopted = await this.#takeover.adopt(declared, place, fresh);
      if (adopted !== undefined) return adopted;
    }
    throw refused("create", userName, KEEPS_CHANGING);
  }

  /** Reads the profile; undefined when it is gone. What was applied (hash, version, flag) is never lost. */
  async read(applied: LoginProfileState, isImport = false): Promise<LoginProfileState | undefined> {
    const { userName, connection, createDate } = applied;
    const place = await this.places.at("read", applied);
    const user = this.run.user(userName, connection);
    const isTaken = user.taken !== undefined;
    const found = await this.places.find(userName, place, isTaken || isImport || { since: createDate });
    if (found === undefined) return undefined;
    const isOther = !isImport && found.createDate !== createDate;
    if (!isOther && !isImport) user.offered = applied;
    if (isOther) this.tell(`warning: ${otherProfile(applied, found)}`);
    // An import finds the user whatever the case, and keeps the name as IAM has it.
    if (isImport && found.userName !== undefined) applied = { ...applied, userName: found.userName };
    const isInForce = applied.passwordInForce !== false && (!isOther || applied.passwordVersion === 0);
    const { passwordInForce: _, ...state } = {
      ...stateOf(applied, found, place, applied),
      ...given({ versionBase: applied.versionBase }),
    };
    return isInForce ? state : { ...state, passwordInForce: false };
  }

  update(applied: LoginProfileState, declared: Declaration): Promise<LoginProfileState> {
    return this.run.inTurn(declared.userName, async () => {
      const place = await this.places.at("update", { ...declared, ...given({ accountId: applied.accountId }) });
      this.places.refuseToPart("update", declared, this.run.user(declared.userName, declared.connection), place);
      const state = await this.#updateOrCreate(applied, declared, place);
      this.passwords.forget(declared);
      return state;
    });
  }

  async #updateOrCreate(applied: LoginProfileState, declared: Declaration, place: Place): Promise<LoginProfileState> {
    const { userName } = declared;
    const differs = difference(applied, declared);
    const isMended = applied.passwordInForce === false && this.passwords.isAtHand(declared);
    // Sent unchanged, it would undo a password that the user has chosen since.
    let fresh = differs.password || isMended ? await this.passwords.fresh(declared, "update", place) : undefined;
    let isRegenerated = !differs.password && fresh?.encryptedPassword !== undefined;
    let { createDate } = applied;
    const base = () => baseAfter(applied, declared.passwordVersion, differs.password) + (isRegenerated ? 1 : 0);
    const state = () => {
      const pending = declared.passwordResetRequired ?? applied.passwordResetPending;
      const updated = stateOf(declared, { createDate, passwordResetRequired: pending }, place, fresh ?? applied);
      const kept = fresh === undefined ? given({ passwordInForce: applied.passwordInForce }) : {};
      return counted({ ...updated, ...kept }, base());
    };
    // Another way to the same account is nothing to tell IAM.
    if (fresh === undefined && !differs.passwordResetRequired) {
      return { ...state(), passwordResetPending: applied.passwordResetPending };
    }
    let isThere = false;
    for (let turn = 1; turn <= TURNS; turn++) {
      const request = { ...requestFor(declared), ...given({ password: fresh?.password }) };
      try {
        await place.profiles.update(request, isThere);
        return state();
      } catch (error) {
        if (!failedWith(error, "NoSuchEntity")) {
          fresh = await this.passwords.better(declared, "update", fresh, place, error, turn);
          continue;
        }
      }
      const again = fresh ?? (await this.passwords.again(declared, place));
      if (again === undefined) {
        // With nothing to create it again from, it matters whether the answer was only slow.
        const found = await this.places.find(userName, place, { since: createDate });
        if (found === undefined) throw refused("update", userName, NOTHING_TO_UPDATE);
        ({ createDate } = found);
        isThere = true;
        continue;
      }
      const created = await this.#createMissing(declared, again, place);
      if (created !== undefined) {
        isRegenerated = !differs.password && again.encryptedPassword !== undefined;
        return counted(created, base());
      }
      const found = await this.places.find(userName, place, true);
      isThere = found !== undefined;
      if (found === undefined || found.createDate === applied.createDate) continue;
      // Whoever created the profile anew meanwhile chose its password, so ours is sent from here on.
      ({ createDate } = found);
      isRegenerated = !differs.password && again.encryptedPassword !== undefined;
      fresh = again;
    }
    throw refused("update", userName, KEEPS_CHANGING);
  }

  /** An update found no profile: somebody deleted it, or the user with it. Undefined where it is there all the same. */
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
      throw await failedToSet("create", request, place, error);
    }
  }

  delete(applied: LoginProfileState, urn?: string): Promise<void> {
    const { userName, connection } = applied;
    return this.run.inTurn(userName, async () => {
      const place = await this.places.at("delete", applied);
      const user = this.run.user(userName, connection);
      // Who takes over the user of a resource that is given another one may be checked a moment later.
      if (user.isLeaving) await soon(() => user.isHeld === true || user.taken !== undefined);
      if ((await otherHolder(this.run, this.shared, this.reach, { ...applied, ...place }, urn)) !== undefined) {
        this.tell(kept(userName));
        return;
      }
      // Declared and deleted in one run, it is replaced; a targeted replacement is checked too little to see it sooner.
      if (user.isWithoutPassword) throw refused("delete", userName, NOT_TO_BE_REPLACED);
      user.left = { applied, wasGone: !(await this.#deleteIfThere(applied, place)) };
      delete user.offered;
    });
  }

  /**
   * Notes that a resource which declares a profile has none of it in the state: it was to create it, and failed. By what the
   * check was told, it has it.
   */
  hasNone({ userName, connection }: PreviewedDeclaration, accountId?: string, urn?: string): void {
    if (typeof userName !== "string" || !isKnown(connection)) return;
    const user = this.run.user(userName, connection);
    user.isHeld = false;
    // Unless it is another resource that leaves the user.
    if (!user.isLeaving) user.isDeployed = false;
    this.shared.note({ userName, fate: "released", ...given({ accountId, urn }) });
  }

  /** Notes that a resource with many profiles declares one no more. */
  leave(userName: string, connection: Connection | undefined): void {
    Object.assign(this.run.user(userName, connection), { isLeaving: true, isDeployed: true });
  }

  /** The same, by what was applied: whoever declares the profile now may take it over. */
  offer(applied: LoginProfileState): void {
    const user = this.run.user(applied.userName, applied.connection);
    user.leftCreateDate = applied.createDate;
    user.offered = applied;
  }

  /** Waits until all these profiles were taken over, or as long as a resource may be checked after another. */
  async takenSoon(profiles: LoginProfileState[]): Promise<void> {
    const users = profiles.map(({ userName, connection }) => this.run.user(userName, connection));
    if (users.length > 0) await soon(() => users.every(({ taken }) => taken !== undefined));
  }

  /**
   * Deletes a profile that a resource with many of them declares no more. Whether it may be forgotten: a profile that another
   * resource declares, and has not taken yet, is neither deleted nor forgotten, for the state must hold it somewhere.
   */
  drop(applied: LoginProfileState, urn?: string): Promise<boolean> {
    const { userName } = applied;
    return this.run.inTurn(userName, async () => {
      const user = this.run.user(userName, applied.connection);
      const place = await this.places.at("delete", applied);
      const whereabouts = { ...applied, ...place };
      const holder = await otherHolder(this.run, this.shared, this.reach, whereabouts, urn);
      const isDeclared = holder === "program" || (await isChecked(this.run, this.reach, whereabouts));
      if (holder === "resource") this.tell(kept(userName));
      else if (!isDeclared) {
        user.dropped = { applied, wasGone: !(await this.#deleteIfThere(applied, place)) };
      }
      return holder === "resource" || !isDeclared;
    });
  }

  /** Whether a profile was to be deleted, and was gone from IAM by then. */
  wasGone(applied: LoginProfileState): boolean {
    const { dropped } = this.run.user(applied.userName, applied.connection);
    return dropped?.applied === applied && dropped.wasGone;
  }

  /** Whether there was one. */
  async #deleteIfThere({ userName, createDate }: LoginProfileState, { profiles }: Place): Promise<boolean> {
    try {
      await profiles.delete(userName, { since: createDate });
      return true;
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return false;
      throw callFailed("delete", userName, error);
    }
  }

  /** What IAM says of a profile; undefined where there is none. */
  async observed({ userName, connection }: Whereabouts, isThere: IsThere): Promise<ObservedLoginProfile | undefined> {
    return this.places.find(userName, this.reach(connection), isThere);
  }

  /** Notes when runs which were killed were about to create a profile. */
  wasAsked({ userName, connection }: Whereabouts, at: number[]): void {
    this.run.user(userName, connection).askedAt = at;
  }
}

/** What a resource with many profiles knows of one that is to be created. */
export interface Circumstances {
  /** Whether one that exists may be that of a user who was renamed, so that this has to be looked into first. */
  mayHaveMoved?: boolean;
  /** IAM's answer, where it has said already that the profile exists. */
  exists?: unknown;
  /** The profile that the user has taken along from another name. */
  movedFrom?: LoginProfileState | undefined;
}

/** Nothing was done: the profile exists, and may have moved. */
export class ProfileExists extends Error {}

/** The lifecycle in the accounts that settings lead to; each setting is read when it is needed. */
export function lifecycleBy(
  settings: SettingsSource,
  tell: (line: string) => void,
  engineAddress: () => string | undefined,
): LoginProfileLifecycle {
  const accounts = new Accounts(settings, tell);
  return new LoginProfileLifecycle(
    accounts.reach,
    {
      hashCost: () => setting(settings, "hashCost"),
      policyCheck: () => setting(settings, "policyCheck"),
      keybase: () => keybaseOnTheWay(settings),
    },
    tell,
    new SharedRun(engineAddress),
  );
}

/** What the version has to count above the declared one, so that no version of the resource comes twice. */
function versionBase(declared: Declaration, user: UserInRun): number {
  const { passwordVersion: last = 0 } = (user.predecessor ?? user).left?.applied ?? {};
  return last === 0 ? 0 : Math.max(0, last + 1 - declared.passwordVersion);
}

function kept(userName: string): string {
  return `Kept the login profile of IAM user "${userName}": another resource has taken it over.`;
}

function otherProfile(
  { userName, createDate, passwordVersion }: LoginProfileState,
  found: ObservedLoginProfile,
): string {
  const cause = `IAM user "${userName}" has another login profile than the one that was set: created ${found.createDate}, not ${createDate}.`;
  return passwordVersion === 0
    ? cause
    : `${cause} The declared password is not in force; the next \`pulumi up\` sets it.`;
}

/** How often a profile may come and go under our hands before we give up. */
const TURNS = 3;
const KEEPS_CHANGING =
  `in ${TURNS} turns, the profile was there for CreateLoginProfile and gone for UpdateLoginProfile. Something else creates ` +
  "and deletes it at the same time: find out what (another stack, a script; AWS CloudTrail tells), stop it, then run `pulumi up` again.";
export const NOTHING_TO_UPDATE =
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
    "resource was renamed or moved in the program, give it an alias; if the profile moved from one resource of this stack to " +
    "another, `pulumi up --refresh` takes it over as it is. If the profile is to go, delete it: " +
    `aws iam delete-login-profile --user-name ${userName}`
  );
}
