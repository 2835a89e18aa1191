/**
 * IAM users who were renamed in place, so that their profiles are there under names that are declared now. Looked into only
 * where a profile that was to be created exists, and by reading: nothing is given up for it, and nothing sent.
 */
import type { IsThere, ObservedLoginProfile } from "../../aws/iam";
import { inParallel } from "../../common/in-parallel";
import { PARALLELISM } from "../../common/limits";
import { refused } from "../failures";
import type { LoginProfileLifecycle } from "../lifecycle";
import type { Declaration, LoginProfileState } from "../model";
import type { Whereabouts } from "../run";
import { keyOf } from "./entries";
import type { Unread } from "./notes";

/** The profiles that a resource declares no more, and what becomes of them. */
export class Leavers {
  /** Those that have moved along: there is nothing to delete. */
  readonly #moved = new Set<LoginProfileState>();
  /** Those of which it is not certain: the next run is to know them. */
  readonly #kept = new Set<LoginProfileState>();
  readonly #matches = new Map<Declaration, PromiseSettledResult<Matches>>();
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

  /** Looks for those that users have taken along who have profiles already. */
  async lookFor(declarations: Declaration[]): Promise<void> {
    const found = await inParallel(PARALLELISM, declarations, (declaration) => this.#matchesOf(declaration));
    for (const [at, declaration] of declarations.entries()) {
      this.#matches.set(declaration, found[at] as PromiseSettledResult<Matches>);
    }
  }

  /**
   * Those that a user may have taken along: of the same account and date, with the password that is declared. `gone` are no longer
   * under the old name, and `supposed` are there still, if the answer was not out of date.
   */
  matchesOf(declared: Declaration): Matches {
    const found = this.#matches.get(declared);
    if (found?.status === "rejected") throw found.reason;
    return found?.value ?? { gone: [], supposed: [] };
  }

  async #matchesOf(declared: Declaration): Promise<Matches> {
    const { userName, connection } = declared;
    const matches: Matches = { gone: [], supposed: [] };
    // One that the state holds for another resource did not move here.
    if (this.one.run.user(userName, connection).isDeployed) return matches;
    const found = await this.#observed(declared, true);
    for (const leaver of this.leaving) {
      if (leaver.createDate !== found?.createDate) continue;
      if (!(await this.#isSamePassword(leaver, declared))) continue;
      const failure = this.unread.get(keyOf(leaver.userName));
      if (failure !== undefined) throw failure;
      const there = await this.#observed(leaver, { since: leaver.createDate });
      (there?.createDate === leaver.createDate ? matches.supposed : matches.gone).push(leaver);
    }
    return matches;
  }

  /**
   * One of those that are gone, for the user who has taken it along; kept in the state until that is told by `moved`.
   *
   * @throws LoginProfileError where it cannot be told which it is, or which password it has.
   */
  claimed(declared: Declaration, gone: LoginProfileState[]): LoginProfileState {
    const free = gone.find((leaver) => !this.#kept.has(leaver) && !this.#moved.has(leaver));
    const rivals = [...this.#matches.values()].filter((other) => {
      // Of one that could not be read, it is not known.
      if (other.status === "rejected") return true;
      return [...other.value.gone, ...other.value.supposed].some((leaver) => gone.includes(leaver));
    });
    const isUnclear = gone.some(this.isUnclear);
    const why = declared.passwordHash === undefined ? GENERATED : isUnclear ? UNCLEAR : TOO_MANY;
    if (why !== TOO_MANY || free === undefined || rivals.length > gone.length) {
      for (const leaver of gone) this.#kept.add(leaver);
      throw refused("adopt", declared.userName, movedUncertain(gone, why));
    }
    this.#kept.add(free);
    return free;
  }

  /** Notes that one that was claimed is held under the new name. */
  moved(leaver: LoginProfileState): void {
    this.#kept.delete(leaver);
    this.#moved.add(leaver);
  }

  /** Notes that it could not be seen who has a profile. */
  wasBlind(): void {
    this.#isBlind = true;
  }

  async #isSamePassword(leaver: LoginProfileState, declared: Declaration): Promise<boolean> {
    // Which of two was set cannot be told: either may be the one that is declared.
    return this.isUnclear(leaver) || this.one.passwords.isPasswordOf(leaver, declared);
  }

  async #observed(profile: Whereabouts, isThere: IsThere): Promise<ObservedLoginProfile | undefined> {
    try {
      return await this.one.observed(profile, isThere);
    } catch (error) {
      this.wasBlind();
      throw error;
    }
  }
}

/** What may have moved along to a user. */
interface Matches {
  gone: LoginProfileState[];
  supposed: LoginProfileState[];
}

const GENERATED = "a generated password does not move along in a resource for many";
const UNCLEAR = "a run that was killed may have set another password than the one before";
const TOO_MANY = "more users than were renamed have a profile of that second and this password";

function movedUncertain(gone: LoginProfileState[], why: string): string {
  const users = gone.map(({ userName }) => `"${userName}"`).join(" or ");
  return (
    `it seems to have the login profile of IAM user ${users}, who was renamed, and ${why}. Nothing was changed. To have the declared ` +
    "password set, or another one generated, set adoptExisting to true for the new name and run `pulumi up --refresh`."
  );
}
