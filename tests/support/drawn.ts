/** Long files: `make test` runs a part of their tests, drawn anew each time; `make soak` runs all of them. */
import { createHash } from "node:crypto";
import { test } from "@jest/globals";

/** Draws the tests; printed, so that a run can be repeated. */
const SEED = process.env.SEED ?? String(Date.now() % 1_000_000);
/** Whether all tests are run, and each with all that it has. */
export const IS_WHOLE = process.env.WHOLE === "true";

type Each = <Row = any>(
  table: readonly Row[],
) => (name: string, body: (...args: any[]) => unknown, timeout?: number) => void;

/** Takes the place of jest's `test` in a file; about the given share of its tests is run. */
export function drawnTest(
  share: number,
): ((name: string, body: () => unknown, timeout?: number) => void) & { each: Each } {
  const isDrawn = drawing(share, "tests of this file");
  const drawn = (name: string, body: () => unknown, timeout?: number) => {
    if (isDrawn()) test(name, body as () => void, timeout);
  };
  const each: Each = (table) => (name, body, timeout) => {
    const rows = table.filter(isDrawn);
    if (rows.length > 0) test.each(rows as never)(name, body as never, timeout);
  };
  return Object.assign(drawn, { each });
}

/** About the given share of what a file's tests are made of. */
export function drawnShare<Item>(items: Item[], share: number, what: string): Item[] {
  return items.filter(drawing(share, what));
}

/** Tells of each in its turn whether it is drawn. */
function drawing(share: number, what: string): () => boolean {
  console.log(IS_WHOLE ? `All ${what}` : `A share of ${share} of the ${what}, SEED=${SEED}; all: make soak`);
  let count = 0;
  const [start = 0] = createHash("sha256").update(SEED).digest();
  // At even distances, so that no group of tests is left without one: its hooks alone would be an error.
  const drawnBefore = (number: number) => Math.floor(number * share + start / 256);
  return () => {
    const number = count++;
    return IS_WHOLE || drawnBefore(number + 1) > drawnBefore(number);
  };
}

/** One of the given, drawn; in a whole run all of them, and those that no other run takes. */
export function drawnOne<Item>(items: Item[], inWholeRuns: () => Item[]): Item[] {
  if (IS_WHOLE) return [...items, ...inWholeRuns()];
  console.log(`One of ${items.length} is drawn, SEED=${SEED}; all: make soak`);
  const [first = 0] = createHash("sha256").update(SEED).digest();
  return items.filter((_, index) => index === first % items.length);
}
