import type { Reach } from "../aws/accounts";
import { isSameConnection } from "../aws/connection";
import type { LoginProfileState } from "./model";
import type { Run, Whereabouts } from "./run";

/**
 * Whether the profile that a resource is about to delete is another resource's by now: one that was created or adopted in
 * this run, or one that the state holds for a resource which the program declares still. So it is after a resource was
 * renamed without an alias, in the run that adopts the profile and, had that one been cut short, in the next.
 */
export async function holdsAnother(
  run: Run,
  reach: Reach,
  accountId: string | undefined,
  applied: LoginProfileState,
  urn: string | undefined,
): Promise<boolean> {
  for (const { connection, user } of run.ways(applied.userName)) {
    const isTheSameResource = urn !== undefined && user.declaredBy?.urn === urn;
    if (user.taken === undefined && (!user.isHeld || isTheSameResource)) continue;
    const other: Whereabouts = user.taken ?? { userName: applied.userName, ...(connection && { connection }) };
    if (isSameConnection(other.connection, applied.connection)) return true;
    const otherId = other.accountId ?? (await reach(other.connection).id(applied.userName));
    const ownId = accountId ?? (await reach(applied.connection).id(applied.userName));
    if (otherId === ownId) return true;
  }
  return false;
}
