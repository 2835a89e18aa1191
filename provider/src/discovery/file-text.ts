import { readFileSync } from "node:fs";
import { decoded } from "../aws/ini-text";
import { LoginProfileError } from "../common/errors";
import { unreadable } from "../users-file/reading";

/** A file as it is read and as messages call it; `-` is the standard input. */
export interface FileText {
  file: string;
  text: string;
}

/**
 * The text of a file in UTF-8 or, as PowerShell writes it, UTF-16.
 *
 * @throws LoginProfileError if it cannot be read, or is no text.
 */
export function textOfFile(path: string): FileText {
  const file = path === "-" ? "<stdin>" : path;
  const text = decoded(bytesOf(path, file));
  if (text === undefined) throw new LoginProfileError(`${file}: this is no text. Save it as UTF-8.`);
  return { file, text };
}

function bytesOf(path: string, file: string): Buffer {
  try {
    return readFileSync(path === "-" ? 0 : path);
  } catch (error) {
    throw new LoginProfileError(`${file}: ${unreadable(error as NodeJS.ErrnoException).message}.`);
  }
}
