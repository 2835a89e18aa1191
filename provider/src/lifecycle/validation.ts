import { connectionProblems } from "../aws/connection";
import { GENERATED_LENGTH, PASSWORD, USER_NAME } from "../common/limits";
import { nearest } from "../common/nearest";
import type { Problem } from "../common/problem";
import { UNKNOWN } from "../common/unknown";
import { isMap, kindOf } from "../common/values";
import { hasRecipients, RECIPIENT_ARGUMENTS, recipientProblems } from "../recipients/recipients";

/** The arguments that say something of a generated password, beside its recipients. */
const GENERATION_ARGUMENTS = ["passwordLength", "allowConfusableCharacters", "rotationTriggers"] as const;

/** The arguments of a login profile, as a program writes them. */
export const ARGUMENTS = [
  "userName",
  "password",
  "passwordResetRequired",
  "adoptExisting",
  "connection",
  ...RECIPIENT_ARGUMENTS,
  ...GENERATION_ARGUMENTS,
] as const;

/** Names that stand in the state beside the arguments; a program cannot set them. */
const OUTPUTS = [
  "passwordHash",
  "passwordVersion",
  "passwordResetPending",
  "createDate",
  "accountId",
  "encryptedPassword",
  "keyFingerprint",
];

/** Finds every mistake in a resource's arguments. A value not known yet is no mistake. */
export function validate(args: Record<string, unknown>): Problem[] {
  return [
    ...unknownArguments(args),
    ...userNameProblems(args.userName),
    ...passwordProblems(args.password),
    ...booleanProblems("passwordResetRequired", args.passwordResetRequired),
    ...booleanProblems("adoptExisting", args.adoptExisting),
    // Somebody may have written a secret into it, so its value is not shown.
    ...connectionProblems(args.connection).map((reason) => ({ property: "connection", reason, secret: true })),
    ...recipientProblems(args),
    ...generationProblems(args),
  ];
}

/** Empty, it would stand for the caller. */
function userNameProblems(value: unknown): Problem[] {
  const problem = (reason: string) => [{ property: "userName", reason, secret: false }];
  if (value === UNKNOWN) return [];
  if (value === undefined) return problem("userName is required: give the name of an IAM user.");
  if (typeof value !== "string") return problem(`userName must be a string, not ${kindOf(value)}.`);
  if (value === "") {
    return problem(
      "userName must not be empty: IAM would change the password of whoever makes the call. Give the name of an IAM user.",
    );
  }
  return textProblems("userName", value, USER_NAME).flatMap(problem);
}

/** The account's password policy comes on top. */
function passwordProblems(value: unknown): Problem[] {
  const problem = (reason: string) => [{ property: "password", reason, secret: true }];
  if (value === undefined || value === UNKNOWN) return [];
  if (typeof value !== "string") return problem(`password must be a string, not ${kindOf(value)}.`);
  if (value === "") {
    return problem(
      `password must not be empty. Give ${PASSWORD.least} to ${PASSWORD.most} characters, or leave password out to keep the one in IAM.`,
    );
  }
  return textProblems("password", value, PASSWORD).flatMap(problem);
}

interface TextLimits {
  most: number;
  allowed: string;
  forbidden: RegExp;
}

/** Too many characters, or one that is not allowed. */
function textProblems(name: string, text: string, { most, allowed, forbidden }: TextLimits): string[] {
  const problems: string[] = [];
  const { length } = [...text];
  if (length > most) problems.push(`${name} must have at most ${most} characters, this one has ${length}. Shorten it.`);
  const bad = firstForbidden(text, forbidden);
  if (bad !== undefined) problems.push(`${name} must not contain ${bad}. Use only ${allowed}.`);
  return problems;
}

/** What is said of a generated password must be possible, and there must be one. */
function generationProblems(args: Record<string, unknown>): Problem[] {
  const { password, passwordLength: length, rotationTriggers: triggers } = args;
  const problems = booleanProblems("allowConfusableCharacters", args.allowConfusableCharacters);
  const problem = (property: string, reason: string) =>
    problems.push({ property, reason: `${property} ${reason}`, secret: property !== "passwordLength" });
  const { least, most } = GENERATED_LENGTH;
  const isPossible = Number.isInteger(length) && Number(length) >= least && Number(length) <= most;
  if (length !== undefined && length !== UNKNOWN && !isPossible) {
    const found = typeof length === "number" ? `${length}` : kindOf(length);
    problem("passwordLength", `must be a whole number from ${least} to ${most}, not ${found}.`);
  }
  if (triggers !== undefined && triggers !== UNKNOWN && !isMap(triggers)) {
    problem("rotationTriggers", `must be a map, such as { quarter: "2026-Q4" }, not ${kindOf(triggers)}.`);
  }
  if (hasRecipients(args)) {
    if (password !== undefined) {
      const recipient = RECIPIENT_ARGUMENTS.find((argument) => args[argument] !== undefined);
      problem(
        "password",
        `cannot be given beside ${recipient}: a recipient is for a generated password. Remove one of them.`,
      );
    }
    return problems;
  }
  for (const property of GENERATION_ARGUMENTS) {
    if (args[property] === undefined) continue;
    problem(
      property,
      "is for a generated password, which needs a recipient: give pgpKey or ageRecipients, or remove it.",
    );
  }
  return problems;
}

function booleanProblems(property: string, value: unknown): Problem[] {
  if (value === undefined || value === UNKNOWN || typeof value === "boolean") return [];
  const advice = typeof value === "string" ? " A setting of the stack is read as one by config.getBoolean." : "";
  return [{ property, reason: `${property} must be true or false, not ${kindOf(value)}.${advice}`, secret: false }];
}

/** Any unknown argument may be a misspelt password, so each is treated as one. */
function unknownArguments(args: Record<string, unknown>): Problem[] {
  return Object.keys(args)
    .filter((name) => !(ARGUMENTS as readonly string[]).includes(name))
    .map((property) => ({ property, secret: true, reason: unknownArgument(property) }));
}

function unknownArgument(name: string): string {
  if (OUTPUTS.includes(name)) return `${name} is an output of LoginProfile and cannot be set. Remove it.`;
  const meant = nearest(name, ARGUMENTS);
  const advice = meant === undefined ? `Remove it, or use one of ${ARGUMENTS.join(", ")}.` : `Did you mean ${meant}?`;
  return `${name} is not an argument of LoginProfile. ${advice}`;
}

/** The first forbidden character by position (from 1) and code point: enough to find it, without its neighbours. */
function firstForbidden(text: string, forbidden: RegExp): string | undefined {
  const characters = [...text];
  const index = characters.findIndex((character) => forbidden.test(character));
  const character = characters[index];
  if (character === undefined) return undefined;
  const codePoint = character.codePointAt(0) as number;
  return `the character at position ${index + 1} (U+${codePoint.toString(16).toUpperCase().padStart(4, "0")})`;
}
