/** PGP keys that programs of today make no more, or not yet: put together of packets, and signed here. */
import * as openpgp from "openpgp";

const SIGNATURES = openpgp.enums.signature;
const DAY_MS = 86_400_000;

export const FOR_ENCRYPTION = [0x0c];

/** What a signature says beside its date. */
interface Said {
  /** Left out: nothing is said of the use. */
  keyFlags?: number[];
  /** Seconds after the key was made. */
  keyExpirationTime?: number;
  keyNeverExpires?: boolean;
  hashAlgorithm?: openpgp.enums.hash;
}

interface Parts {
  /** Of the one user id; null for none. */
  email?: string | null;
  said?: Said;
  /** When the user id was signed. Default: now. */
  signed?: Date;
  subkeys?: { packet: openpgp.SecretSubkeyPacket; said?: Said; signed?: Date }[];
  /** Such as programs of today do not know. */
  strangers?: openpgp.PublicSubkeyPacket[];
  primary?: Partial<openpgp.KeyOptions>;
  version?: 4 | 5;
}

/** A key put together of its parts; as gpg makes them, ed25519 to sign with, if nothing else is asked for. */
export async function made(parts: Parts = {}) {
  const { email = "made@example.com", said, signed: date, subkeys = [], strangers = [], primary, version = 4 } = parts;
  const key = (await generated({ subkeys: [], ...primary })).privateKey.keyPacket as openpgp.SecretKeyPacket;
  await inVersion(version, key);
  const packets = new openpgp.PacketList<openpgp.AnyPacket>();
  packets.push(key);
  if (email !== null) {
    const userID = openpgp.UserIDPacket.fromObject({ email });
    packets.push(userID, await signed(key, SIGNATURES.certPositive, { userID, key }, said, date));
  }
  for (const { packet, said, signed: date } of subkeys) {
    await inVersion(version, packet);
    packets.push(packet, await signed(key, SIGNATURES.subkeyBinding, { key, bind: packet }, said, date));
  }
  const others = new openpgp.PacketList<openpgp.AnyPacket>();
  for (const packet of strangers) {
    const said = { keyFlags: FOR_ENCRYPTION };
    others.push(packet, await signed(key, SIGNATURES.subkeyBinding, { key, bind: packet }, said));
  }
  const privateKey = new openpgp.PrivateKey(packets);
  const bytes = Buffer.concat([privateKey.toPublic().write(), others.write()]);
  return { privateKey, bytes, publicKey: armored(bytes), fingerprint: privateKey.getFingerprint().toUpperCase() };
}

/** With a checksum, as gpg writes it. */
export function armored(bytes: Uint8Array): string {
  return openpgp.armor(openpgp.enums.armor.publicKey, bytes, undefined, undefined, undefined, true) as string;
}

/** A subkey to encrypt to, with its private part. */
export async function subkey(options: Partial<openpgp.KeyOptions> = {}): Promise<openpgp.SecretSubkeyPacket> {
  const { privateKey } = await generated({ ...options, subkeys: [{}] });
  return privateKey.subkeys[0]?.keyPacket as openpgp.SecretSubkeyPacket;
}

/** A subkey of any version and algorithm, with as many bytes as those of ML-KEM-768 and X25519 together. */
export function strangeSubkey(version: number, algorithm: number): openpgp.PublicSubkeyPacket {
  const material = Buffer.alloc(1216, 0x5a);
  const body = Buffer.alloc(version === 4 ? 6 : 10);
  body.writeUInt8(version, 0);
  body.writeUInt32BE(Math.floor(Date.now() / 1000), 1);
  body.writeUInt8(algorithm, 5);
  if (version !== 4) body.writeUInt32BE(material.length, 6);
  const write = () => Buffer.concat([body, material]);
  return Object.assign(new openpgp.PublicSubkeyPacket(), { version, algorithm, write, writePublicKey: write });
}

/** A day so many days from now. */
export function inDays(days: number): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000 + days * DAY_MS);
}

function generated(options: Partial<openpgp.KeyOptions>) {
  const kind = { type: "ecc", curve: "ed25519Legacy" } as const;
  return openpgp.generateKey({ ...kind, userIDs: [{ email: "any@example.com" }], ...options, format: "object" });
}

async function inVersion(version: number, packet: object): Promise<void> {
  await Object.assign(packet as { computeFingerprintAndKeyID(): Promise<void> }, {
    version,
  }).computeFingerprintAndKeyID();
}

async function signed(
  key: openpgp.SecretKeyPacket,
  signatureType: openpgp.enums.signature,
  data: object,
  said: Said = {},
  date = new Date(),
): Promise<openpgp.SignaturePacket> {
  const usual = { hashAlgorithm: openpgp.enums.hash.sha512, publicKeyAlgorithm: key.algorithm };
  const signature = Object.assign(new openpgp.SignaturePacket(), { ...usual, signatureType, ...said });
  // Its types leave out the last argument, which it needs.
  const sign = signature.sign.bind(signature) as (...args: unknown[]) => Promise<void>;
  await sign(key, data, date, false, { ...openpgp.config, nonDeterministicSignaturesViaNotation: false });
  return signature;
}
