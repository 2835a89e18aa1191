import { readFileSync } from "node:fs";
import { decoded } from "../aws/ini-text";
import { LoginProfileError } from "../common/errors";

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
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new LoginProfileError(`${file}: cannot be read: ${REASONS[code] ?? message}.`);
  }
}

const REASONS: Record<string, string> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
};
