/**
 * The shared AWS files as people have them, put into the form that the SDK's reader keeps: it drops profiles whose names
 * hold a blank or a letter beyond ASCII, and keys that are not in small letters. All else of the format is left to it.
 */
import { encodingOf } from "../common/encoding";

/** The text of a file in UTF-8 or, as PowerShell and Notepad write it, UTF-16; undefined for what is no text. */
export function decoded(bytes: Uint8Array): string | undefined {
  const encoding = encodingOf(bytes);
  if (encoding === "utf-32le" || encoding === "utf-32be") return undefined;
  const text = new TextDecoder(encoding).decode(bytes);
  return text.includes("\0") ? undefined : text;
}

/** The texts of the config and of the credentials file, so that the reader finds each profile under its name. */
export function readable(config: string, credentials: string): { config: string; credentials: string } {
  const moved: string[] = [];
  const kept: string[] = [];
  let isMoved = false;
  for (const line of lines(credentials)) {
    const name = headerOf(line);
    if (name !== undefined) isMoved = TWO_WORDS.test(name);
    if (isMoved) moved.push(name === undefined ? line : section("profile", name));
    else kept.push(name === undefined ? line : `[${name}]`);
  }
  // No way of writing keeps a name of two words in the credentials file. The config file comes first, so this comes last.
  return { config: [...lines(config).map(configLine), ...moved].join("\n"), credentials: kept.join("\n") };
}

/** A section that was meant for a profile but is not read as one, and how it would be. */
export function lookalike(name: string, config: string, credentials: string): string | undefined {
  const written = (text: string) =>
    lines(text)
      .map(headerOf)
      .find((header) => header?.replace(/^profile\s+/i, "").replace(/^(["'])(.*)\1$/, "$2") === name);
  const inConfig = written(config);
  const quoted = /\s/.test(name) ? `"${name}"` : name;
  if (inConfig !== undefined) return `In the config file, write [profile ${quoted}] in place of [${inConfig}].`;
  const inCredentials = written(credentials);
  return inCredentials === undefined
    ? undefined
    : `In the credentials file, write [${name}] in place of [${inCredentials}].`;
}

/** What the SDK's reader takes for a kind of section and its name; of another kind than these it keeps nothing. */
const TWO_WORDS = /^[\w-]+\s(["'])?[\w\-@+.%:/]+\1$/;
const PLAIN_NAME = /^[\w\-@+.%:/]+$/;
const KINDS = ["profile", "sso-session", "services"];

function configLine(line: string): string {
  const header = headerOf(line);
  if (header === undefined) return line;
  // As a shell would split it, which is how the AWS CLI does.
  const words = [...header.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? "",
  );
  const [kind = "", name = ""] = words;
  return words.length === 2 && KINDS.includes(kind) ? section(kind, name) : `[${header}]`;
}

/** A section's first line; any other name is kept only in the form in which the reader puts them together itself. */
function section(kind: string, name: string): string {
  return PLAIN_NAME.test(name) ? `[${kind} ${name}]` : `[${kind}.${name}]`;
}

/** What stands between the brackets, of the first line of a section. */
function headerOf(line: string): string | undefined {
  return /^\[(.*)\]$/.exec((line.split(/(?:^|\s)[;#]/)[0] ?? "").trim())?.[1]?.trim();
}

/** Lines with their keys in small letters. */
function lines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.replace(/^\s*[\w-]+(?=\s*=)/, (key) => key.toLowerCase()));
}
