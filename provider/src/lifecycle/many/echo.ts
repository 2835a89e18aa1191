import { type Facts, factsIn } from "../../common/contract";
import { isMap, type Properties } from "../../common/values";
import { withoutEcho } from "../echo";
import type { DeclaredProfiles } from "./model";

/**
 * The arguments of many profiles as the program wrote them, and what it says beside them. Under `ignoreChanges` what an
 * earlier check returned stands in their place: of one profile or of all, its version; of all passwords, the hashes.
 */
export function withoutEchoes(
  args: Properties,
  previous: Partial<DeclaredProfiles>,
): { args: Properties; facts: Facts } {
  const { passwordHashes, scope, profiles, ...rest } = args;
  const facts = factsIn(passwordHashes);
  const areKept = passwordHashes !== undefined && passwordHashes === previous.passwordHashes;
  if (facts === undefined && passwordHashes !== undefined && !areKept) Object.assign(rest, { passwordHashes });
  if (scope !== undefined && scope !== previous.scope) Object.assign(rest, { scope });
  const own = isMap(profiles)
    ? Object.fromEntries(Object.entries(profiles).map(([name, profile]) => [name, withoutEchoOf(name, profile)]))
    : profiles;
  return { args: own === undefined ? rest : { ...rest, profiles: own }, facts: facts ?? {} };

  function withoutEchoOf(userName: string, profile: unknown): unknown {
    const before: Properties | undefined = Object.hasOwn(previous.profiles ?? {}, userName)
      ? { ...previous.profiles?.[userName] }
      : undefined;
    if (!isMap(profile) || before === undefined) return profile;
    const { passwordVersion } = before;
    return withoutEcho(areKept ? { ...profile, passwordVersion } : profile, before).args;
  }
}
