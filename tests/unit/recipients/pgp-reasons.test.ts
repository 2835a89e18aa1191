import { expect, test } from "@jest/globals";
import * as openpgp from "openpgp";
import { FOR_ENCRYPTION, inDays, made, strangeSubkey, subkey } from "../../support/pgp-keys.ts";
import { pair, problems } from "../../support/recipients.ts";

const YEAR = 365 * 86_400;
const EXPORT = "gpg --export --armor";
const ANOTHER = `Ask its owner for the key in use now (${EXPORT} alice@example.com).`;
const NEW = "Ask its owner for a new one (gpg --full-generate-key).";
const WHOLE = `Give it whole, as ${EXPORT} alice@example.com prints it.`;
const CLOCK = "Set the clock right, here or where it was made.";
const ADD = `Its owner can add a subkey for encryption (gpg --quick-add-key FPR); then give the key anew (${EXPORT} FPR).`;
const EXTEND = `then give the key anew (${EXPORT} FPR).`;

interface Given {
  publicKey: string;
  fingerprint: string;
}

const ofOldDate = { date: new Date("2020-03-01T00:00:00Z") };

/** One subkey for encryption, as it is bound. */
const bound = async (said: object = {}, options: Partial<openpgp.KeyOptions> = {}, signed?: Date) => [
  { packet: await subkey(options), said: { keyFlags: FOR_ENCRYPTION, ...said }, ...(signed && { signed }) },
];

/** The armored key with one byte of a packet changed, and no checksum that would tell. */
async function damaged(privateKey: openpgp.PrivateKey, where: (bytes: Buffer) => number): Promise<string> {
  const bytes = Buffer.from(privateKey.toPublic().write());
  const at = where(bytes);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString("base64");
}

test.each<[string, () => Promise<Given>, string]>([
  [
    "that expired",
    () => pair("a@example.com", { ...ofOldDate, keyExpirationTime: YEAR }),
    `of <a@example.com> expired on 2021-03-01. Its owner can extend it (gpg --quick-set-expire FPR 1y); ${EXTEND}`,
  ],
  [
    "that was revoked",
    async () => {
      const { privateKey, fingerprint } = await pair("a@example.com");
      const { publicKey } = await openpgp.revokeKey({ key: privateKey });
      return { publicKey, fingerprint };
    },
    `of <a@example.com> was revoked. ${ANOTHER}`,
  ],
  [
    "dated in the future",
    () => pair("a@example.com", { date: inDays(400) }),
    `of <a@example.com> is dated in the future, ${inDays(400).toISOString().slice(0, 10)}. ${CLOCK}`,
  ],
  [
    "that signs only",
    () => pair("a@example.com", { subkeys: [{ sign: true }] }),
    `of <a@example.com> is for signatures only. ${ADD}`,
  ],
  [
    "whose flags are there and empty",
    async () => made({ said: { keyFlags: [0] }, subkeys: [{ packet: await subkey(), said: { keyFlags: [0] } }] }),
    `of <made@example.com> is for signatures only. ${ADD}`,
  ],
  [
    "of RSA that is too short",
    () => pair("a@example.com", { type: "rsa", rsaBits: 1024, config: { minRSABits: 1024 } }),
    `of <a@example.com> is too weak by today's standards (RSA of 1024 bits). ${NEW}`,
  ],
  [
    "whose subkey alone is too weak",
    async () =>
      made({
        subkeys: await bound({}, { type: "rsa", rsaBits: 1024, config: { minRSABits: 1024 } }),
      }),
    `of <made@example.com> is too weak by today's standards (RSA of 1024 bits). ${NEW}`,
  ],
  [
    "signed with MD5",
    async () =>
      made({
        primary: { type: "rsa", rsaBits: 2048 },
        said: { hashAlgorithm: openpgp.enums.hash.md5 },
        subkeys: await bound(),
      }),
    `of <made@example.com> is signed with a hash that is no longer safe, MD5 or RIPEMD-160. ${NEW}`,
  ],
  [
    "without a user id",
    async () => made({ email: null, subkeys: await bound() }),
    `has no user id, as key servers give out keys of addresses that are not confirmed; gpg takes no such key. ${WHOLE}`,
  ],
  [
    "whose user id was revoked",
    async () => {
      const { privateKey, fingerprint } = await pair("a@example.com");
      const [user] = privateKey.users;
      privateKey.users = [(await user?.revoke(privateKey.keyPacket as openpgp.SecretKeyPacket)) as openpgp.User];
      privateKey.users[0]?.selfCertifications.push(...(user?.selfCertifications ?? []));
      return { publicKey: privateKey.toPublic().armor(), fingerprint };
    },
    `of <a@example.com> has only user ids that were revoked. ${ANOTHER}`,
  ],
  [
    "whose user id is not the one that was signed",
    async () => {
      const { privateKey, fingerprint } = await pair("a@example.com");
      return { publicKey: await damaged(privateKey, (bytes) => bytes.indexOf("@example")), fingerprint };
    },
    `of <aAexample.com> is damaged: its own signature does not fit it. ${WHOLE}`,
  ],
  [
    "whose user id was signed in the future",
    async () => made({ signed: inDays(2), subkeys: await bound() }),
    `of <made@example.com> was signed with a date in the future. ${CLOCK}`,
  ],
  [
    "whose subkey is not the one that was signed",
    async () => {
      const packet = await subkey();
      const { privateKey, fingerprint } = await made({ subkeys: [{ packet, said: { keyFlags: FOR_ENCRYPTION } }] });
      const { Q } = packet.publicParams as { Q: Uint8Array };
      return { publicKey: await damaged(privateKey, (bytes) => bytes.indexOf(Q) + 9), fingerprint };
    },
    `of <made@example.com> is damaged: the signature of its subkey does not fit. ${WHOLE}`,
  ],
  [
    "whose subkey expired",
    () => pair("a@example.com", { ...ofOldDate, subkeys: [{ keyExpirationTime: YEAR }] }),
    "of <a@example.com> has a subkey for encryption that expired on 2021-03-01. " +
      `Its owner can extend it (gpg --quick-set-expire FPR 1y '*'); ${EXTEND}`,
  ],
  [
    "whose subkeys expired, the newest of them last",
    () =>
      pair("a@example.com", {
        ...ofOldDate,
        subkeys: [
          { keyExpirationTime: YEAR },
          { keyExpirationTime: YEAR, date: new Date("2021-03-02T00:00:00Z") },
          { keyExpirationTime: 2, date: new Date("2020-06-02T00:00:00Z") },
        ],
      }),
    "of <a@example.com> has a subkey for encryption that expired on 2022-03-02. " +
      `Its owner can extend it (gpg --quick-set-expire FPR 1y '*'); ${EXTEND}`,
  ],
  [
    "whose subkey was revoked",
    async () => {
      const { privateKey, fingerprint } = await pair("a@example.com");
      const [subkey] = privateKey.subkeys;
      privateKey.subkeys = [(await subkey?.revoke(privateKey.keyPacket as openpgp.SecretKeyPacket)) as openpgp.Subkey];
      return { publicKey: privateKey.toPublic().armor(), fingerprint };
    },
    `of <a@example.com> has only revoked subkeys for encryption. ${ANOTHER}`,
  ],
  [
    "whose subkey is dated in the future",
    async () => made({ subkeys: await bound({}, { date: inDays(2) }, inDays(2)) }),
    `of <made@example.com> has a subkey for encryption that is dated in the future. ${CLOCK}`,
  ],
  [
    "whose one subkey for encryption is post-quantum",
    async () => made({ strangers: [strangeSubkey(4, 35)] }),
    "of <made@example.com> has no subkey for encryption but of a post-quantum algorithm, which cannot be encrypted to here. " +
      ADD,
  ],
  [
    "whose one subkey for encryption is of an algorithm to come",
    async () => made({ strangers: [strangeSubkey(4, 99)] }),
    `of <made@example.com> has no subkey for encryption but of algorithm 99, which cannot be encrypted to here. ${ADD}`,
  ],
])("a PGP key %s is refused, with what to do", async (_, make, reason) => {
  const { publicKey, fingerprint } = await make();
  const message = `pgpKey: key ${fingerprint} ${reason.replaceAll("FPR", fingerprint)}`;
  expect(await problems({ pgpKey: publicKey })).toEqual([message]);
});
