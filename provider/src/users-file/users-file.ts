/**
 * The reader of users files: YAML or JSON files that list the people who sign in to the AWS console.
 *
 * @packageDocumentation
 */
import { readFileSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import { given, type Properties } from "../common/values";
import { ARGUMENTS, USER_ARGUMENTS } from "../lifecycle/arguments";
import { Secret } from "../passwords/secret";
import { hasRecipients } from "../recipients/recipients";
import { readYaml } from "./located-yaml";
import { problemsOf } from "./problems";

export type { Secret } from "../passwords/secret";

/** What a users file says of one person; the names are those of the arguments of `ConsoleUser`. */
export interface UserEntry {
  /** The IAM user. */
  name: string;
  /** Whether the IAM user exists already and is not managed here. */
  existing: boolean;
  path?: string;
  tags?: Record<string, string>;
  permissionsBoundary?: string;
  forceDestroy?: boolean;
  groups?: string[];
  allowPasswordChange?: boolean;
  /** Whether a login profile that exists already is taken over. */
  adoptExisting: boolean;
  /**
   * True unless the file says otherwise. Undefined where the entry says nothing of it and sets no password: one of the AWS
   * CLI, or one without `randomPassword` and keys.
   */
  passwordResetRequired?: boolean;
  randomPassword?: boolean;
  /** A password that stands in the file in clear. It shows itself to nobody but him who calls `reveal()`. */
  password?: Secret;
  pgpKey?: string | string[];
  ageRecipients?: string | string[];
  passwordLength?: number;
  allowConfusableCharacters?: boolean;
  rotationTriggers?: Record<string, unknown>;
}

/** A mistake in a users file, or something its owner should know. */
export interface FileProblem {
  /** The file as people call it: relative to the working directory, if it is below. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  severity: "error" | "warning";
  /** What is wrong and what to do. Never a password. */
  message: string;
}

/** A users file that is not as it should be. In a Pulumi program it ends the run with its message alone. */
export class UsersFileError extends Error {
  override readonly name = "UsersFileError";
  /** By this Pulumi's SDK knows a `RunError`, also one of another copy of itself: no stack is shown. */
  readonly __pulumiRunError = true;

  constructor(readonly problems: FileProblem[]) {
    super(problems.map(describe).join("\n"));
  }
}

/** A problem as a line: `users.yaml:3:5: …`. */
export function describe({ file, line, column, severity, message }: FileProblem): string {
  return `${file}:${line}:${column}: ${severity === "warning" ? "warning: " : ""}${message}`;
}

/**
 * Reads a users file: our own form (`users:` and a list of entries), or entries as
 * `aws iam update-login-profile --generate-cli-skeleton` prints them, one or a list of them.
 *
 * @param path The file. It may be YAML or JSON, whatever its name.
 * @returns The entries, and the warnings: of each password that stands in the file in clear.
 * @throws UsersFileError with every mistake in it, or because it cannot be read.
 */
export function readUsersFile(path: string): { users: UserEntry[]; warnings: FileProblem[] } {
  const { users, problems } = checkUsersFile(path);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new UsersFileError(errors);
  return { users, warnings: problems };
}

/** As {@link readUsersFile}, but mistakes are returned. `-` reads the standard input. */
export function checkUsersFile(path: string): { file: string; users: UserEntry[]; problems: FileProblem[] } {
  const file = path === "-" ? "<stdin>" : nameOf(path);
  let text: string;
  try {
    text = readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    const message = `cannot be read: ${reasonOf(error as NodeJS.ErrnoException)}`;
    return { file, users: [], problems: [{ file, line: 1, column: 1, severity: "error", message }] };
  }
  const yaml = readYaml(text);
  const problems = yaml.errors.length > 0 ? yaml.errors.map(asError) : problemsOf(yaml);
  const isGood = problems.every(({ severity }) => severity === "warning");
  return {
    file,
    users: isGood ? entriesOf(yaml.value) : [],
    problems: problems.map((problem) => ({ file, ...problem })),
  };
}

function asError<T>(problem: T): T & { severity: "error" } {
  return { ...problem, severity: "error" };
}

function nameOf(path: string): string {
  const fromHere = relative("", path);
  return fromHere.startsWith("..") || isAbsolute(fromHere) ? path : fromHere;
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  return code === "EACCES" ? "permission denied" : message;
}

/** The entries of a file that has been found to be good. */
function entriesOf(value: unknown): UserEntry[] {
  const list = Array.isArray(value) ? value : ((value as Properties).users ?? [value]);
  return (list as Properties[]).map((entry) => ("UserName" in entry ? entryOfCli(entry) : entryOf(entry)));
}

function entryOf({ password, ...entry }: Properties): UserEntry {
  const setsPassword = entry.randomPassword !== false || password !== undefined || hasRecipients(entry);
  return {
    existing: USER_ARGUMENTS.existing.usual,
    adoptExisting: ARGUMENTS.adoptExisting.usual,
    ...(setsPassword ? { passwordResetRequired: USER_ARGUMENTS.passwordResetRequired.usual } : {}),
    ...(entry as Partial<UserEntry> & { name: string }),
    ...secret(password),
  };
}

/** A script that updates login profiles works on users and profiles that are there, and on nothing else of them. */
function entryOfCli({ UserName, Password, PasswordResetRequired }: Properties): UserEntry {
  return {
    name: UserName as string,
    existing: true,
    adoptExisting: true,
    allowPasswordChange: false,
    randomPassword: false,
    ...given({ passwordResetRequired: PasswordResetRequired as boolean | undefined }),
    ...secret(Password),
  };
}

function secret(password: unknown): { password?: Secret } {
  return given({ password: password === undefined ? undefined : new Secret(password as string) });
}
