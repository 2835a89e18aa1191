import type pulumi from "@pulumi/pulumi";
import { HASH_PLACEHOLDER } from "../common/contract";
import type { Properties } from "../common/values";
import type { Problem } from "./validation";

/** What both front ends do between the engine and the lifecycle. */

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

/** The engine prints the value of a property that a failure names, secret or not: so no secret one is named. */
export function failure({ property, reason, secret }: Problem): pulumi.dynamic.CheckFailure {
  return { property: secret ? "" : property, reason };
}

/** Passes on a line if none was passed on for so many milliseconds. */
export function atMostEvery(milliseconds: number, pass: (line: string) => void): (line: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (line) => {
    const now = Date.now();
    if (now - last < milliseconds) return;
    last = now;
    pass(line);
  };
}
