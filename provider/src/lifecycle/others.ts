import type { Reach } from "../aws/accounts";
import { isSameConnection } from "../aws/connection";
import type { Run, Whereabouts } from "./run";
import type { Line, SharedRun } from "./shared-run";

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
  const ownId = async () => accountId ?? (await idOf(connection));
  const ways = run.ways(userName);
  for (const { connection: way, user } of ways) {
    const isTheSameResource = urn !== undefined && user.declaredBy?.urn === urn;
    if (user.taken === undefined && (!user.isHeld || isTheSameResource)) continue;
    if (isSameConnection(way, connection)) return true;
    if ((user.taken?.accountId ?? (await idOf(way))) === (await ownId())) return true;
  }
  // A resource that was checked says more than its declaration; where none was, the run is about others (--target, --exclude).
  const isChecked = ways.some(({ user }) => user.isChecked);
  const holds = ({ fate, urn: by }: Line) =>
    fate === "taken" || (fate === "held" && (urn === undefined || by !== urn)) || (fate === "declared" && !isChecked);
  for (const line of shared.elsewhere(userName).filter(holds)) {
    if (line.fate === "declared" && isSameConnection(line.connection, connection)) return true;
    const id = line.fate === "declared" ? await idOf(line.connection) : line.accountId;
    if (id === (await ownId())) return true;
  }
  return false;
}
