import { randomInt } from "node:crypto";
import { GENERATED_LENGTH, SYMBOLS } from "../common/limits";
import type { PasswordPolicy } from "./rules";
import { Secret } from "./secret";

export interface GeneratedPasswordOptions {
  /** Characters, 8 to 128; more if the policy asks for more. Default 24. */
  length?: number | undefined;
  /** The account's password policy, where it is known. */
  policy?: PasswordPolicy | undefined;
  /** Whether characters that people take for one another may occur. Default false. */
  allowConfusable?: boolean | undefined;
}

/**
 * A new random password that complies with the account's password policy, be it known or not.
 *
 * A policy can ask for a length and for each of four kinds of characters. Every generated password
 * has all four, so nothing but the length hangs on the policy, and a policy that cannot be read or
 * that changes between preview and update does no harm. AWS's default rules (8 characters, three of
 * the four kinds) are kept too; that the password must not equal the account's name or e-mail address
 * is left to chance, which is below 1 in 2^47.
 *
 * Whole passwords are drawn, and drawn again until one has all four kinds. So every complying
 * password is equally likely, and no position tells anything about the character in it. What the
 * rule costs is small: of 24 characters 84 % of the draws comply, which takes 0.3 bits from 146; of
 * 8 characters 36 %, 1.5 bits from 49.
 *
 * @throws RangeError if the length is no whole number from 8 to 128.
 */
export function generatePassword(options: GeneratedPasswordOptions = {}): Secret {
  const alphabet = options.allowConfusable === true ? ALL : CLEAR;
  const draw = Buffer.alloc(passwordLength(options));
  try {
    do {
      for (let at = 0; at < draw.length; at++) draw[at] = alphabet.charCodeAt(randomInt(alphabet.length));
    } while (!hasEveryKind(draw));
    return new Secret(draw.toString("latin1"));
  } finally {
    draw.fill(0);
  }
}

/** What the policy asks for beats what was asked for: a longer password serves both. */
function passwordLength({ length = GENERATED_LENGTH.usual, policy }: GeneratedPasswordOptions): number {
  const { least, most } = GENERATED_LENGTH;
  if (!Number.isInteger(length) || length < least || length > most)
    throw new RangeError(`A password can be generated with ${least} to ${most} characters, not ${length}.`);
  return Math.max(length, policy?.minimumLength ?? 0);
}

const ALL = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${SYMBOLS}`;

/** Look alike in one font or another; the apostrophe is turned into a curly one by programs that mean well. */
const CONFUSABLE = /[0Oo1lI|2Z5S8B']/g;

const CLEAR = ALL.replace(CONFUSABLE, "");

const KIND_COUNT = 4;

function hasEveryKind(draw: Buffer): boolean {
  return new Set(draw.map(kindOf)).size === KIND_COUNT;
}

function kindOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return 0;
  if (code >= 0x41 && code <= 0x5a) return 1;
  if (code >= 0x61 && code <= 0x7a) return 2;
  return 3;
}
