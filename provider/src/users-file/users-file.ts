/**
 * The reader of users files: YAML or JSON files that list the people who sign in to the AWS console.
 *
 * @packageDocumentation
 */
import { printable } from "../common/characters";
import { profileAlone, type UserEntry } from "./entries";
import { read } from "./reading";

export type { Secret } from "../passwords/secret";
export type { UserEntry };
export { profileAlone };

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
  return `${printable(file)}:${line}:${column}: ${severity === "warning" ? "warning: " : ""}${message}`;
}

/**
 * Reads a users file: our own form (`users:` and a list of entries), or entries as
 * `aws iam update-login-profile --generate-cli-skeleton` prints them, one or a list of them.
 *
 * @param path The file. It may be YAML or JSON, whatever its name, in UTF-8 or, with a byte order mark, UTF-16.
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
  const { file, entries, problems } = read(path);
  return {
    file,
    users: entries.map(({ user }) => user),
    problems: problems.map((problem) => ({ file, ...problem })),
  };
}
