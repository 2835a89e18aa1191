import { type Dirent, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { asError, type PlacedProblem } from "./place";
import { nameOf, unreadable } from "./reading";

/** In words, for those who use the command. */
export const WHAT_A_FOLDER_STANDS_FOR =
  "a folder stands for the *.yaml, *.yml and *.json files in it and below, without hidden ones, node_modules, and files of " +
  "Pulumi, npm and TypeScript (Pulumi*.yaml, package*.json, tsconfig*.json)";

const ENDING = /\.(ya?ml|json)$/i;
const NOT_MEANT = /^\.|^node_modules$|^Pulumi.*\.ya?ml$|^(package|tsconfig).*\.json$/;

/** The files that paths stand for, each once, and folders without any. */
export function filesOf(paths: string[]): { files: string[]; problems: (PlacedProblem & { file: string })[] } {
  const files = new Map<string, string>();
  const problems: (PlacedProblem & { file: string })[] = [];
  for (const path of paths) {
    try {
      const found = path !== "-" && isFolder(path) ? filesBelow(path) : [path];
      for (const file of found) files.set(file === "-" ? file : resolve(file), file);
      if (found.length === 0) problems.push({ file: nameOf(path), ...asError({ line: 1, column: 1, message: NONE }) });
    } catch (error) {
      problems.push({ file: nameOf(path), ...unreadable(error as NodeJS.ErrnoException) });
    }
  }
  return { files: [...files.values()], problems };
}

const NONE = "there is no users file in this folder: no *.yaml, *.yml or *.json";

/** In the order of their names, so that two runs tell the same. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_MEANT.test(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      // A link to a folder may lead round in a circle.
      if (entry.isDirectory()) return filesBelow(path);
      return ENDING.test(entry.name) && isFile(entry, path) ? [path] : [];
    });
}

function isFile(entry: Dirent, path: string): boolean {
  return entry.isFile() || (entry.isSymbolicLink() && !isFolder(path));
}

/** What is not there at all is told by him who reads it. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
