/**
 * What one run of the engine has declared and done so far, by user: kept in the memory of this process, from the engine's
 * configuration of the provider (or the start of the program) to the next. A hint for what comes later in the run, and
 * never a proof of what IAM holds.
 */
import { type Connection, wayTo } from "../aws/connection";
import { isKnown, type Previewed } from "../common/unknown";
import type { Secret } from "../passwords/secret";
import type { DeliveredPassword } from "../recipients/delivery";

/** Which profile, and how it is reached. */
export interface Whereabouts {
  userName: string;
  connection?: Connection;
  accountId?: string;
}

/** The resource that declares a profile. Its URN is told to a plugin alone, and is the same when it declares it again. */
export interface Declarer {
  name: string;
  urn?: string;
}

/** What the run knows of one user's profile, reached in one way. */
export interface UserInRun {
  /** Whether the state holds the profile. */
  isDeployed: boolean;
  /** Whether it is declared without a password. */
  isWithoutPassword: boolean;
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

  /** A user; what is reached in a way that is not known yet is nobody that could be met again. */
  user(userName: string, connection: Previewed<Connection> | undefined): UserInRun {
    const unmet = { isDeployed: false, isWithoutPassword: false };
    if (!isKnown(connection)) return unmet;
    const ways = this.#waysTo(userName);
    const way = wayTo(connection);
    const user = ways.get(way) ?? unmet;
    ways.set(way, user);
    return user;
  }

  /** Notes who declares a user's profile. Gives the mistake where another one does, for a user has one login profile. */
  declare(userName: string, connection: Previewed<Connection> | undefined, by: Declarer): string | undefined {
    const user = this.user(userName, connection);
    user.declaredBy ??= by;
    if (user.declaredBy === by || (by.urn !== undefined && user.declaredBy.urn === by.urn)) return undefined;
    return `userName "${userName}" is declared by LoginProfile "${user.declaredBy.name}" too, and a user has one login profile. Remove one of the two.`;
  }

  /** The profiles of a user that were created or adopted, whatever the way. */
  taken(userName: string): Whereabouts[] {
    return [...this.#waysTo(userName).values()].flatMap(({ taken }) => taken ?? []);
  }

  /** IAM does not tell upper case from lower in names. */
  #waysTo(userName: string): Map<string, UserInRun> {
    const key = userName.toLowerCase();
    const ways = this.#users.get(key) ?? new Map<string, UserInRun>();
    this.#users.set(key, ways);
    return ways;
  }
}
