/** Whether a PGP key can be encrypted to now; and if not, why, and what to do. */
import type { AlgorithmInfo, Config, Key, Subkey } from "openpgp" with { "resolution-mode": "import" };
import { library, type PgpKey } from "./pgp-key";
import { EXPORT, WHOLE } from "./pgp-text";

/** Keys of long ago do not say what they are for: then, as for gpg, their algorithms do. */
export const CONFIG = { allowMissingKeyFlags: true };

const ANOTHER = `Ask its owner for the key in use now (${EXPORT}).`;
const NEW = "Ask its owner for a new one (gpg --full-generate-key).";
const CLOCK = "Set the clock right, here or where it was made.";

/** The end of a sentence that begins with the key, with what to do; undefined if the key can be encrypted to. */
export async function unusable(one: PgpKey, now = new Date()): Promise<string | undefined> {
  const { config } = await library();
  const strict = { ...config, ...CONFIG };
  const lenient = {
    ...strict,
    minRSABits: 0,
    rejectPublicKeyAlgorithms: new Set<never>(),
    rejectCurves: new Set<never>(),
    rejectHashAlgorithms: new Set<never>(),
  };
  if (await canEncrypt(one, now, strict)) return undefined;
  return (
    (await outOfTime(one, now, lenient)) ??
    (await tooWeak(one, await canEncrypt(one, now, lenient))) ??
    (await notBorneOut(one, now, lenient)) ??
    (await withoutSubkey(one, now, lenient)) ??
    `has no subkey for encryption that can be used. ${ANOTHER}`
  );
}

function canEncrypt({ key }: PgpKey, now: Date, config: Config): Promise<boolean> {
  return key.getEncryptionKey(undefined, now, undefined, config).then(
    () => true,
    () => false,
  );
}

async function outOfTime({ key, fingerprint }: PgpKey, now: Date, lenient: Config): Promise<string | undefined> {
  if (await key.isRevoked(undefined, undefined, now, lenient)) return `was revoked. ${ANOTHER}`;
  if (key.getCreationTime() > now) return `is dated in the future, ${day(key.getCreationTime())}. ${CLOCK}`;
  const expiry = await key.getExpirationTime(undefined, lenient);
  if (!isPast(expiry, now)) return undefined;
  return `expired on ${day(expiry)}. Its owner can extend it (gpg --quick-set-expire ${fingerprint} 1y); ${anew(fingerprint)}`;
}

/** @param isStrictness Whether it could be encrypted to if the library were not strict. */
async function tooWeak({ key }: PgpKey, isStrictness: boolean): Promise<string | undefined> {
  const { config, enums } = await library();
  const algorithms = [key, ...key.subkeys.filter(isForEncryption)].map((one) => one.getAlgorithmInfo());
  // The library knows this curve by name only.
  if (algorithms.some(({ curve }) => curve === "secp256k1")) {
    return `is on secp256k1, a curve that OpenPGP's standard does not have. ${NEW}`;
  }
  if (isStrictness) {
    const weak = algorithms.filter(
      ({ algorithm, bits = 0 }) =>
        config.rejectPublicKeyAlgorithms.has(enums.publicKey[algorithm]) ||
        (algorithm.startsWith("rsa") && bits < config.minRSABits),
    );
    const kinds = [...new Set(weak.map(kindOf))].join(", ");
    if (kinds !== "") return `is too weak by today's standards (${kinds}). ${NEW}`;
    return `is signed with a hash that is no longer safe, MD5 or RIPEMD-160. ${NEW}`;
  }
  const { algorithm, curve } = key.getAlgorithmInfo();
  // openpgp verifies signatures of these curves with a package that it does not bring along.
  if (algorithm === "ecdsa" && curve?.startsWith("brainpool")) {
    return "is on a Brainpool curve, for which one more package is needed: add eckey-utils to the program (npm install eckey-utils).";
  }
  return undefined;
}

/** A key of version 6 signs for itself, an older one for its user ids. */
async function notBorneOut({ key }: PgpKey, now: Date, lenient: Config): Promise<string | undefined> {
  if (key.keyPacket.version !== 6) {
    if (key.getUserIDs().length === 0) {
      return `has no user id, as key servers give out keys of addresses that are not confirmed; gpg takes no such key. ${WHOLE}`;
    }
    if (await allUsersRevoked(key, now, lenient)) return `has only user ids that were revoked. ${ANOTHER}`;
  }
  if ((await key.getExpirationTime(undefined, lenient)) === null)
    return `is damaged: its own signature does not fit it. ${WHOLE}`;
  const isSigned = await key.verifyPrimaryKey(now, undefined, lenient).then(
    () => true,
    () => false,
  );
  return isSigned ? undefined : `was signed with a date in the future. ${CLOCK}`;
}

async function allUsersRevoked({ users }: Key, now: Date, lenient: Config): Promise<boolean> {
  const certified = users.flatMap((user) => user.selfCertifications.map((one) => ({ user, one })));
  const revoked = await Promise.all(certified.map(({ user, one }) => user.isRevoked(one, undefined, now, lenient)));
  return revoked.length > 0 && revoked.every(Boolean);
}

/** The newest subkey for encryption is the one that is meant. */
async function withoutSubkey(
  { key, fingerprint, strangeSubkeys }: PgpKey,
  now: Date,
  lenient: Config,
): Promise<string | undefined> {
  const subkeys = key.subkeys.filter(isForEncryption);
  if (subkeys.length === 0) {
    const strange = [...new Set(strangeSubkeys)].join(", ");
    const what =
      strange === ""
        ? "is for signatures only"
        : `has no subkey for encryption but of ${strange}, which cannot be encrypted to here`;
    return `${what}. Its owner can add a subkey for encryption (gpg --quick-add-key ${fingerprint}); ${anew(fingerprint)}`;
  }
  const [newest] = subkeys
    .filter(({ revocationSignatures }) => revocationSignatures.length === 0)
    .sort((one, other) => Number(other.getCreationTime()) - Number(one.getCreationTime()));
  if (newest === undefined) return `has only revoked subkeys for encryption. ${ANOTHER}`;
  const expiry = await newest.getExpirationTime(now, lenient);
  if (isPast(expiry, now)) {
    return (
      `has a subkey for encryption that expired on ${day(expiry)}. ` +
      `Its owner can extend it (gpg --quick-set-expire ${fingerprint} 1y '*'); ${anew(fingerprint)}`
    );
  }
  if (newest.getCreationTime() > now) return `has a subkey for encryption that is dated in the future. ${CLOCK}`;
  return expiry === null ? `is damaged: the signature of its subkey does not fit. ${WHOLE}` : undefined;
}

type Expiry = Date | typeof Infinity | null;

function isPast(expiry: Expiry, now: Date): expiry is Date {
  return expiry instanceof Date && expiry <= now;
}

/** RFC 9580, 5.2.3.29: bit 0x04 is for communications, 0x08 for storage. Where nothing is said, the algorithm says it. */
function isForEncryption(subkey: Subkey): boolean {
  const canBe = !/dsa|^ed\d|^rsaSign$/.test(subkey.getAlgorithmInfo().algorithm);
  return subkey.bindingSignatures.some(({ keyFlags }) => (keyFlags ? ((keyFlags[0] ?? 0) & 0x0c) !== 0 : canBe));
}

/** For instance `RSA of 1024 bits`. */
function kindOf({ algorithm, bits, curve }: AlgorithmInfo): string {
  const name = algorithm.startsWith("rsa") ? "RSA" : algorithm;
  return `${name}${bits === undefined ? "" : ` of ${bits} bits`}${curve === undefined ? "" : ` on ${curve}`}`;
}

function anew(fingerprint: string): string {
  return `then give the key anew (gpg --export --armor ${fingerprint}).`;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
