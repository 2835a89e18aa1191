/**
 * What a hardware key does for age, in software and with Node.js's own cryptography: recipients `age1tag1…` and
 * `age1tagpq1…`, and the opening of what is encrypted to them. Source: C2SP, age, "The p256tag recipient type" and "The
 * mlkem768p256tag recipient type"; HPKE is RFC 9180.
 */
import * as crypto from "node:crypto";
import type { Identity, Stanza } from "age-encryption";

export interface Tagged {
  recipient: string;
  identity: Identity;
}

/** One on the curve P-256. */
export function tagged(): Tagged {
  const key = crypto.createECDH("prime256v1");
  const point = key.generateKeys();
  const secretOf = (share: Buffer) => kemSecret(key.computeSecret(share), Buffer.concat([share, point]));
  return {
    recipient: bech32("age1tag", Buffer.from(key.getPublicKey(null, "compressed"))),
    identity: opening("p256tag", 0x0010, secretOf),
  };
}

/** One on P-256 and ML-KEM-768 together. */
export function taggedPostQuantum(): Tagged {
  const curve = crypto.createECDH("prime256v1");
  const point = curve.generateKeys();
  const lattice = crypto.generateKeyPairSync("ml-kem-768" as "x25519");
  const { pub = "" } = lattice.publicKey.export({ format: "jwk" }) as { pub?: string };
  const secretOf = (shares: Buffer) => {
    const [first, second] = [shares.subarray(0, 1088), shares.subarray(1088)];
    const parts = [decapsulate(lattice.privateKey, first), curve.computeSecret(second), second, point];
    return crypto.createHash("sha3-256").update(Buffer.concat(parts)).update("MLKEM768-P256").digest();
  };
  return {
    recipient: bech32("age1tagpq", Buffer.concat([Buffer.from(pub, "base64url"), point])),
    identity: opening("mlkem768p256tag", 0x0050, secretOf),
  };
}

const decapsulate = (crypto as unknown as { decapsulate(key: crypto.KeyObject, share: Buffer): Buffer }).decapsulate;

function opening(type: string, kem: number, secretOf: (share: Buffer) => Buffer): Identity {
  return {
    unwrapFileKey(stanzas: Stanza[]) {
      const stanza = stanzas.find(({ args }) => args[0] === type);
      if (stanza === undefined) return null;
      const suite = Buffer.from([...Buffer.from("HPKE"), 0, kem, 0, 1, 0, 3]);
      return opened(suite, secretOf(Buffer.from(stanza.args[2] ?? "", "base64")), type, Buffer.from(stanza.body));
    },
  };
}

/** Base mode, with HKDF-SHA256 and ChaCha20-Poly1305, and no more than one message. RFC 9180, 5.1 and 5.2. */
function opened(suite: Buffer, secret: Buffer, type: string, sealed: Buffer): Uint8Array {
  const none = Buffer.alloc(0);
  const info = Buffer.from(`age-encryption.org/${type}`);
  const hashes = [extract(suite, none, "psk_id_hash", none), extract(suite, none, "info_hash", info)];
  const context = Buffer.concat([Buffer.from([0]), ...hashes]);
  const prk = extract(suite, secret, "secret", none);
  const [key, nonce] = [expand(suite, prk, "key", context, 32), expand(suite, prk, "base_nonce", context, 12)];
  const cipher = crypto.createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  cipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
}

/** The secret of DHKEM(P-256, HKDF-SHA256). RFC 9180, 4.1. */
function kemSecret(shared: Buffer, context: Buffer): Buffer {
  const suite = Buffer.from([...Buffer.from("KEM"), 0, 0x10]);
  return expand(suite, extract(suite, Buffer.alloc(0), "eae_prk", shared), "shared_secret", context, 32);
}

function extract(suite: Buffer, salt: Buffer, label: string, material: Buffer): Buffer {
  return hmac(salt, Buffer.concat([Buffer.from("HPKE-v1"), suite, Buffer.from(label), material]));
}

/** Of 32 bytes at most: one block is enough. */
function expand(suite: Buffer, prk: Buffer, label: string, info: Buffer, length: number): Buffer {
  const size = Buffer.from([0, length]);
  const labelled = Buffer.concat([size, Buffer.from("HPKE-v1"), suite, Buffer.from(label), info, Buffer.from([1])]);
  return hmac(prk, labelled).subarray(0, length);
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return crypto.createHmac("sha256", key).update(data).digest();
}

const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Source: BIP 173. */
function bech32(prefix: string, data: Buffer): string {
  const bits = [...data].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const values = (bits.match(/.{1,5}/g) ?? []).map((five) => Number.parseInt(five.padEnd(5, "0"), 2));
  const letters = [...Buffer.from(prefix)];
  const expanded = [...letters.map((one) => one >> 5), 0, ...letters.map((one) => one & 31)];
  const sum = checksum([...expanded, ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  const check = [25, 20, 15, 10, 5, 0].map((shift) => (sum >> shift) & 31);
  return `${prefix}1${[...values, ...check].map((value) => LETTERS[value]).join("")}`;
}

function checksum(values: number[]): number {
  return values.reduce((sum, value) => {
    const top = sum >> 25;
    return GENERATOR.reduce((sum, one, at) => ((top >> at) & 1 ? sum ^ one : sum), ((sum & 0x1ffffff) << 5) ^ value);
  }, 1);
}
