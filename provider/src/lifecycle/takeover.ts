import { failedWith, type ObservedLoginProfile } from "../aws/iam";
import { CALL_WITHIN_MS } from "../common/limits";
import { given } from "../common/values";
import type { NewPassword } from "../recipients/delivery";
import { difference } from "./diff";
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
    // Profiles that are made together have one date: one that the state holds for another resource did not move here.
    if (user.isDeployed) return undefined;
    if (place.accountId === undefined || left.applied.accountId !== place.accountId) return undefined;
    return this.movedFrom(left.applied, declared, place);
  }

  /** The same, where it is known under which name the profile was. */
  async movedFrom(
    left: LoginProfileState,
    declared: Declaration,
    place: Place,
  ): Promise<LoginProfileState | undefined> {
    const found = await this.places.find(declared.userName, place, true);
    if (found?.createDate !== left.createDate) return undefined;
    const line = `The login profile of IAM user "${left.userName}" moved along to "${declared.userName}".`;
    return this.#take(declared, found, place, left, line, left);
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
    const line = `Adopted the existing login profile of IAM user "${userName}".`;
    return this.#take(declared, found, place, fresh, line);
  }

  /**
   * Sends what the declaration asks for beyond what was found: a password if there is a new one, the flag if it differs.
   * Undefined where the profile is gone by then.
   */
  async #take(
    declared: Declaration,
    found: ObservedLoginProfile,
    place: Place,
    delivery: Partial<NewPassword> | undefined,
    line: string,
    /** The state of the profile where it is one that was ours already: what it was set to, its user may have obeyed since. */
    applied?: LoginProfileState,
  ): Promise<LoginProfileState | undefined> {
    const { passwordResetRequired } = declared;
    const pending = found.passwordResetRequired;
    const flagDiffers =
      applied === undefined
        ? passwordResetRequired !== undefined && passwordResetRequired !== pending
        : difference({ ...applied, passwordResetPending: pending }, declared).passwordResetRequired;
    const request = { ...requestFor(declared), ...given({ password: delivery?.password }) };
    try {
      if (request.password !== undefined || flagDiffers) await place.profiles.update(request, true);
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return undefined;
      throw await failedToSet("adopt", request, place, error);
    }
    this.tell(line);
    const observed = { ...found, passwordResetRequired: (flagDiffers ? passwordResetRequired : undefined) ?? pending };
    return stateOf(declared, observed, place, delivery);
  }
}

/** What the state has of a profile that nobody holds whom the program declares. */
function offeredTo({ offered, isHeld, isLeaving }: UserInRun): LoginProfileState | undefined {
  return isHeld && !isLeaving ? undefined : offered;
}
