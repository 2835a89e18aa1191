import { isDeepStrictEqual } from "node:util";
import { connectionProblems } from "../aws/connection";
import { codePoint } from "../common/characters";
import { PASSWORD } from "../common/limits";
import { nearest } from "../common/nearest";
import type { Problem } from "../common/problem";
import { UNKNOWN } from "../common/unknown";
import { isMap, kindOf, type Properties } from "../common/values";
import { hasRecipients, RECIPIENT_ARGUMENTS, recipientProblems } from "../recipients/recipients";
import { ARGUMENTS, type Argument, argumentsThat } from "./arguments";

const NAMES = Object.keys(ARGUMENTS) as (keyof typeof ARGUMENTS)[];
const GENERATION_ARGUMENTS = argumentsThat("generates", ARGUMENTS);

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

/**
 * Finds every mistake in a resource's arguments. A value not known yet is no mistake. `generated` is what is kept of a
 * generated password: its recipients never stand in the state, so under `ignoreChanges` the engine takes them away.
 */
export function validate(args: Properties, generated?: { rotationTriggers?: Properties }): Problem[] {
  return [
    ...unknownArguments(args),
    ...NAMES.flatMap((name) => argumentProblems(name, ARGUMENTS[name], args[name])),
    ...recipientProblems(args),
    ...generationProblems(args, generated),
  ];
}

/** What is missing where there is no login profile yet, or where the one that is there is replaced. */
export function creationProblems(args: Properties, isReplaced = false): Problem[] {
  if (args.password !== undefined || hasRecipients(args)) return [];
  if (isReplaced) return [problem("password", PASSWORD_NEEDED_AGAIN)];
  return args.adoptExisting ? [] : [problem("password", PASSWORD_NEEDED)];
}

const PASSWORD_NEEDED =
  "password is needed to create a login profile: give one, or a recipient for a generated one (pgpKey or ageRecipients), or " +
  "set adoptExisting to true to take over a profile that exists.";
const PASSWORD_NEEDED_AGAIN =
  "password is needed to create the login profile again, for it is about to be replaced and the one in IAM is lost with it. " +
  "Give one, and take it out of ignoreChanges if it stands there, or give a recipient for a generated one.";

/** The mistakes in the value of one argument. */
export function argumentProblems(name: string, argument: Argument, value: unknown): Problem[] {
  if (value === UNKNOWN) return [];
  if (value === undefined) {
    return argument.required ? [problem(name, `${name} is required: give the name of an IAM user.`)] : [];
  }
  const look = KINDS[argument.kind as keyof typeof KINDS];
  return look(name, value, argument.limits ?? {}).map((reason) => problem(name, reason));
}

function problem(property: string, reason: string): Problem {
  return { property, reason, secret: (ARGUMENTS as Record<string, Argument>)[property]?.secret !== undefined };
}

type Limits = NonNullable<Argument["limits"]>;

const KINDS: Record<
  (typeof ARGUMENTS)[keyof typeof ARGUMENTS]["kind"],
  (name: string, value: unknown, limits: Limits) => string[]
> = {
  text: textProblems,
  flag(name, value) {
    const advice = typeof value === "string" ? " A setting of the stack is read as one by config.getBoolean." : "";
    return typeof value === "boolean" ? [] : [`${name} must be true or false, not ${kindOf(value)}.${advice}`];
  },
  count(name, value, { least = 0, most = 0 }) {
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return [];
    const found = typeof value === "number" ? value : kindOf(value);
    return [`${name} must be a whole number from ${least} to ${most}, not ${found}.`];
  },
  map: (name, value) =>
    isMap(value) ? [] : [`${name} must be a map, such as { quarter: "2026-Q4" }, not ${kindOf(value)}.`],
  connection: (_, value) => connectionProblems(value),
  // Looked at together.
  keys: () => [],
};

/** What an empty text would mean, and what to do. */
const EMPTY: Record<string, string> = {
  userName: ": IAM would change the password of whoever makes the call. Give the name of an IAM user.",
  password: `. Give ${PASSWORD.least} to ${PASSWORD.most} characters, or leave password out to keep the one in IAM.`,
};

/** What IAM's API accepts. The account's password policy comes on top. */
function textProblems(name: string, value: unknown, { most = 0, allowed, forbidden }: Limits): string[] {
  if (typeof value !== "string") return [`${name} must be a string, not ${kindOf(value)}.`];
  if (value === "") return [`${name} must not be empty${EMPTY[name]}`];
  const problems: string[] = [];
  const { length } = [...value];
  if (length > most) problems.push(`${name} must have at most ${most} characters, this one has ${length}. Shorten it.`);
  const bad = forbidden && firstForbidden(value, forbidden);
  if (bad !== undefined) problems.push(`${name} must not contain ${bad}. Use only ${allowed}.`);
  return problems;
}

/** A generated password needs a recipient, and is the only one. */
function generationProblems(args: Properties, generated?: { rotationTriggers?: Properties }): Problem[] {
  const recipient = RECIPIENT_ARGUMENTS.find((argument) => args[argument] !== undefined);
  const advice = "is for a generated password, which needs a recipient: give pgpKey or ageRecipients, or remove it.";
  if (recipient === undefined && generated !== undefined && args.password === undefined) {
    const isKept = isDeepStrictEqual(generated.rotationTriggers ?? {}, args.rotationTriggers ?? {});
    return isKept ? [] : [problem("rotationTriggers", NOBODY_TO_ROTATE_FOR)];
  }
  if (recipient === undefined) {
    return GENERATION_ARGUMENTS.filter((name) => args[name] !== undefined).map((name) =>
      problem(name, `${name} ${advice}`),
    );
  }
  const reason = `password cannot be given beside ${recipient}: a recipient is for a generated password. Remove one of them.`;
  return args.password === undefined ? [] : [problem("password", reason)];
}

const NOBODY_TO_ROTATE_FOR =
  "rotationTriggers ask for another password, which needs a recipient: give pgpKey or ageRecipients, and take it out of " +
  "ignoreChanges if it stands there.";

/** Any unknown argument may be a misspelt password, so each is treated as one. */
function unknownArguments(args: Properties): Problem[] {
  return Object.keys(args)
    .filter((name) => !Object.hasOwn(ARGUMENTS, name))
    .map((property) => ({ property, secret: true, reason: unknownArgument(property) }));
}

function unknownArgument(name: string): string {
  if (OUTPUTS.includes(name)) return `${name} is an output of LoginProfile and cannot be set. Remove it.`;
  const meant = nearest(name, NAMES);
  const advice = meant === undefined ? `Remove it, or use one of ${NAMES.join(", ")}.` : `Did you mean ${meant}?`;
  return `${name} is not an argument of LoginProfile. ${advice}`;
}

/** The first forbidden character by position (from 1) and code point: enough to find it, without its neighbours. */
function firstForbidden(text: string, forbidden: RegExp): string | undefined {
  const characters = [...text];
  const index = characters.findIndex((character) => forbidden.test(character));
  const character = characters[index];
  if (character === undefined) return undefined;
  return `the character at position ${index + 1} (${codePoint(character)})`;
}
