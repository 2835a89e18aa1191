import { type Facts, factsIn } from "../common/contract";
import type { Properties } from "../common/values";

/**
 * The arguments as the program wrote them, and what it says beside them. The placeholder that keeps the hash secret stands
 * there too or, under `ignoreChanges`, what an earlier check returned (the hash, or the version that a preview names): then
 * the user wants the password kept, whatever the program says.
 */
export function withoutEcho(args: Properties, previous: Properties): { args: Properties; facts: Facts } {
  const { passwordHash, passwordVersion, ...rest } = args;
  const isVersionKept = passwordVersion !== undefined && passwordVersion === previous.passwordVersion;
  if (passwordVersion !== undefined && !isVersionKept) Object.assign(rest, { passwordVersion });
  const facts = factsIn(passwordHash);
  const isHashKept = passwordHash !== undefined && passwordHash === previous.passwordHash;
  if (facts === undefined && passwordHash !== undefined && !isHashKept) Object.assign(rest, { passwordHash });
  if (isVersionKept || isHashKept) return { args: kept(rest, previous), facts: facts ?? {} };
  return { args: rest, facts: facts ?? {} };
}

function kept(
  { password: _, rotationTriggers: __, ...rest }: Properties,
  { rotationTriggers }: Properties,
): Properties {
  return rotationTriggers === undefined ? rest : { ...rest, rotationTriggers };
}
