/** The text of a users file as people have them: saved by Notepad or PowerShell, copied from elsewhere, saved only half. */
import { isUtf8 } from "node:buffer";
import { codePoint } from "../common/characters";
import { type Encoding, encodingOf } from "../common/encoding";
import { foreignBytes, foreignText } from "./foreign";
import type { Mistake, Place } from "./place";

/** The text of a file, or what is wrong with it. */
export function readText(bytes: Buffer): { text: string } | { mistake: Mistake } {
  const foreign = foreignBytes(bytes);
  if (foreign !== undefined) return { mistake: { line: 1, column: 1, message: foreign } };
  const encoding = encodingOf(bytes);
  const decoded = DECODERS[encoding](bytes);
  if (typeof decoded !== "string") return { mistake: decoded };
  // A carriage return alone ends a line too, but not for the library. Source: YAML 1.2.2, 5.4.
  const text = decoded.replace(/^\ufeff/, "").replace(/\r(?!\n)/g, "\n");
  const mistake = mistakeIn(text);
  return mistake === undefined ? { text } : { mistake };
}

/** The place of a character, by how many are before it. */
export function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - lineStart + 1 };
}

const SAVE = "Save the file as UTF-8";

const DECODERS: Record<Encoding, (bytes: Buffer) => string | Mistake> = {
  "utf-8": utf8,
  "utf-16le": utf16,
  "utf-16be": (bytes) => utf16(Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16(), bytes.length % 2 !== 0),
  "utf-32le": utf32,
  "utf-32be": utf32,
};

const CUT = "the file ends in the middle of a character: it was not saved or copied whole";

function utf16(bytes: Buffer, isCut = bytes.length % 2 !== 0): string | Mistake {
  const text = bytes.toString("utf16le");
  return isCut ? { ...placeIn(text, text.length), message: CUT } : text;
}

function utf32(): Mistake {
  return { line: 1, column: 1, message: `this is UTF-32, which YAML files are not written in. ${SAVE}` };
}

function utf8(bytes: Buffer): string | Mistake {
  const unmarked = unmarkedEncoding(bytes);
  if (unmarked !== undefined) {
    return { line: 1, column: 1, message: `this is ${unmarked} without a byte order mark. ${SAVE}` };
  }
  const text = bytes.toString("utf8");
  if (isUtf8(bytes)) return text;
  const at = firstThatIsNot(text, bytes);
  const place = placeIn(text, at.character);
  if (isBegun(bytes.subarray(at.byte))) return { ...place, message: CUT };
  const byte = bytes
    .subarray(at.byte, at.byte + 1)
    .toString("hex")
    .toUpperCase();
  return {
    ...place,
    message: `this is not UTF-8 (byte 0x${byte}), but Latin-1, Windows-1252 or another encoding of one byte. ${SAVE}`,
  };
}

/** Each file begins with a character of ASCII; in these encodings, NULs are beside it. */
function unmarkedEncoding([first, second, third, fourth]: Buffer): string | undefined {
  const zeros = [first, second, third, fourth].map((byte) => (byte === 0 ? "0" : "x")).join("");
  if (zeros === "x000" || zeros === "000x") return "UTF-32";
  return /^(x0|0x)/.test(zeros) ? "UTF-16" : undefined;
}

/** Where a text that was decoded with replacements has the first one that does not stand in the file itself. */
function firstThatIsNot(text: string, bytes: Buffer): { character: number; byte: number } {
  let [character, byte] = [0, 0];
  for (;;) {
    const next = text.indexOf("\ufffd", character);
    byte += Buffer.byteLength(text.slice(character, next));
    character = next;
    if (!bytes.subarray(byte, byte + 3).equals(REPLACEMENT)) return { character, byte };
    byte += REPLACEMENT.length;
    character += 1;
  }
}

const REPLACEMENT = Buffer.from("\ufffd");

/** Whether bytes are the beginning of a character of UTF-8 and no more. */
function isBegun(bytes: Buffer): boolean {
  const [first = 0, ...others] = bytes.subarray(0, 4);
  const wanted = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
  return bytes.length <= wanted && others.every((byte) => byte >= 0x80 && byte < 0xc0);
}

/** What no text of a users file has in it, wherever it stands. */
function mistakeIn(text: string): Mistake | undefined {
  const foreign = foreignText(text);
  if (foreign !== undefined) return { line: 1, column: 1, message: foreign };
  const found = [...FAULTS].flatMap(([pattern, meaning]) => {
    const match = pattern.exec(text);
    return match === null ? [] : [{ at: match.index, message: meaning(match[0]) }];
  });
  const [first] = found.sort((one, other) => one.at - other.at);
  return first && { ...placeIn(text, first.at), message: first.message };
}

const FAULTS: [pattern: RegExp, meaning: (found: string) => string][] = [
  [
    /\0/,
    () =>
      "a NUL character: the file was not saved whole, or a part of it is in another encoding, as PowerShell's >> adds it. " +
      SAVE,
  ],
  [
    /\ufeff/,
    () =>
      "a byte order mark (U+FEFF) inside the file, where two files were put together. It is invisible: write the line anew",
  ],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  [/[\x01-\x08\v\f\x0e-\x1f]/, (found) => `a control character (${codePoint(found)}), which no one can see. Remove it`],
  [/\p{Surrogate}/u, (found) => `half a character (${codePoint(found)}): the file was not saved or copied whole`],
  [/^<{7}(?= |$)/m, () => "a conflict of a merge that was not resolved (<<<<<<<). Resolve it"],
];
