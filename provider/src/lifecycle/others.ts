import type { Reach } from "../aws/accounts";
import { isSameConnection } from "../aws/connection";
import type { Run, Whereabouts } from "./run";
import type { Line, SharedRun } from "./shared-run";

/** A resource that has the profile, or that the program declares and no provider has been asked about. */
export type Holder = "resource" | "program";

/**
 * Whether, and by whom, the profile that a resource is about to delete is held by another resource by now: one that was created or adopted in
 * this run, or one that the state holds for a resource which the program declares still. So it is after a resource was
 * renamed without an alias, in the run that adopts the profile and, had that one been cut short, in the next.
 */
export async function otherHolder(
  run: Run,
  shared: SharedRun,
  reach: Reach,
  { userName, connection, accountId }: Whereabouts,
  urn: string | undefined,
): Promise<Holder | undefined> {
  const idOf = (way: Whereabouts["connection"]) => reach(way).id(userName);
  const ownId = async () => accountId ?? (await idOf(connection));
  const ways = run.ways(userName);
  for (const { connection: way, user } of ways) {
    const isTheSameResource = urn !== undefined && user.declaredBy?.urn === urn;
    if (user.taken === undefined && (!user.isHeld || isTheSameResource)) continue;
    if (isSameConnection(way, connection)) return "resource";
    if ((user.taken?.accountId ?? (await idOf(way))) === (await ownId())) return "resource";
  }
  // A resource that was checked says more than its declaration; where none was, the run is about others (--target, --exclude).
  const isChecked = ways.some(({ user }) => user.isChecked);
  const holds = ({ fate, urn: by }: Line) =>
    fate === "taken" || (fate === "held" && (urn === undefined || by !== urn)) || (fate === "declared" && !isChecked);
  for (const line of shared.elsewhere(userName).filter(holds)) {
    if (line.fate !== "declared") {
      if (line.accountId === (await ownId())) return "resource";
    } else if (isSameConnection(line.connection, connection) || (await idOf(line.connection)) === (await ownId())) {
      return "program";
    }
  }
  return undefined;
}

/** Whether the program declares the profile, by what was checked in this run: a user of that name in another account is another one. */
export async function isChecked(
  run: Run,
  reach: Reach,
  { userName, connection, accountId }: Whereabouts,
): Promise<boolean> {
  for (const { connection: way, user } of run.ways(userName)) {
    if (!user.isChecked) continue;
    if (isSameConnection(way, connection)) return true;
    if ((await reach(way).id(userName)) === (accountId ?? (await reach(connection).id(userName)))) return true;
  }
  return false;
}
