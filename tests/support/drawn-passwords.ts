/** Passwords for the tests that search for them: over all that IAM allows. */
import fc from "fast-check";

/** Draws the passwords; set LEAKS_SEED for others. Printed, so that a run can be repeated. */
export const SEED = Number(process.env.LEAKS_SEED ?? Date.now() % 1_000_000);

const character = fc.constantFrom(
  ...["\t", "\n", "\r"],
  ...Array.from({ length: 0xff - 0x20 + 1 }, (_, offset) => String.fromCharCode(0x20 + offset)),
);

/** Written alike in every format. */
const plain = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

export interface Pair {
  first: string;
  second: string;
}

/** So many pairs, of at least so many characters, and none that is another text of the test. */
export function drawnPasswords(
  count: number,
  seed: number,
  { least = 1, others = [], isPlain }: { least?: number; others?: string[]; isPlain?: boolean },
): Pair[] {
  // Not fc.string, which mixes in words of JavaScript: such a word turns up in messages by chance.
  const password = fc
    .array(isPlain ? plain : character, { minLength: least, maxLength: 128, size: "max" })
    .map((characters) => characters.join(""))
    .filter((text) => !others.includes(text));
  return fc.sample(fc.record({ first: password, second: password }), { numRuns: count, seed });
}
