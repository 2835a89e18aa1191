import { UNKNOWN } from "../common/unknown";
import { isOfKeybase } from "../recipients/keybase";
import { RECIPIENT_ARGUMENTS, readRecipients } from "../recipients/recipients";
import type { PlacedEntry } from "./entries";
import type { LocatedYaml } from "./located-yaml";
import { asError, byPlace, type PlacedProblem } from "./place";
import { problemsAtCreation } from "./problems";
import { type Reading, read } from "./reading";

/**
 * Reads a users file and finds, beside its mistakes, what a preview of it would end with: keys that nothing can be
 * encrypted to, and users without a password. The stack's configuration and the state, which may have one, are not looked
 * at, and Keybase is not asked.
 */
export async function judged(path: string): Promise<Reading> {
  const reading = read(path);
  const { yaml, entries, problems } = reading;
  if (yaml === undefined || entries.length === 0) return reading;
  const found = [...problemsAtCreation(yaml, entries), ...(await problemsOfKeys(yaml, entries))];
  return { ...reading, problems: byPlace([...problems, ...found]) };
}

async function problemsOfKeys(yaml: LocatedYaml, entries: PlacedEntry[]): Promise<PlacedProblem[]> {
  const problems: PlacedProblem[] = [];
  for (const { user, path } of entries) {
    const keys = Object.fromEntries(RECIPIENT_ARGUMENTS.map((name) => [name, withoutKeybase(user[name])]));
    const read = await readRecipients(keys);
    if (read === undefined || !("problems" in read)) continue;
    for (const { property, reason } of read.problems) {
      problems.push(asError({ ...yaml.place([...path, property], "key"), message: reason }));
    }
  }
  return problems;
}

/** Keys that are had from Keybase are not known here. */
function withoutKeybase(keys: string | string[] | undefined): unknown {
  const known = (key: string) => (isOfKeybase(key.trim()) ? UNKNOWN : key);
  if (keys === undefined) return undefined;
  return typeof keys === "string" ? known(keys) : keys.map(known);
}
