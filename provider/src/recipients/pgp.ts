import type { AlgorithmInfo, Key, PublicKey, Subkey } from "openpgp" with { "resolution-mode": "import" };
import { blocksIn } from "../common/armor";
import { LoginProfileError } from "../common/errors";
import type { Secret } from "../passwords/secret";
import { fetchKeybaseKeys, isKeybaseUser, type KeybaseSettings } from "./keybase";
import type { Entry, Recipients, RecipientsRead } from "./recipient";

const EXPORT = "gpg --export --armor alice@example.com";
const KEYBASE_PREFIX = "keybase:";
const PUBLIC = "PGP PUBLIC KEY BLOCK";
const BEGIN_PUBLIC = `-----BEGIN ${PUBLIC}-----`;
const BEGIN_PRIVATE = /PRIVATE KEY( BLOCK)?-----/;

/** What can be seen to be wrong with a PGP key by looking at it, as a sentence that never quotes it. */
export function pgpProblem({ name, text }: Entry): string | undefined {
  if (/AGE-SECRET-KEY-/i.test(text) || [text, decoded(text)].some((one) => BEGIN_PRIVATE.test(one))) {
    return privateKey(name);
  }
  if (text.startsWith(KEYBASE_PREFIX)) {
    return isKeybaseUser(text.slice(KEYBASE_PREFIX.length))
      ? undefined
      : `${name} does not name a Keybase user. Write keybase: and a user name of letters, digits and underscores.`;
  }
  if (text.includes(BEGIN_PUBLIC)) return undefined;
  if (text.startsWith("age1")) return `${name} is an age recipient. Give it as ageRecipients.`;
  if (text.startsWith("ssh-")) return `${name} is an SSH key. Give a PGP public key: ${EXPORT} prints it.`;
  if (/^(0x)?[0-9A-Fa-f ]{8,60}$/.test(text) || /^[^\s@]+@[^\s@]+$/.test(text)) {
    return `${name} names a PGP key, but is none. Give the key itself: ${EXPORT} prints it.`;
  }
  if (/^[^\n]*\.[A-Za-z]{2,4}$/.test(text)) {
    return `${name} seems to name a file. Give what is in it: fs.readFileSync(path, "utf8").`;
  }
  return /^[A-Za-z0-9+/\s]+=*$/.test(text) ? undefined : unreadable(name);
}

/** Reads PGP public keys: armored, in base64 as `aws.iam.UserLoginProfile` takes them, or `keybase:` and a user. */
export async function readPgpKeys(entries: Entry[], keybase: KeybaseSettings): Promise<RecipientsRead> {
  const read = await Promise.all(entries.map((entry) => readOne(entry, keybase)));
  const problems = read.filter((one) => typeof one === "string");
  if (problems.length > 0) return { problems };
  const keys = new Map(read.filter((one) => typeof one !== "string").map((key) => [fingerprintOf(key), key]));
  return { recipients: new PgpKeys(keys) };
}

class PgpKeys implements Recipients {
  readonly fingerprint: string;

  constructor(private readonly keys: Map<string, PublicKey>) {
    this.fingerprint = [...keys.keys()].join(", ");
  }

  async encrypt(secret: Secret): Promise<string> {
    const { createMessage, encrypt } = await library();
    for (const key of this.keys.values()) {
      // A long run may outlast a key.
      const problem = await unusable(key);
      if (problem !== undefined) {
        throw new LoginProfileError(`The new password cannot be encrypted: ${describe(key)} ${problem}`);
      }
    }
    const plain = Buffer.from(secret.reveal(), "utf8");
    try {
      // As binary data, for text would be free to change the ends of its lines.
      const message = await createMessage({ binary: plain });
      return await encrypt({ message, encryptionKeys: [...this.keys.values()], format: "armored" });
    } finally {
      plain.fill(0);
    }
  }
}

/** The key, or what is wrong with it. */
async function readOne({ name, text }: Entry, keybase: KeybaseSettings): Promise<PublicKey | string> {
  const user = text.startsWith(KEYBASE_PREFIX) ? text.slice(KEYBASE_PREFIX.length) : undefined;
  if (user === undefined) return theUsable(name, text, "Give each as an element of the list");
  const answer = await fetchKeybaseKeys(user, keybase);
  if ("problem" in answer) return `${name} cannot be had from Keybase, which ${answer.problem}`;
  return theUsable(`${name} (${text})`, answer.armored, "Give the one that is meant");
}

/** The one key that a text holds, if it can be encrypted to. */
async function theUsable(name: string, text: string, ofSeveral: string): Promise<PublicKey | string> {
  const keys = await keysIn(text);
  const [key, ...others] = keys;
  if (key === undefined) return unreadable(name);
  if (keys.some((one) => one.isPrivate())) return privateKey(name);
  if (others.length > 0) {
    const [first = "", ...rest] = keys.map(describe);
    return `${name} holds ${keys.length} keys: ${first}; ${rest.join("; ")}. ${ofSeveral}: gpg --export --armor ${fingerprintOf(key)}`;
  }
  const problem = await unusable(key);
  return problem === undefined ? key : `${name}: ${describe(key)} ${problem}`;
}

/** All keys in a text, armored or in base64; none if any part of it cannot be read. */
async function keysIn(text: string): Promise<Key[]> {
  const { readKeys } = await library();
  const plain = decoded(text).includes(BEGIN_PUBLIC) ? decoded(text) : text;
  // Lines may be indented, as texts in programs are.
  const lines = plain.split("\n").map((line) => line.trim());
  const blocks = blocksIn(lines.join("\n"), PUBLIC);
  try {
    if (blocks.length === 0) return await readKeys({ binaryKeys: Buffer.from(text, "base64") });
    return (await Promise.all(blocks.map((armoredKeys) => readKeys({ armoredKeys })))).flat();
  } catch {
    // The library's own words may quote the text, which may be anything.
    return [];
  }
}

/** Why a key cannot be encrypted to now, and what to do; undefined if it can. */
async function unusable(key: PublicKey, now = new Date()): Promise<string | undefined> {
  const openpgp = await library();
  const canEncrypt = (config = openpgp.config) =>
    key.getEncryptionKey(undefined, now, undefined, config).then(
      () => true,
      () => false,
    );
  if (await canEncrypt()) return undefined;

  const fingerprint = fingerprintOf(key);
  const again = `then give the key anew (gpg --export --armor ${fingerprint}).`;
  const another = `Ask its owner for the key in use now (${EXPORT}).`;
  if (await key.isRevoked(undefined, undefined, now)) return `was revoked. ${another}`;
  if (key.getCreationTime() > now) {
    return `is dated in the future, ${day(key.getCreationTime())}. Set the clock right, here or where it was made.`;
  }
  const expiry = await key.getExpirationTime();
  if (isPast(expiry, now)) {
    return `expired on ${day(expiry)}. Its owner can extend it (gpg --quick-set-expire ${fingerprint} 1y); ${again}`;
  }
  const lenient = {
    ...openpgp.config,
    minRSABits: 0,
    rejectPublicKeyAlgorithms: new Set<never>(),
    rejectCurves: new Set<never>(),
    rejectHashAlgorithms: new Set<never>(),
  };
  const algorithms = [key, ...key.subkeys].map((one) => one.getAlgorithmInfo());
  if ((await canEncrypt(lenient)) || algorithms.some(({ curve }) => curve === "secp256k1")) {
    const kinds = [...new Set(algorithms.map(kindOf))].join(", ");
    return `is too weak by today's standards (${kinds}). Ask its owner for a new one (gpg --full-generate-key).`;
  }
  // openpgp verifies signatures of these curves with a package that it does not bring along.
  if (algorithms.some(({ algorithm, curve }) => algorithm === "ecdsa" && curve?.startsWith("brainpool"))) {
    return "is on a Brainpool curve, for which one more package is needed: add eckey-utils to the program (npm install eckey-utils).";
  }
  const subkeys = key.subkeys.filter(isForEncryption);
  if (subkeys.length === 0) {
    return `is for signatures only. Its owner can add a subkey for encryption (gpg --quick-add-key ${fingerprint}); ${again}`;
  }
  const valid = subkeys.filter(({ revocationSignatures }) => revocationSignatures.length === 0);
  if (valid.length === 0) return `has only revoked subkeys for encryption. ${another}`;
  for (const subkey of valid) {
    const expiry = await subkey.getExpirationTime(now);
    if (isPast(expiry, now)) {
      return (
        `has a subkey for encryption that expired on ${day(expiry)}. ` +
        `Its owner can extend it (gpg --quick-set-expire ${fingerprint} 1y '*'); ${again}`
      );
    }
  }
  return `has no subkey for encryption that can be used. ${another}`;
}

type Expiry = Date | typeof Infinity | null;

function isPast(expiry: Expiry, now: Date): expiry is Date {
  return expiry instanceof Date && expiry <= now;
}

/** RFC 9580, 5.2.3.29: bit 0x04 is for communications, 0x08 for storage. */
function isForEncryption({ bindingSignatures }: Subkey): boolean {
  return bindingSignatures.some(({ keyFlags }) => ((keyFlags?.[0] ?? 0) & 0x0c) !== 0);
}

/** For instance `RSA of 1024 bits`. */
function kindOf({ algorithm, bits, curve }: AlgorithmInfo): string {
  const name = algorithm.startsWith("rsa") ? "RSA" : algorithm;
  return `${name}${bits === undefined ? "" : ` of ${bits} bits`}${curve === undefined ? "" : ` on ${curve}`}`;
}

/** The whole fingerprint, for it is what an owner can be asked to confirm, and the first user id. */
function describe(key: Key): string {
  // Whoever made the key has written this, so nothing but text may come through to a terminal.
  const owner = key.getUserIDs()[0]?.replace(/\p{C}/gu, "").slice(0, 100);
  return `key ${fingerprintOf(key)}${owner === undefined ? "" : ` of ${owner}`}`;
}

function fingerprintOf(key: Key): string {
  return key.getFingerprint().toUpperCase();
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function decoded(text: string): string {
  return Buffer.from(text, "base64").toString("latin1");
}

function privateKey(name: string): string {
  return `${name} is a private key, which belongs to its owner alone. Give the public one: ${EXPORT} prints it.`;
}

function unreadable(name: string): string {
  return `${name} cannot be read as a PGP public key. Give it whole, with its ends of lines, as ${EXPORT} prints it.`;
}

/** Loaded when a password is to be encrypted, or a key to be read. */
function library() {
  return import("openpgp");
}
