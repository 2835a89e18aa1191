/**
 * What one run of the engine has declared and done so far, by user: kept in the memory of this process, from the engine's
 * configuration of the provider (or the start of the program) to the next. A hint for what comes later in the run, and
 * never a proof of what IAM holds.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Connection, wayTo } from "../aws/connection";
import { DECLARATIONS_APART_MS } from "../common/limits";
import { isKnown, type Previewed } from "../common/unknown";
import type { Secret } from "../passwords/secret";
import type { DeliveredPassword } from "../recipients/delivery";
import type { Declaration, LoginProfileState } from "./model";

/** Which profile, and how it is reached. */
export type Whereabouts = Pick<LoginProfileState, "userName" | "connection" | "accountId">;

/** The resource that declares a profile; its URN is the same when it declares it again. */
export interface Declarer {
  type: "LoginProfile" | "LoginProfiles";
  name: string;
  urn?: string;
}

/** What the run knows of one user's profile, reached in one way. */
export interface UserInRun {
  /** Whether a resource that declares the profile, or had it, was checked. */
  isChecked?: boolean;
  /** Whether the state holds the profile. */
  isDeployed?: boolean;
  /** Whether it holds it for a resource that declares it still, and that is not about to be replaced. */
  isHeld?: boolean;
  /** Whether the resource that had it declares another user or another way now. */
  isLeaving?: boolean;
  /** When the profile was made that a resource leaves, by the state. */
  leftCreateDate?: string;
  /** The profile as the state has it for a resource that is about to give it up, or that may be no part of the program any more. */
  offered?: LoginProfileState;
  /** When runs that were killed were about to create the profile, where that is known. */
  askedAt?: number[];
  /** The profile that was deleted, and whether it was gone from IAM by then. */
  left?: { applied: LoginProfileState; wasGone: boolean };
  /** The same of a profile that a resource with many declares no more. */
  dropped?: { applied: LoginProfileState; wasGone: boolean };
  /** What the resource had that declares this profile now. */
  predecessor?: UserInRun;
  /** Whether it declares the same password, or the same triggers, as it had there. */
  keepsPassword?: boolean;
  /** The version of the resource's last password. */
  lastVersion?: number;
  /** The account that the user is in, where the program tells. */
  accountId?: string;
  /** Whether it is declared without a password. */
  isWithoutPassword?: boolean;
  /** How its password is made, where one is to be generated. */
  delivered?: DeliveredPassword;
  declaredBy?: Declarer;
  /** Where it is, once it has been created or adopted. */
  taken?: Whereabouts;
}

export class Run {
  /** Passwords on their way from a check to the create or update that follows, under their hashes. */
  readonly passwords = new Map<string, Secret>();
  readonly #users = new Map<string, Map<string, UserInRun>>();
  readonly #turns = new Map<string, Promise<unknown>>();

  /** A user; what is reached in a way that is not known yet is nobody that could be met again. */
  user(userName: string, connection: Previewed<Connection> | undefined): UserInRun {
    if (!isKnown(connection)) return {};
    const ways = this.#waysTo(userName);
    const way = wayTo(connection);
    const user = ways.get(way) ?? {};
    ways.set(way, user);
    return user;
  }

  /** Takes in that a resource which had `previous` (nothing, if it is new or about to be replaced) declares a user's profile, that of the same user or not. */
  declared(user: UserInRun, previous: Partial<Declaration>, isSame: boolean): void {
    user.isChecked = true;
    if (previous.userName === undefined) {
      user.isHeld = false;
      return;
    }
    const before = this.user(previous.userName, previous.connection);
    before.isDeployed = true;
    before.isChecked = true;
    user.lastVersion = Math.max(user.lastVersion ?? 0, previous.passwordVersion ?? 0);
    if (before !== user) user.predecessor = before;
    // Another way to a profile may be one to the same; where it leads to another account, the resource is checked once more.
    if (isSame) user.isHeld = true;
    else before.isLeaving = true;
  }

  /** Notes who declares a user's profile. Gives the mistake where another one does, for a user has one login profile. */
  declare(userName: string, connection: Previewed<Connection> | undefined, by: Declarer): string | undefined {
    const user = this.user(userName, connection);
    user.declaredBy ??= by;
    if (user.declaredBy === by || (by.urn !== undefined && user.declaredBy.urn === by.urn)) return undefined;
    return `userName "${userName}" is declared by ${user.declaredBy.type} "${user.declaredBy.name}" too, and a user has one login profile. Remove one of the two.`;
  }

  /** What the run knows of a user, by each way that was met. */
  ways(userName: string): { connection: Connection | undefined; user: UserInRun }[] {
    return [...this.#waysTo(userName)].map(([way, user]) => ({
      connection: way === "" ? undefined : (JSON.parse(way) as Connection),
      user,
    }));
  }

  /** Does one thing after the other to a user's profile, whatever resource it is for. */
  inTurn<T>(userName: string, work: () => Promise<T>): Promise<T> {
    const key = userName.toLowerCase();
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work, work);
    this.#turns.set(key, turn);
    return turn;
  }

  /** IAM does not tell upper case from lower in names. */
  #waysTo(userName: string): Map<string, UserInRun> {
    const key = userName.toLowerCase();
    const ways = this.#users.get(key) ?? new Map<string, UserInRun>();
    this.#users.set(key, ways);
    return ways;
  }
}

/** Whether something is so, at once or as soon as the resources that are registered together have been checked. */
export async function soon(isSo: () => boolean): Promise<boolean> {
  const end = Date.now() + DECLARATIONS_APART_MS;
  while (!isSo() && Date.now() < end) await delay(DECLARATIONS_APART_MS / 50);
  return isSo();
}
