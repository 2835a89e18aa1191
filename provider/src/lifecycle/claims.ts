import { type Connection, wayTo } from "../aws/connection";

/** Which resource declares which user's profile: each user has one. */
export class Claims<Claimant> {
  readonly #claimants = new Map<string, Claimant>();

  /** Gives the other resource that has claimed the user, reached in the same way; undefined where there is none. */
  claim(userName: string, connection: Connection | undefined, claimant: Claimant): Claimant | undefined {
    const user = `${userName} ${wayTo(connection)}`;
    const first = this.#claimants.get(user) ?? claimant;
    this.#claimants.set(user, first);
    return first === claimant ? undefined : first;
  }
}

export function alreadyClaimed(userName: string, other: string): string {
  return `userName "${userName}" is declared by LoginProfile "${other}" too, and a user has one login profile. Remove one of the two.`;
}
