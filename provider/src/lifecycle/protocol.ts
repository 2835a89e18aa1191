import type pulumi from "@pulumi/pulumi";
import { Accounts } from "../aws/accounts";
import { type SettingsSource, setting } from "../aws/settings";
import { HASH_PLACEHOLDER } from "../common/contract";
import { WAITING_LINES_APART_MS } from "../common/limits";
import type { Properties } from "../common/values";
import { LoginProfileLifecycle } from "./lifecycle";
import type { Problem } from "./validation";

/** What both front ends do between the engine and the lifecycle. */

/** The lifecycle in the accounts that settings lead to; each setting is read when it is needed. */
export function lifecycleBy(settings: SettingsSource, tell: (line: string) => void): LoginProfileLifecycle {
  const accounts = new Accounts(settings, tell, atMostEvery(WAITING_LINES_APART_MS, tell));
  return new LoginProfileLifecycle(
    accounts.reach,
    {
      hashCost: () => setting(settings, "hashCost"),
      policyCheck: () => setting(settings, "policyCheck"),
      keybase: () => ({ url: setting(settings, "keybaseUrl") }),
    },
    tell,
  );
}

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
function atMostEvery(milliseconds: number, pass: (line: string) => void): (line: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (line) => {
    const now = Date.now();
    if (now - last < milliseconds) return;
    last = now;
    pass(line);
  };
}
