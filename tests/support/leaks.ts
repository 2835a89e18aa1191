/** Searching what a run left behind for passwords, in the forms that programs write them in. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Below this length a text turns up anywhere by chance, so only a whole value tells. */
export const SEARCHABLE_LENGTH = 5;

/** A password as it may stand in a file or on a screen. */
export function encodings(password: string): string[] {
  const utf8 = Buffer.from(password, "utf8");
  const latin1 = Buffer.from(password, "latin1");
  const json = JSON.stringify(password).slice(1, -1);
  const escaped = (text: string, pattern: RegExp, write: (code: string) => string) =>
    text.replace(pattern, (character) => write(character.charCodeAt(0).toString(16).padStart(4, "0")));
  const forms = [
    password,
    json,
    // Inside another JSON text, as the engine shows an opened secret.
    JSON.stringify(json).slice(1, -1),
    // As an XML parser hands on line ends.
    password.replace(/\r\n?/g, "\n"),
    // As Go writes JSON, and as an ASCII-only writer does.
    escaped(json, /[<>&]/g, (code) => `\\u${code}`),
    escaped(json, /[^\x20-\x7e]/g, (code) => `\\u${code}`),
    encodeURIComponent(password),
    new URLSearchParams({ p: password }).toString().slice(2),
    password.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
    password.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    ...[utf8, latin1].flatMap((bytes) => [
      bytes.toString("base64").replace(/=+$/, ""),
      bytes.toString("base64url"),
      bytes.toString("hex"),
      bytes.toString("hex").toUpperCase(),
    ]),
    Buffer.from(JSON.stringify(password)).toString("base64").replace(/=+$/, ""),
  ];
  return [...new Set(forms)];
}

/** Something that was written or shown. */
export interface Artefact {
  name: string;
  text: string;
}

/** Every file below a folder. */
export function filesBelow(folder: string): Artefact[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((name) => ({ name, text: readFileSync(name, "utf8") }));
}

/** Where any of the passwords occurs; each place names the artefact and the password's number, never the password. */
export function occurrencesIn(artefacts: Artefact[], passwords: string[]): string[] {
  const byStart = new Map<string, { number: number; form: string }[]>();
  const shortOnes = new Map<string, number>();
  passwords.forEach((password, number) => {
    if (password.length < SEARCHABLE_LENGTH) {
      shortOnes.set(password, number);
      return;
    }
    for (const form of encodings(password)) {
      const start = form.slice(0, SEARCHABLE_LENGTH);
      byStart.set(start, [...(byStart.get(start) ?? []), { number, form }]);
    }
  });
  return artefacts.flatMap(({ name, text }) => [
    ...formsIn(text, byStart).map((number) => `password ${number} in ${name}`),
    ...valuesIn(text)
      .filter((value) => shortOnes.has(value))
      .map((value) => `password ${shortOnes.get(value)} as a value in ${name}`),
  ]);
}

function formsIn(text: string, byStart: Map<string, { number: number; form: string }[]>): number[] {
  const found: number[] = [];
  for (let at = 0; at + SEARCHABLE_LENGTH <= text.length; at++) {
    for (const { number, form } of byStart.get(text.slice(at, at + SEARCHABLE_LENGTH)) ?? []) {
      if (text.startsWith(form, at)) found.push(number);
    }
  }
  return found;
}

/** In a text that is no JSON, a quoted text shorter than this is there by chance. */
const TELLING_LENGTH = 3;

/** The string values of a JSON text; of other texts, those of its JSON lines and what stands in quotes or braces. */
function valuesIn(text: string): string[] {
  const whole = parsed(text);
  if (whole !== undefined) return stringsIn(whole);
  const marked = [...text.matchAll(/"([^"]{1,4})"|\{([^{}]{1,4})\}/g)].map(
    ([, quoted, braced]) => quoted ?? braced ?? "",
  );
  return [...text.split("\n").flatMap((line) => stringsIn(parsed(line))), ...marked].filter(
    (value) => value.length >= TELLING_LENGTH,
  );
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") {
    const inner = parsed(value);
    return typeof inner === "string" ? [value, inner] : [value];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
