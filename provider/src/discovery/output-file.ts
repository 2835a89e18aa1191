/** Where a command's result goes: a file, as a whole or not at all, or the standard output. */
import { chmodSync, existsSync, realpathSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { LoginProfileError } from "../common/errors";

export interface OutputOptions {
  /** The path; undefined for the standard output. */
  output?: string;
  /** Whether a file that is there may be replaced. */
  force?: boolean;
}

/**
 * Refuses a file that could not be written, before any work is done for it.
 *
 * @throws LoginProfileError if it is there and is not to be replaced, or is a folder, or is in none.
 */
export function refuseUnwritable({ output, force }: OutputOptions): void {
  if (output === undefined) return;
  const found = statOf(output);
  if (found?.isDirectory()) throw new LoginProfileError(`${output} is a folder: name a file in it (--output).`);
  if (found?.isFile() && force !== true) {
    throw new LoginProfileError(`${output} is there already. Name another file (--output), or replace it (--force).`);
  }
  if (found === undefined && !existsSync(dirname(output))) {
    throw new LoginProfileError(`${output} cannot be written: there is no folder ${dirname(output)}.`);
  }
}

/** Writes the result, over a file that is there only if that is wished. */
export function writeOutput(text: string, options: OutputOptions): void {
  const { output } = options;
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  // Another process may have made it meanwhile.
  refuseUnwritable(options);
  const found = statOf(output);
  try {
    if (found !== undefined && !found.isFile()) writeFileSync(output, text);
    else replace(found === undefined ? output : realpathSync(output), text, found);
  } catch (error) {
    throw new LoginProfileError(`${output} cannot be written: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

/** A reader sees the old content or the new one. The mode is that of the file before, else what the shell's umask says. */
function replace(path: string, text: string, before: Stats | undefined): void {
  const fresh = `${path}.${process.pid}.new`;
  try {
    writeFileSync(fresh, text, { flag: "wx" });
    if (before !== undefined) chmodSync(fresh, before.mode & 0o777);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** Undefined where there is nothing. */
function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
