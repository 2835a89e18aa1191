import { readFileSync } from "node:fs";
import { isAbsolute, relative } from "node:path";
import { entriesOf, type PlacedEntry } from "./entries";
import { lookalikes } from "./explanations";
import { type LocatedYaml, readYaml } from "./located-yaml";
import { asError, asWarning, byPlace, type PlacedProblem } from "./place";
import { problemsOf } from "./problems";
import { readText } from "./text";

/** A users file, read: what it says, or what is wrong with it. */
export interface Reading {
  /** The file as people call it: relative to the working directory, if it is below. */
  file: string;
  /** None where there is a mistake. */
  entries: PlacedEntry[];
  /** In the order of the file. */
  problems: PlacedProblem[];
  /** Undefined where the file has no text. */
  yaml?: LocatedYaml;
}

/** Reads a users file; `-` is the standard input. */
export function read(path: string): Reading {
  const file = path === "-" ? "<stdin>" : nameOf(path);
  const refused = (mistake: PlacedProblem) => ({ file, entries: [], problems: [mistake] });
  let bytes: Buffer;
  try {
    bytes = readFileSync(path === "-" ? 0 : path);
  } catch (error) {
    return refused(unreadable(error as NodeJS.ErrnoException));
  }
  const found = readText(bytes);
  if ("mistake" in found) return refused(asError(found.mistake));
  const yaml = readYaml(found.text);
  const problems = yaml.errors.length > 0 ? yaml.errors.map(asError) : problemsOf(yaml);
  const errors = problems.filter(({ severity }) => severity === "error");
  return {
    file,
    yaml,
    entries: errors.length > 0 ? [] : entriesOf(yaml.value),
    problems: byPlace([...problems, ...lookalikes(found.text, errors).map(asWarning)]),
  };
}

/** A path as people call it. */
export function nameOf(path: string): string {
  const fromHere = relative("", path);
  return fromHere.startsWith("..") || isAbsolute(fromHere) ? path : fromHere;
}

/** What cannot be read, at its beginning. */
export function unreadable({ code, message }: NodeJS.ErrnoException): PlacedProblem {
  return asError({ line: 1, column: 1, message: `cannot be read: ${REASONS[code ?? ""] ?? message}` });
}

const REASONS: Record<string, string> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
};
