import type { Reach } from "../aws/accounts";
import { isSameConnection } from "../aws/connection";
import type { Run, Whereabouts } from "./run";
import type { SharedRun } from "./shared-run";

/**
 * Whether the profile that a resource is about to delete is another resource's by now: one that was created or adopted in
 * this run, or one that the state holds for a resource which the program declares still. So it is after a resource was
 * renamed without an alias, in the run that adopts the profile and, had that one been cut short, in the next.
 */
export async function isHeldByAnother(
  run: Run,
  shared: SharedRun,
  reach: Reach,
  { userName, connection, accountId }: Whereabouts,
  urn: string | undefined,
): Promise<boolean> {
  const idOf = (way: Whereabouts["connection"]) => reach(way).id(userName);
  for (const { connection: way, user } of run.ways(userName)) {
    const isTheSameResource = urn !== undefined && user.declaredBy?.urn === urn;
    if (user.taken === undefined && (!user.isHeld || isTheSameResource)) continue;
    if (isSameConnection(way, connection)) return true;
    if ((user.taken?.accountId ?? (await idOf(way))) === (accountId ?? (await idOf(connection)))) return true;
  }
  const elsewhere = shared.elsewhere(userName, urn);
  return elsewhere.length > 0 && elsewhere.includes(accountId ?? (await idOf(connection)) ?? "");
}
