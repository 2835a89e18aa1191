import { HASH_PLACEHOLDER } from "../common/contract";
import type { Properties } from "../common/values";

/**
 * The arguments as the program wrote them. Beside them stands the placeholder that keeps the
 * hash secret, or, under `ignoreChanges`, what an earlier check returned: then the user wants
 * the password kept, whatever the program says.
 */
export function withoutEcho(args: Properties, previous: Properties): Properties {
  const { passwordHash, passwordVersion, ...rest } = args;
  if (passwordVersion !== undefined && passwordVersion !== previous.passwordVersion) {
    Object.assign(rest, { passwordVersion });
  }
  if (passwordHash === HASH_PLACEHOLDER) return rest;
  if (passwordHash !== undefined && passwordHash !== previous.passwordHash) return { ...rest, passwordHash };
  const { password: _, ...kept } = rest;
  return passwordHash === undefined ? rest : kept;
}
