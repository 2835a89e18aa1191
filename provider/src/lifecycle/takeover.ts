import { failedWith, type ObservedLoginProfile } from "../aws/iam";
import { CALL_WITHIN_MS } from "../common/limits";
import { given } from "../common/values";
import type { NewPassword } from "../recipients/delivery";
import { difference } from "./diff";
import { refused } from "./failures";
import { type Declaration, type LoginProfileState, requestFor, stateOf } from "./model";
import type { PasswordsAtHand } from "./passwords-at-hand";
import type { Place, Places } from "./places";
import { failedToSet } from "./policy-violation";
import { soon, type UserInRun } from "./run";

/**
 * Profiles that exist when a resource is to create them: one that another resource hands over, one that moved along with its user, one
 * that was left to us, or one to adopt. A password goes out only where nothing tells that it is set already.
 */
export class Takeover {
  constructor(
    private readonly places: Places,
    private readonly passwords: PasswordsAtHand,
    /** Shows the user one line. */
    private readonly tell: (line: string) => void,
  ) {}

  /**
   * A resource that gives a profile up, or that a refresh of this run has read and the program declares no more, hands it over
   * as it is: the account and the date are the same, and so is the password that is declared.
   */
  async handedOver(declared: Declaration, place: Place, user: UserInRun): Promise<LoginProfileState | undefined> {
    const offered = offeredTo(user);
    if (offered === undefined || place.accountId === undefined || offered.accountId !== place.accountId)
      return undefined;
    if (!(await this.passwords.isPasswordOf(offered, declared))) return undefined;
    const found = await this.places.find(declared.userName, place, { since: offered.createDate });
    if (found?.createDate !== offered.createDate) return undefined;
    const line = `Took over the login profile of IAM user "${declared.userName}" from another resource.`;
    return this.#take(declared, found, place, { ...offered }, line, offered);
  }

  /**
   * An IAM user that was renamed in place takes the profile along: the account is the same, the old name had none any more,
   * and the new one has one of the same date. With the same password declared, there is nothing to tell IAM but the flag.
   */
  async movedAlong(declared: Declaration, place: Place, user: UserInRun): Promise<LoginProfileState | undefined> {
    const left = user.predecessor?.left;
    if (left === undefined || !left.wasGone || !user.keepsPassword) return undefined;
    const found = await this.#findMoved(declared, [left.applied], place, user);
    return found && this.#takeMoved(declared, found, place, left.applied);
  }

  /**
   * The same within a resource with many profiles: IAM has just said that the user has one, and it is of the date of a profile
   * that the resource declares no more, with the same password, and is gone under the old name.
   */
  async movedFrom(
    leaving: LoginProfileState[],
    declared: Declaration,
    place: Place,
    user: UserInRun,
    /** Gives a profile up; whether it was gone already. */
    giveUp: (applied: LoginProfileState) => Promise<boolean>,
  ): Promise<LoginProfileState | undefined> {
    const found = leaving.length === 0 ? undefined : await this.#findMoved(declared, leaving, place, user);
    const left: LoginProfileState[] = [];
    for (const applied of leaving) {
      if (found?.createDate !== applied.createDate || applied.accountId !== place.accountId) continue;
      if (!(await this.passwords.isPasswordOf(applied, declared))) continue;
      if (await giveUp(applied)) left.push(applied);
    }
    const [first] = left;
    if (found === undefined || first === undefined) return undefined;
    // Of profiles with one password, either will do; what was encrypted is one person's.
    if (left.length > 1 && declared.passwordHash === undefined) {
      throw refused("adopt", declared.userName, movedFromOneOf(left));
    }
    return this.#takeMoved(declared, found, place, first);
  }

  /** Whether a profile that exists is one that a resource of this run leaves, made when the state says, or one that a run made which was killed. */
  async isLeftToUs({ userName }: Declaration, place: Place, user: UserInRun): Promise<boolean> {
    for (const at of user.askedAt ?? []) {
      const made = await place.profiles.madeBetween(userName, at, at + CALL_WITHIN_MS);
      if (made !== undefined) return true;
    }
    if (offeredTo(user) === undefined && !(await soon(() => user.isLeaving === true))) return false;
    const found = await this.places.find(userName, place, true);
    return found !== undefined && [user.leftCreateDate, offeredTo(user)?.createDate].includes(found.createDate);
  }

  /**
   * Takes over a profile that exists: gives it the declared password if there is one, else leaves
   * its own alone. Undefined where there is none, or no longer.
   */
  async adopt(declared: Declaration, place: Place, fresh?: NewPassword): Promise<LoginProfileState | undefined> {
    const { userName } = declared;
    // With a password, IAM has just said that it exists.
    const found = await this.places.find(userName, place, fresh !== undefined);
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
    const found = await this.places.find(userName, place, true);
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
}

/** What the state has of a profile that nobody holds whom the program declares. */
function offeredTo({ offered, isHeld, isLeaving }: UserInRun): LoginProfileState | undefined {
  return isHeld && !isLeaving ? undefined : offered;
}

function movedFromOneOf(left: LoginProfileState[]): string {
  const users = left.map(({ userName }) => `"${userName}"`).join(", ");
  return (
    `it has the login profile of one of the IAM users ${users}, which are there no more, and which of them was renamed cannot be ` +
    "told, for their profiles were made in the same second. Nothing was changed. Declare the user with adoptExisting and " +
    "without a recipient, which leaves the password as it is, or delete the profile to have another one generated."
  );
}
