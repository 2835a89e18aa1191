import { randomInt } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { type GeneratedPasswordOptions, generatePassword } from "../../../provider/src/passwords/generation.ts";
import { brokenRules, type PasswordPolicy } from "../../../provider/src/passwords/rules.ts";
import { Secret } from "../../../provider/src/passwords/secret.ts";

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const SYMBOLS = "!@#$%^&*()_+-=[]{}|'";
const CONFUSABLE = "0Oo1lI|2Z5S8B'";

const generate = (count: number, options?: GeneratedPasswordOptions) =>
  Array.from({ length: count }, () => generatePassword(options).reveal());

const policy = (minimumLength: number, asked: string): PasswordPolicy => ({
  minimumLength,
  requireUppercase: asked.includes("U"),
  requireLowercase: asked.includes("L"),
  requireNumbers: asked.includes("N"),
  requireSymbols: asked.includes("S"),
  allowUsersToChangePassword: true,
});

/** Holds a password against a policy by counting, without a regular expression or the code under test. */
function complies(password: string, { minimumLength, ...asks }: PasswordPolicy): boolean {
  const count = (kind: string) => [...password].filter((character) => kind.includes(character)).length;
  const counts = [UPPER, LOWER, DIGITS, SYMBOLS].map(count);
  const asked = [asks.requireUppercase, asks.requireLowercase, asks.requireNumbers, asks.requireSymbols];
  return (
    password.length >= minimumLength &&
    password.length <= 128 &&
    counts.reduce((sum, one) => sum + one, 0) === password.length &&
    asked.every((isAsked, kind) => !isAsked || counts[kind] !== 0)
  );
}

/** AWS's default rules: 8 characters, three of the four kinds. */
const compliesWithDefault = (password: string) =>
  ["U", "L", "N", "S"].filter((kind) => complies(password, policy(8, kind))).length >= 3;

const COUNT = 2_000;

describe("a generated password", () => {
  test.each([
    [policy(6, ""), 8],
    [policy(8, ""), 8],
    [policy(8, "U"), 8],
    [policy(8, "L"), 8],
    [policy(8, "N"), 8],
    [policy(8, "S"), 8],
    [policy(8, "UL"), 8],
    [policy(8, "NS"), 8],
    [policy(8, "ULN"), 8],
    [policy(8, "ULNS"), 8],
    [policy(14, "ULNS"), 24],
    [policy(14, "ULNS"), undefined],
    [policy(32, "ULNS"), 8],
    [policy(64, "S"), 24],
    [policy(128, "ULNS"), undefined],
    [policy(6, "ULNS"), 128],
  ])("complies with %j, %s characters asked for", (policy, length) => {
    for (const allowConfusable of [false, true]) {
      const passwords = generate(COUNT, { policy, length, allowConfusable });
      expect(passwords.filter((password) => !complies(password, policy))).toHaveLength(0);
      expect(passwords.filter((password) => brokenRules(policy, new Secret(password)).length > 0)).toHaveLength(0);
      expect(new Set(passwords).size).toBe(passwords.length);
    }
  });

  test("complies with AWS's default rules, and with those of a policy that cannot be read", () => {
    for (const length of [8, undefined]) {
      const passwords = generate(COUNT, { length });
      expect(passwords.filter((password) => !compliesWithDefault(password))).toHaveLength(0);
      expect(passwords.filter((password) => !complies(password, policy(8, "ULNS")))).toHaveLength(0);
    }
  });

  test.each([
    [{}, 24],
    [{ length: 8 }, 8],
    [{ length: 9 }, 9],
    [{ length: 128 }, 128],
    [{ length: 20, policy: policy(20, "") }, 20],
    [{ length: 20, policy: policy(21, "") }, 21],
    [{ length: 8, policy: policy(6, "") }, 8],
    [{ policy: policy(14, "") }, 24],
    [{ policy: policy(128, "") }, 128],
  ])("with %j has %d characters", (options, length) => {
    expect(new Set(generate(50, options).map((password) => password.length))).toEqual(new Set([length]));
  });

  test.each([0, -8, 4, 7, 129, 1e9, 8.5, Number.NaN, Number.POSITIVE_INFINITY])("of length %d is refused", (length) => {
    expect(() => generatePassword({ length })).toThrow(RangeError);
    expect(() => generatePassword({ length, policy: policy(20, "") })).toThrow(RangeError);
  });

  test("holds no characters that people confuse, unless they are allowed", () => {
    const all = [...UPPER, ...LOWER, ...DIGITS, ...SYMBOLS];
    const clear = all.filter((character) => !CONFUSABLE.includes(character));
    const used = (options: GeneratedPasswordOptions) => [...new Set(generate(COUNT, options).join(""))].sort();
    expect(used({})).toEqual(clear.sort());
    expect(used({ allowConfusable: true })).toEqual(all.sort());
  });

  test("is a secret", () => {
    const password = generatePassword();
    expect(password).toBeInstanceOf(Secret);
    expect(`${password}${JSON.stringify(password)}`).toBe('[secret]"[secret]"');
  });
});

const CLEAR_KINDS = [UPPER, LOWER, DIGITS, SYMBOLS].map((kind) =>
  [...kind].filter((character) => !CONFUSABLE.includes(character)),
);
const CLEAR = CLEAR_KINDS.flat();

/** The value that chi-squared of 68 characters exceeds once in 10 million times if there is no bias. */
const CRITICAL = 145.39;

const LENGTHS = [8, 24];

describe.each(LENGTHS)("of passwords with %d characters", (length) => {
  const passwords = generate(1_200_000 / length / 2, { length });

  test("every character occurs as often as chance has it", () => {
    expect(chiSquared(passwords, length)).toBeLessThan(CRITICAL);
  });

  test("every position has every character as often as chance has it", () => {
    expect(Math.max(...byPosition(passwords, length))).toBeLessThan(CRITICAL);
  });

  test("the test of characters finds random bytes that were brought into range by a remainder", () => {
    const biased = fake(passwords.length, length, () => CLEAR[randomInt(256) % CLEAR.length]);
    expect(chiSquared(biased, length)).toBeGreaterThan(CRITICAL);
  });

  test("the test of positions finds a character of each kind put in front", () => {
    const inFront = (at: number) => (at < CLEAR_KINDS.length ? pick(CLEAR_KINDS[at] ?? []) : pick(CLEAR));
    expect(Math.max(...byPosition(fake(passwords.length, length, inFront), length))).toBeGreaterThan(CRITICAL);
  });
});

/** Chi-squared of how often each character occurs in a text, or in all of the passwords. */
function chiSquared(passwords: string[], length: number): number {
  const counts = new Map<string, number>();
  let total = 0;
  for (const password of passwords) {
    for (const character of password) counts.set(character, (counts.get(character) ?? 0) + 1);
    total += password.length;
  }
  return CLEAR_KINDS.flatMap((kind, index) => {
    const expected = total * shareOfCharacter(index, length);
    return kind.map((character) => ((counts.get(character) ?? 0) - expected) ** 2 / expected);
  }).reduce((sum, one) => sum + one, 0);
}

function byPosition(passwords: string[], length: number): number[] {
  return Array.from({ length }, (_, at) =>
    chiSquared(
      passwords.map((password) => password[at] ?? ""),
      length,
    ),
  );
}

/**
 * The share of one character of a kind, at any position of all passwords that have every kind:
 * a small kind occurs a little more often than its size, since passwords without it are no passwords.
 */
function shareOfCharacter(kind: number, length: number): number {
  const others = CLEAR_KINDS.map((_, index) => index).filter((index) => index !== kind);
  return covering(others, length - 1) / covering([kind, ...others], length) / CLEAR.length;
}

/** The share of texts of a length that have at least one character of each of some kinds, by inclusion and exclusion. */
function covering([first, ...others]: number[], length: number, left = CLEAR.length): number {
  if (first === undefined) return (left / CLEAR.length) ** length;
  const without = left - (CLEAR_KINDS[first]?.length ?? 0);
  return covering(others, length, left) - covering(others, length, without);
}

/** Passwords of another generator, with all kinds too. */
function fake(count: number, length: number, character: (at: number) => string | undefined): string[] {
  const one = (): string => {
    const text = Array.from({ length }, (_, at) => character(at)).join("");
    return complies(text, policy(8, "ULNS")) ? text : one();
  };
  return Array.from({ length: count }, one);
}

function pick(characters: string[]): string | undefined {
  return characters[randomInt(characters.length)];
}
