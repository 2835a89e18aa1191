/** PGP keys in texts: armored or in base64, as files, mails, YAML, JSON and environments leave them. */
import { blocksIn } from "../common/armor";
import { decoded, isPrivate, mistakeIn } from "./mistaken";
import { type Content, contentOf, type KeyBytes } from "./pgp-packets";

export const EXPORT = "gpg --export --armor alice@example.com";

const PUBLIC = "PGP PUBLIC KEY BLOCK";
const BEGIN = `-----BEGIN ${PUBLIC}-----`;
const END = `-----END ${PUBLIC}-----`;
const GIVE_ONE = `Give a PGP public key: ${EXPORT} prints it.`;
export const WHOLE = `Give it whole, as ${EXPORT} prints it.`;

/** What is said of a text without a key, or without a whole one. */
const SENTENCES: Record<Extract<Content, string> | "damaged", string> = {
  private: `is a private key, which belongs to its owner alone. Give the public one: ${EXPORT} prints it.`,
  message: `is an encrypted message. ${GIVE_ONE}`,
  signature: `is a signature or a revocation, and no key. ${GIVE_ONE}`,
  cut: `is cut off: its end is missing. ${WHOLE}`,
  damaged: `is damaged: its checksum does not fit. ${WHOLE}`,
  unreadable: `cannot be read as a PGP public key. Give it whole, with its ends of lines, as ${EXPORT} prints it.`,
};

/** The keys in a text, or a sentence, which never quotes it, that says what is wrong with it. */
export function keysInText(name: string, text: string): KeyBytes[] | string {
  if (isPrivate(text)) return privateKey(name);
  const armored = [text, decoded(text)].find((one) => one.includes(BEGIN));
  if (armored === undefined) {
    const mistake = otherKey(name, text) ?? mistakeIn(name, text, GIVE_ONE);
    if (mistake !== undefined) return mistake;
  }
  const contents = armored === undefined ? [contentOf(Buffer.from(decoded(text), "latin1"))] : contentsOf(armored);
  const keys: KeyBytes[] = [];
  for (const content of contents) {
    if (typeof content === "string") return `${name} ${SENTENCES[content]}`;
    keys.push(...content);
  }
  return keys;
}

export function privateKey(name: string): string {
  return `${name} ${SENTENCES.private}`;
}

export function unreadable(name: string): string {
  return `${name} ${SENTENCES.unreadable}`;
}

/** What is right elsewhere, or names a key. */
function otherKey(name: string, text: string): string | undefined {
  if (text.startsWith("age1")) return `${name} is an age recipient. Give it as ageRecipients.`;
  if (/^(openpgp4fpr:|0x)?[0-9A-Fa-f ]{8,80}$/i.test(text) || /^([^\n<]*<)?[^\s@<>]+@[^\s@<>]+>?$/.test(text)) {
    return `${name} names a PGP key, but is none. Give the key itself: ${EXPORT} prints it.`;
  }
  return undefined;
}

/** What is in each armored block of a text, which may have anything around them. */
function contentsOf(text: string): (Content | "damaged")[] {
  const blocks = blocksIn(text, PUBLIC);
  const isCut = blocks.length < text.split(BEGIN).length - 1;
  return isCut ? ["cut"] : blocks.map(contentOfBlock);
}

/** Source: RFC 9580, 6.2. */
function contentOfBlock(block: string): Content | "damaged" {
  const inner = block.slice(BEGIN.length, -END.length);
  // JSON, YAML and environments have ends of lines written out, as a backslash and a letter.
  const lines = (/[\r\n]/.test(inner) ? inner : inner.replaceAll(/(\\r)?\\n/g, "\n")).split(/[\r\n]/);
  // A header has a colon, and base64 never: so it does no harm where the blank line between them is missing.
  const body = lines.filter((line) => !line.includes(":")).join("");
  const [, base64, checksum] =
    /^([A-Za-z0-9+/]+={0,2})(?:=([A-Za-z0-9+/]{4}))?$/.exec(body.replaceAll(/\s/g, "")) ?? [];
  if (base64 === undefined) return "unreadable";
  const bytes = Buffer.from(base64, "base64");
  // GnuPG refuses what does not fit, too. Later keys have no checksum any more.
  return checksum === undefined || checksum === crc24(bytes) ? contentOf(bytes) : "damaged";
}

/** In base64, as armor has it. Source: RFC 9580, 6.1.1. */
function crc24(bytes: Uint8Array): string {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if ((crc & 0x1000000) !== 0) crc ^= 0x1864cfb;
    }
  }
  return Buffer.from([crc >> 16, crc >> 8, crc]).toString("base64");
}
