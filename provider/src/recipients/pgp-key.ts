/** One PGP key, read by the library, and what it is called. */
import type { PublicKey } from "openpgp" with { "resolution-mode": "import" };
import type { KeyBytes } from "./pgp-packets";
import { privateKey, unreadable } from "./pgp-text";

export interface PgpKey {
  key: PublicKey;
  /** Upper-case hexadecimal. */
  fingerprint: string;
  /** The 16 digits of the fingerprint that gpg shows where it is brief: the last ones, or the first of version 6. */
  id: string;
  /** What is not known here of its subkeys, such as `a post-quantum algorithm`. */
  strangeSubkeys: string[];
}

/** Reads a key, or says why it cannot be read. */
export async function readPgpKey(
  name: string,
  { bytes, stranger, strangeSubkeys }: KeyBytes,
): Promise<PgpKey | string> {
  if (stranger !== undefined) {
    return `${name} is a key of ${stranger}, which cannot be encrypted to here. Ask its owner for an ordinary one (gpg --full-generate-key).`;
  }
  const { readKey } = await library();
  try {
    const key = await readKey({ binaryKey: bytes });
    if (key.isPrivate()) return privateKey(name);
    const fingerprint = key.getFingerprint().toUpperCase();
    return { key, fingerprint, id: key.getKeyID().toHex().toUpperCase(), strangeSubkeys };
  } catch {
    // The library's own words may quote the text, which may be anything.
    return unreadable(name);
  }
}

/** The whole fingerprint, for it is what an owner can be asked to confirm, and the first user id. */
export function describe({ key, fingerprint }: PgpKey): string {
  // Whoever made the key has written this, so nothing but text may come through to a terminal.
  const owner = key.getUserIDs()[0]?.replace(/\p{C}/gu, "").slice(0, 100);
  return `key ${fingerprint}${owner === undefined ? "" : ` of ${owner}`}`;
}

/** Loaded when a password is to be encrypted, or a key to be read. */
export function library() {
  return import("openpgp");
}
