import { LONGEST_KEY } from "../common/limits";
import type { Problem } from "../common/problem";
import { UNKNOWN } from "../common/unknown";
import type { Secret } from "../passwords/secret";
import { ageProblem, readAgeRecipients } from "./age";
import type { KeybaseSettings } from "./keybase";
import { pgpProblem, readPgpKeys } from "./pgp";
import type { Delivery, Entry, Recipients, RecipientsRead } from "./recipient";

/** The arguments that name recipients; at most one of them may be given. */
export const RECIPIENT_ARGUMENTS = ["pgpKey", "ageRecipients"] as const;

type RecipientArgument = (typeof RECIPIENT_ARGUMENTS)[number];

/** How each argument finds mistakes by looking only, how it is read, and what it is to hold. */
const KINDS: Record<
  RecipientArgument,
  {
    problem(entry: Entry): string | undefined;
    read(entries: Entry[], keybase: KeybaseSettings): Promise<RecipientsRead>;
    example: string;
  }
> = {
  pgpKey: {
    problem: pgpProblem,
    read: readPgpKeys,
    example: "a PGP public key (gpg --export --armor alice@example.com)",
  },
  ageRecipients: { problem: ageProblem, read: readAgeRecipients, example: "an age recipient (age1…)" },
};

/** Whether the arguments name a recipient, though it may not be known yet. */
export function hasRecipients(args: Record<string, unknown>): boolean {
  return RECIPIENT_ARGUMENTS.some((argument) => args[argument] !== undefined);
}

/**
 * The mistakes in `pgpKey` and `ageRecipients` that can be seen without a library, a network or a clock:
 * cheap enough for every run. Values not known yet are no mistakes.
 */
export function recipientProblems(args: Record<string, unknown>): Problem[] {
  if (RECIPIENT_ARGUMENTS.every((argument) => args[argument] !== undefined)) {
    return [
      problemOf(
        "ageRecipients",
        "ageRecipients cannot be given beside pgpKey: one message is delivered. Remove one of them.",
      ),
    ];
  }
  return RECIPIENT_ARGUMENTS.flatMap((argument) => {
    const { entries, problems } = entriesOf(argument, args[argument]);
    const mistakes = entries.map(KINDS[argument].problem).filter((reason) => reason !== undefined);
    return [...problems, ...mistakes].map((reason) => problemOf(argument, reason));
  });
}

/**
 * Reads the recipients in `pgpKey` or `ageRecipients`, and finds whatever would keep a password from
 * reaching them: this may load a library, ask Keybase, and depends on today's date. Only those known
 * already are read. Undefined where none is given.
 */
export async function readRecipients(
  args: Record<string, unknown>,
  keybase: KeybaseSettings = {},
): Promise<{ recipients: Recipients } | { problems: Problem[] } | undefined> {
  const mistakes = recipientProblems(args);
  if (mistakes.length > 0) return { problems: mistakes };
  for (const argument of RECIPIENT_ARGUMENTS) {
    const { entries } = entriesOf(argument, args[argument]);
    if (entries.length === 0) continue;
    const read = await KINDS[argument].read(entries, keybase);
    return "problems" in read ? { problems: read.problems.map((reason) => problemOf(argument, reason)) } : read;
  }
  return undefined;
}

/** Encrypts a password to its recipients. Two calls never give the same text: what one gave has to be kept. */
export async function encryptTo(secret: Secret, recipients: Recipients): Promise<Delivery> {
  return { encryptedPassword: await recipients.encrypt(secret), keyFingerprint: recipients.fingerprint };
}

/** A private key may stand where a public one belongs, so the value is never shown. */
function problemOf(property: RecipientArgument, reason: string): Problem {
  return { property, reason, secret: true };
}

function entriesOf(argument: RecipientArgument, value: unknown): { entries: Entry[]; problems: string[] } {
  const { example } = KINDS[argument];
  if (value === undefined || value === UNKNOWN) return { entries: [], problems: [] };
  const isList = Array.isArray(value);
  const texts: unknown[] = isList ? value : [value];
  if (texts.length === 0) return { entries: [], problems: [`${argument} must not be an empty list. Give ${example}.`] };
  const entries: Entry[] = [];
  const problems: string[] = [];
  texts.forEach((text, index) => {
    const name = isList ? `${argument}[${index}]` : argument;
    if (text === UNKNOWN) return;
    if (typeof text !== "string")
      problems.push(`${name} must be ${example}, as a string${isList ? "" : " or a list of strings"}.`);
    else if (text.trim() === "") problems.push(`${name} must not be empty. Give ${example}.`);
    else if (text.length > LONGEST_KEY)
      problems.push(`${name} has ${text.length} characters, and no key has more than ${LONGEST_KEY}. Give ${example}.`);
    else entries.push({ name, text: text.trim() });
  });
  return { entries, problems };
}
