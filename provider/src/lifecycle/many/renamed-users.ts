/**
 * IAM users who were renamed in place, so that their profiles are there under names that are declared now. Looked into only
 * where a profile that was to be created exists, and by reading: nothing is given up for it, and nothing sent.
 */
import { refused } from "../failures";
import type { LoginProfileLifecycle } from "../lifecycle";
import type { Declaration, LoginProfileState } from "../model";
import { keyOf } from "./entries";
import type { Unread } from "./notes";

/** The profiles that a resource declares no more, and what becomes of them. */
export class Leavers {
  /** Those that have moved along: there is nothing to delete. */
  readonly #moved = new Set<LoginProfileState>();
  /** Those of which it is not certain: the next run is to know them. */
  readonly #kept = new Set<LoginProfileState>();
  #isBlind = false;

  constructor(
    private readonly one: LoginProfileLifecycle,
    private readonly leaving: LoginProfileState[],
    private readonly account: string | undefined,
    /** Whether a killed run may have set another password than the one in the state. */
    private readonly isUnclear: (leaver: LoginProfileState) => boolean,
    private readonly unread: Unread,
  ) {}

  /** Whether a profile that exists can be one of them. */
  get mayHaveMoved(): boolean {
    return this.account !== undefined && this.leaving.some(({ accountId }) => accountId === this.account);
  }

  /** Those that are to be deleted. */
  get toDelete(): LoginProfileState[] {
    return this.leaving.filter((leaver) => !this.#moved.has(leaver) && !this.#kept.has(leaver));
  }

  /** Those that stay in the state though they are neither declared nor there. */
  get toKeep(): LoginProfileState[] {
    const isGone = (leaver: LoginProfileState) => this.#isBlind && this.one.wasGone(leaver);
    return this.leaving.filter((leaver) => this.#kept.has(leaver) || isGone(leaver));
  }

  /**
   * The one that a user has taken along: of the same account and date, with the password that is declared, and no longer under the
   * old name. `supposed`: those that are there under the old name still, if the answer was not out of date.
   *
   * @throws LoginProfileError where it cannot be told which password the profile has.
   */
  async movedTo(declared: Declaration): Promise<{ from?: LoginProfileState; supposed: LoginProfileState[] }> {
    const { userName, connection } = declared;
    const supposed: LoginProfileState[] = [];
    // One that the state holds for another resource did not move here.
    if (this.one.run.user(userName, connection).isDeployed) return { supposed };
    const found = await this.#observed({ ...declared, isThere: true });
    for (const leaver of this.leaving) {
      if (leaver.createDate !== found?.createDate) continue;
      if (!(await this.#isSamePassword(leaver, declared))) continue;
      const failure = this.unread.get(keyOf(leaver.userName));
      if (failure !== undefined) throw failure;
      const there = await this.#observed({ ...leaver, isThere: false });
      if (there?.createDate === leaver.createDate) supposed.push(leaver);
      else return { from: this.moves(leaver, declared), supposed: [] };
    }
    return { supposed };
  }

  /** Notes that a profile has moved along to a user. */
  moves(leaver: LoginProfileState, { userName, passwordHash }: Declaration): LoginProfileState {
    const why = passwordHash === undefined ? GENERATED : this.isUnclear(leaver) ? UNCLEAR : undefined;
    if (why !== undefined) {
      this.#kept.add(leaver);
      throw refused("adopt", userName, movedUncertain(leaver, why));
    }
    this.#moved.add(leaver);
    return leaver;
  }

  async #isSamePassword(leaver: LoginProfileState, declared: Declaration): Promise<boolean> {
    // Which of two was set cannot be told: either may be the one that is declared.
    return this.isUnclear(leaver) || this.one.passwords.isPasswordOf(leaver, declared);
  }

  async #observed({ isThere, ...profile }: Pick<Declaration, "userName" | "connection"> & { isThere: boolean }) {
    try {
      return await this.one.observed(profile, isThere);
    } catch (error) {
      this.#isBlind = true;
      throw error;
    }
  }
}

const GENERATED = "a generated password does not move along in a resource for many";
const UNCLEAR = "a run that was killed may have set another password than the one before";

function movedUncertain({ userName }: LoginProfileState, why: string): string {
  return (
    `it has the login profile of IAM user "${userName}", who was renamed, and ${why}. Nothing was changed. To have the declared ` +
    "password set, or another one generated, set adoptExisting to true for the new name and run `pulumi up --refresh`."
  );
}
