import { setTimeout as delay } from "node:timers/promises";
import { type Account, Accounts, type Reach } from "../aws/accounts";
import type { Connection } from "../aws/connection";
import { failedWith, type IsThere, type LoginProfileRequest, type ObservedLoginProfile } from "../aws/iam";
import { type SettingsSource, setting } from "../aws/settings";
import { keybaseOnTheWay } from "../aws/transport";
import type { Facts } from "../common/contract";
import { LoginProfileError } from "../common/errors";
import { CALL_WITHIN_MS, DECLARATIONS_APART_MS } from "../common/limits";
import { isKnown } from "../common/unknown";
import { given, type Properties } from "../common/values";
import { isHashOf } from "../passwords/hash";
import type { NewPassword } from "../recipients/delivery";
import type { Delivery } from "../recipients/recipient";
import { type Checked, type CheckSettings, LoginProfileCheck } from "./check";
import { baseAfter, type Difference, difference } from "./diff";
import { type Action, callFailed, notWithTheUser, refused } from "./failures";
import { type Declaration, type LoginProfileState, type PreviewedDeclaration, versionOf } from "./model";
import { isChecked, otherHolder } from "./others";
import { failedToSet } from "./policy-violation";
import { Run, type UserInRun, type Whereabouts } from "./run";
import { SharedRun } from "./shared-run";

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
    private readonly shared = new SharedRun(() => undefined),
  ) {
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
      return { ...differs, account: !(await this.#isSameAccount("update", applied, aim)) };
    }
    const reached = accountId === undefined ? undefined : await this.reach(connection).idSoon();
    if (reached !== undefined && reached !== accountId) {
      if (mayMove) return { ...differs, account: true };
      throw this.#inAnotherAccount("update", applied, reached);
    }
    if (applied.passwordInForce === false && this.isAtHand(declared)) differs.password = true;
    if (!differs.password && !differs.passwordResetRequired && typeof declared.passwordHash === "string") {
      this.run.passwords.delete(declared.passwordHash);
    }
    return differs;
  }

  /** `leaving`: the profiles that the same resource declares no more. */
  create(declared: Declaration, urn?: string, leaving: LoginProfileState[] = []): Promise<LoginProfileState> {
    return this.run.inTurn(declared.userName, async () => {
      const place = await this.#at("create", declared);
      const user = this.run.user(declared.userName, declared.connection);
      this.#refuseToPart("create", declared, user, place);
      const base = versionBase(declared, user);
      const moved = () => this.#movedFrom(leaving, declared, place, user, urn);
      const state = counted(await this.#createOrAdopt(declared, place, user, moved), base);
      user.taken = state;
      delete user.offered;
      this.shared.note({ userName: state.userName, fate: "taken", ...given({ accountId: state.accountId, urn }) });
      this.#forget(declared);
      return state;
    });
  }

  async #createOrAdopt(
    declared: Declaration,
    place: Place,
    user: UserInRun,
    movedFromAnother: () => Promise<LoginProfileState | undefined>,
  ): Promise<LoginProfileState> {
    const { userName, adoptExisting, passwordVersion } = declared;
    const moved = (await this.#movedAlong(declared, place, user)) ?? (await this.#handedOver(declared, place, user));
    if (moved !== undefined) return moved;
    if (passwordVersion === 0) {
      const adopted = await this.#adopt(declared, place);
      if (adopted === undefined) throw refused("adopt", userName, NOTHING_TO_ADOPT);
      return adopted;
    }
    let fresh = await this.#newPassword(declared, "create", place);
    for (let turn = 1; turn <= TURNS; turn++) {
      const request = { ...requestFor(declared), password: fresh.password };
      try {
        return stateOf(declared, await place.profiles.create(request, true), place, fresh);
      } catch (error) {
        if (!failedWith(error, "EntityAlreadyExists")) {
          fresh = await this.#betterPassword(declared, "create", fresh, place, error, turn);
          continue;
        }
        const moved = await movedFromAnother();
        if (moved !== undefined) return moved;
        if (adoptExisting !== true && !(await this.#isLeftToUs(declared, place, user))) {
          throw callFailed("create", userName, error, howToAdopt(userName));
        }
      }
      const handed = await this.#handedOver(declared, place, user);
      if (handed !== undefined) return handed;
      const adopted = await this.#adopt(declared, place, fresh);
      if (adopted !== undefined) return adopted;
    }
    throw refused("create", userName, KEEPS_CHANGING);
  }

  /**
   * An IAM user that was renamed in place takes the profile along: the account is the same, the old name had none any more,
   * and the new one has one of the same date. With the same password declared, there is nothing to tell IAM but the flag.
   */
  async #movedAlong(declared: Declaration, place: Place, user: UserInRun): Promise<LoginProfileState | undefined> {
    const left = user.predecessor?.left;
    if (left === undefined || !left.wasGone || !user.keepsPassword) return undefined;
    const found = await this.#findMoved(declared, [left.applied], place, user);
    return found && this.#takeMoved(declared, found, place, left.applied);
  }

  /**
   * The same within a resource with many profiles: IAM has just said that the user has one, and it is of the date of a profile
   * that the resource declares no more, with the same password, and is gone under the old name.
   */
  async #movedFrom(
    leaving: LoginProfileState[],
    declared: Declaration,
    place: Place,
    user: UserInRun,
    urn: string | undefined,
  ): Promise<LoginProfileState | undefined> {
    const found = leaving.length === 0 ? undefined : await this.#findMoved(declared, leaving, place, user);
    const left: LoginProfileState[] = [];
    for (const applied of leaving) {
      if (found?.createDate !== applied.createDate || applied.accountId !== place.accountId) continue;
      if (!(await this.#isPasswordOf(applied, declared))) continue;
      await this.takenSoon([applied]);
      await this.drop(applied, urn);
      if (this.wasGone(applied)) left.push(applied);
    }
    const [first] = left;
    if (found === undefined || first === undefined) return undefined;
    // Of profiles with one password, either will do; what was encrypted is one person's.
    if (left.length > 1 && declared.passwordHash === undefined) {
      throw refused("adopt", declared.userName, movedFromOneOf(left));
    }
    return this.#takeMoved(declared, found, place, first);
  }

  /** The profile of a user, if it can be one that was another user's: profiles that are made together have one date. */
  async #findMoved(
    { userName }: Declaration,
    others: LoginProfileState[],
    place: Place,
    user: UserInRun,
  ): Promise<ObservedLoginProfile | undefined> {
    // One that the state holds for another resource did not move here.
    if (user.isDeployed || place.accountId === undefined) return undefined;
    if (others.every(({ accountId }) => accountId !== place.accountId)) return undefined;
    const found = await this.#find(userName, place, true);
    return others.some(({ createDate }) => createDate === found?.createDate) ? found : undefined;
  }

  #takeMoved(
    declared: Declaration,
    found: ObservedLoginProfile,
    place: Place,
    left: LoginProfileState,
  ): Promise<LoginProfileState> {
    const line = `The login profile of IAM user "${left.userName}" moved along to "${declared.userName}".`;
    return this.#take(declared, found, place, left, line, left);
  }

  /**
   * A resource that gives a profile up, or that a refresh of this run has read and the program declares no more, hands it over
   * as it is: the account and the date are the same, and so is the password that is declared.
   */
  async #handedOver(declared: Declaration, place: Place, user: UserInRun): Promise<LoginProfileState | undefined> {
    const offered = offeredTo(user);
    if (offered === undefined || place.accountId === undefined || offered.accountId !== place.accountId)
      return undefined;
    if (!(await this.#isPasswordOf(offered, declared))) return undefined;
    const found = await this.#find(declared.userName, place, { since: offered.createDate });
    if (found?.createDate !== offered.createDate) return undefined;
    const line = `Took over the login profile of IAM user "${declared.userName}" from another resource.`;
    return this.#take(declared, found, place, { ...offered }, line, offered);
  }

  async #isPasswordOf(offered: LoginProfileState, { passwordHash, passwordVersion }: Declaration): Promise<boolean> {
    if (offered.passwordInForce === false) return false;
    const password = passwordHash === undefined ? undefined : this.run.passwords.get(passwordHash);
    if (password !== undefined) return isHashOf(offered.passwordHash ?? "", password);
    // Another one would be generated for the same owner, who has this one already.
    return passwordVersion > 0 && offered.passwordHash === undefined && offered.encryptedPassword !== undefined;
  }

  /** Whether a profile that exists is one that a resource of this run leaves, made when the state says, or one that a run made which was killed. */
  async #isLeftToUs({ userName }: Declaration, place: Place, user: UserInRun): Promise<boolean> {
    for (const at of user.askedAt ?? []) {
      const made = await place.profiles.madeBetween(userName, at, at + CALL_WITHIN_MS);
      if (made !== undefined) return true;
    }
    if (offeredTo(user) === undefined && !(await soon(() => user.isLeaving === true))) return false;
    const found = await this.#find(userName, place, true);
    return found !== undefined && [user.leftCreateDate, offeredTo(user)?.createDate].includes(found.createDate);
  }

  /**
   * Takes over a profile that exists: gives it the declared password if there is one, else leaves
   * its own alone. Undefined where there is none, or no longer.
   */
  async #adopt(declared: Declaration, place: Place, fresh?: NewPassword): Promise<LoginProfileState | undefined> {
    const { userName } = declared;
    // With a password, IAM has just said that it exists.
    const found = await this.#find(userName, place, fresh !== undefined);
    if (found === undefined) return undefined;
    try {
      return await this.#take(
        declared,
        found,
        place,
        fresh,
        `Adopted the existing login profile of IAM user "${userName}".`,
      );
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return undefined;
      throw await failedToSet(
        "adopt",
        { ...requestFor(declared), ...given({ password: fresh?.password }) },
        place,
        error,
      );
    }
  }

  /** Sends what the declaration asks for beyond what was found: a password if there is a new one, the flag if it differs. */
  async #take(
    declared: Declaration,
    found: ObservedLoginProfile,
    place: Place,
    delivery: Partial<NewPassword> | undefined,
    line: string,
    /** The state of the profile where it is one that was ours already: what it was set to, its user may have obeyed since. */
    applied?: LoginProfileState,
  ): Promise<LoginProfileState> {
    const { passwordResetRequired } = declared;
    const pending = found.passwordResetRequired;
    const flagDiffers =
      applied === undefined
        ? passwordResetRequired !== undefined && passwordResetRequired !== pending
        : difference({ ...applied, passwordResetPending: pending }, declared).passwordResetRequired;
    const request = { ...requestFor(declared), ...given({ password: delivery?.password }) };
    if (request.password !== undefined || flagDiffers) await place.profiles.update(request, true);
    this.tell(line);
    const observed = { ...found, passwordResetRequired: (flagDiffers ? passwordResetRequired : undefined) ?? pending };
    return stateOf(declared, observed, place, delivery);
  }

  /** Reads the profile; undefined when it is gone. What was applied (hash, version, flag) is never lost. */
  async read(applied: LoginProfileState, isImport = false): Promise<LoginProfileState | undefined> {
    const { userName, connection, createDate } = applied;
    const place = await this.#at("read", applied);
    const user = this.run.user(userName, connection);
    const isTaken = user.taken !== undefined;
    const found = await this.#find(userName, place, isTaken || isImport || { since: createDate });
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
      const place = await this.#at("update", { ...declared, ...given({ accountId: applied.accountId }) });
      this.#refuseToPart("update", declared, this.run.user(declared.userName, declared.connection), place);
      const state = await this.#updateOrCreate(applied, declared, place);
      this.#forget(declared);
      return state;
    });
  }

  async #updateOrCreate(applied: LoginProfileState, declared: Declaration, place: Place): Promise<LoginProfileState> {
    const { userName } = declared;
    const differs = difference(applied, declared);
    const isMended = applied.passwordInForce === false && this.isAtHand(declared);
    // Sent unchanged, it would undo a password that the user has chosen since.
    let fresh = differs.password || isMended ? await this.#newPassword(declared, "update", place) : undefined;
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
          fresh = await this.#betterPassword(declared, "update", fresh, place, error, turn);
          continue;
        }
      }
      const again = fresh ?? (await this.#passwordAgain(declared, place));
      if (again === undefined) {
        // With nothing to create it again from, it matters whether the answer was only slow.
        const found = await this.#find(userName, place, { since: createDate });
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
      const found = await this.#find(userName, place, true);
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
      const place = await this.#at("delete", applied);
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
    this.run.user(userName, connection).isLeaving = true;
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
      if (user.left?.applied === applied) return true;
      const place = await this.#at("delete", applied);
      const whereabouts = { ...applied, ...place };
      const holder = await otherHolder(this.run, this.shared, this.reach, whereabouts, urn);
      const isDeclared = holder === "program" || (await isChecked(this.run, this.reach, whereabouts));
      if (holder === "resource") this.tell(kept(userName));
      else if (!isDeclared) {
        user.left = { applied, wasGone: !(await this.#deleteIfThere(applied, place)) };
      }
      return holder === "resource" || !isDeclared;
    });
  }

  /** Whether a profile was to be deleted, and was gone from IAM by then. */
  wasGone(applied: LoginProfileState): boolean {
    const { left } = this.run.user(applied.userName, applied.connection);
    return left?.applied === applied && left.wasGone;
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
    return this.#find(userName, this.reach(connection), isThere);
  }

  /** Notes when runs which were killed were about to create a profile. */
  wasAsked({ userName, connection }: Whereabouts, at: number[]): void {
    this.run.user(userName, connection).askedAt = at;
  }

  async #find(
    userName: string,
    { profiles }: Pick<Place, "profiles">,
    isThere: IsThere,
  ): Promise<ObservedLoginProfile | undefined> {
    try {
      return await profiles.get(userName, isThere);
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return undefined;
      throw callFailed("read", userName, error);
    }
  }

  async #isSameAccount(action: Action, one: Whereabouts, other: Whereabouts): Promise<boolean> {
    const id = async (profile: Whereabouts) => profile.accountId ?? this.#accountId(action, profile);
    return (await id(one)) === (await id(other));
  }

  /**
   * The account that a profile is in or is to be made in; undefined if it is not to be asked for. Rejects where the way to it
   * leads to another account than its own, or nobody knows where.
   */
  async confirmedAccount(action: Action, profile: Whereabouts): Promise<string | undefined> {
    const { accountId } = await this.#at(action, profile);
    return accountId;
  }

  async #accountId(action: Action, { userName, connection }: Whereabouts): Promise<string | undefined> {
    try {
      return await this.reach(connection).id(userName);
    } catch (error) {
      throw callFailed(action, userName, error);
    }
  }

  /**
   * The account that a profile is in. It must stay the one where the profile was created; a state of an older release does
   * not know it, and learns it at the next change.
   */
  async #at(action: Action, profile: Whereabouts): Promise<Place> {
    const { connection, accountId } = profile;
    const { profiles, policy } = this.reach(connection);
    if (accountId === undefined && (action === "read" || action === "delete")) return { profiles, policy };
    const id = await this.#accountId(action, profile);
    if (accountId !== undefined && id !== undefined && id !== accountId)
      throw this.#inAnotherAccount(action, profile, id);
    return { profiles, policy, ...given({ accountId: id ?? accountId }) };
  }

  /** A profile is in the account of its user, or there is no signing in. */
  #refuseToPart(action: Action, declared: Declaration, { accountId: own }: UserInRun, { accountId }: Place): void {
    if (own === undefined || accountId === undefined || own === accountId) return;
    throw refused(action, declared.userName, notWithTheUser(own, this.reach(declared.connection).way(), accountId));
  }

  /** The account that a user's profile would be in, and the way there in words. A preview may not know the account. */
  async account(
    userName: string,
    connection: Connection | undefined,
    isPreview: boolean,
  ): Promise<{ accountId?: string; way: string }> {
    const account = this.reach(connection);
    const accountId = isPreview
      ? await account.idSoon()
      : await this.#accountId("create", { userName, ...given({ connection }) });
    return { way: account.way(), ...given({ accountId }) };
  }

  #inAnotherAccount(
    action: Action,
    { userName, connection, accountId }: Whereabouts,
    reached: string,
  ): LoginProfileError {
    const way = this.reach(connection).way();
    return refused(
      action,
      userName,
      `it is in AWS account ${accountId}, but ${way} leads to account ${reached} now. Nothing was changed. Let it lead to ` +
        `account ${accountId} again, then run \`pulumi up\` again.`,
    );
  }

  /** Whether the password that is declared can be set in this run: the program gives it, or a recipient for another one. */
  isAtHand({ userName, connection, passwordHash, passwordVersion }: PreviewedDeclaration): boolean {
    if (typeof passwordHash === "string") return this.run.passwords.has(passwordHash);
    const isGenerated = passwordHash === undefined && passwordVersion !== 0;
    return isGenerated && typeof userName === "string" && this.run.user(userName, connection).delivered !== undefined;
  }

  /**
   * Whether the password that was set is the declared one, though its hash is another: another one was declared in between,
   * and could not be set. It waits under the hash of the state from then on.
   */
  async isSetAlready(applied: LoginProfileState, { passwordHash }: PreviewedDeclaration): Promise<boolean> {
    const password = typeof passwordHash === "string" ? this.run.passwords.get(passwordHash) : undefined;
    const set = applied.passwordInForce === false ? undefined : applied.passwordHash;
    if (password === undefined || set === undefined || set === passwordHash) return false;
    if (!(await isHashOf(set, password))) return false;
    this.run.passwords.set(set, password);
    return true;
  }

  #forget({ passwordHash }: Declaration): void {
    if (passwordHash !== undefined) this.run.passwords.delete(passwordHash);
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

  /** The password of a profile that has to be created again though its password was not to change; undefined without one. */
  async #passwordAgain(declared: Declaration, place: Place): Promise<NewPassword | undefined> {
    return declared.passwordVersion === 0 ? undefined : this.#declaredPassword(declared, "update", place);
  }

  async #declaredPassword(declared: Declaration, action: Action, place: Place): Promise<NewPassword | undefined> {
    const { userName, passwordHash, connection } = declared;
    if (passwordHash !== undefined) {
      const password = this.run.passwords.get(passwordHash);
      return password === undefined ? undefined : { password };
    }
    const { delivered } = this.run.user(userName, connection);
    if (delivered === undefined) return undefined;
    try {
      return await delivered.make(this.settings.policyCheck() ? await place.policy.certain(userName) : undefined);
    } catch (error) {
      throw error instanceof LoginProfileError
        ? refused(action, userName, error.message)
        : callFailed(action, userName, error);
    }
  }

  /** Another password where IAM refused a generated one: the policy was changed since it was read. Throws in any other case. */
  async #betterPassword(
    declared: Declaration,
    action: "create" | "update",
    refusedOne: NewPassword | undefined,
    place: Place,
    error: unknown,
    turn: number,
  ): Promise<NewPassword> {
    const isGenerated = refusedOne?.encryptedPassword !== undefined;
    if (!isGenerated || turn > 1 || !failedWith(error, "PasswordPolicyViolation")) {
      const request = { ...requestFor(declared), ...given({ password: refusedOne?.password }) };
      throw await failedToSet(action, request, place, error);
    }
    place.policy.forget();
    return this.#newPassword(declared, action, place);
  }
}

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

/** An account at hand, with its id where it is known. */
export type Place = Pick<Account, "profiles" | "policy"> & { accountId?: string };

/** What the version has to count above the declared one, so that no version of the resource comes twice. */
function versionBase(declared: Declaration, user: UserInRun): number {
  const { passwordVersion: last = 0 } = (user.predecessor ?? user).left?.applied ?? {};
  return last === 0 ? 0 : Math.max(0, last + 1 - declared.passwordVersion);
}

/** The state with the version that it counts. */
function counted({ versionBase: _, ...state }: LoginProfileState, base: number): LoginProfileState {
  return {
    ...state,
    ...(base === 0 ? {} : { versionBase: base }),
    passwordVersion: versionOf(state, { versionBase: base }),
  };
}

/** What the state has of a profile that nobody holds whom the program declares. */
function offeredTo({ offered, isHeld, isLeaving }: UserInRun): LoginProfileState | undefined {
  return isHeld && !isLeaving ? undefined : offered;
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

/** Whether something is so, at once or as soon as the resources that are registered together have been checked. */
async function soon(isSo: () => boolean): Promise<boolean> {
  const end = Date.now() + DECLARATIONS_APART_MS;
  while (!isSo() && Date.now() < end) await delay(DECLARATIONS_APART_MS / 50);
  return isSo();
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

function movedFromOneOf(left: LoginProfileState[]): string {
  const users = left.map(({ userName }) => `"${userName}"`).join(", ");
  return (
    `it has the login profile of one of the IAM users ${users}, which are there no more, and which of them was renamed cannot be ` +
    "told, for their profiles were made in the same second. Nothing was changed. Declare the user with adoptExisting and " +
    "without a recipient, which leaves the password as it is, or delete the profile to have another one generated."
  );
}

function requestFor({ userName, passwordResetRequired }: Declaration): LoginProfileRequest {
  return { userName, ...given({ passwordResetRequired }) };
}

/** Names each property: nothing else may come into the state. */
function stateOf(
  { userName, passwordHash, passwordVersion, passwordResetRequired, connection }: Declaration | LoginProfileState,
  observed: ObservedLoginProfile,
  { accountId }: Place,
  { encryptedPassword, keyFingerprint }: Partial<Delivery> = {},
): LoginProfileState {
  return {
    userName,
    ...given({ passwordHash }),
    passwordVersion,
    ...given({ passwordResetRequired, connection, accountId }),
    passwordResetPending: observed.passwordResetRequired,
    createDate: observed.createDate,
    ...given({ encryptedPassword, keyFingerprint }),
  };
}
