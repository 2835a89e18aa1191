import { afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import * as openpgp from "openpgp";
import { Secret } from "../../../provider/src/passwords/secret.ts";
import { encryptTo, readRecipients } from "../../../provider/src/recipients/recipients.ts";
import { FOR_ENCRYPTION, inDays, made, strangeSubkey, subkey } from "../../support/pgp-keys.ts";
import {
  EVERYTHING_IAM_ALLOWS,
  encrypted,
  opened,
  type Pair,
  pair,
  passwords,
  problems,
} from "../../support/recipients.ts";

/** What is left as it is when the date is another. */
const WAITING = [
  ...(["nextTick", "queueMicrotask", "setImmediate", "setInterval", "setTimeout"] as const),
  ...(["clearImmediate", "clearInterval", "clearTimeout", "hrtime", "performance"] as const),
];

afterEach(() => {
  jest.useRealTimers();
});

let alice: Pair;
let bob: Pair;

beforeAll(async () => {
  [alice, bob] = await Promise.all([pair("alice@example.com"), pair("bob@example.com")]);
});

describe("a PGP key", () => {
  test("one of several opens the message alone", async () => {
    const { encryptedPassword, keyFingerprint } = await encrypted("pass", { pgpKey: [alice.publicKey, bob.publicKey] });
    expect(await opened(encryptedPassword, alice)).toBe("pass");
    expect(await opened(encryptedPassword, bob)).toBe("pass");
    expect(keyFingerprint).toBe(`${alice.fingerprint}, ${bob.fingerprint}`);
  });

  test("opens nothing that was encrypted to another", async () => {
    const { encryptedPassword } = await encrypted("pass", { pgpKey: alice.publicKey });
    await expect(opened(encryptedPassword, bob)).rejects.toThrow("No decryption key packets found");
  });

  test("of a later element is called by its place in the list", async () => {
    expect(await problems({ pgpKey: [alice.publicKey, "nonsense", bob.publicKey, "alice.asc"] })).toEqual([
      expect.stringMatching(/^pgpKey\[1\] cannot be read/),
      'pgpKey[3] seems to name a file. Give what is in it: fs.readFileSync(path, "utf8").',
    ]);
  });

  test("that can no longer be used when the password is made is an error", async () => {
    const { publicKey } = await pair("brief@example.com", { keyExpirationTime: 60 });
    const read = await readRecipients({ pgpKey: publicKey });
    if (read === undefined || "problems" in read) throw new Error("It had expired already.");
    jest.useFakeTimers({ now: Date.now() + 120_000, doNotFake: [...WAITING] });
    await expect(encryptTo(new Secret("pass"), read.recipients)).rejects.toThrow(
      /^The new password cannot be encrypted: key [0-9A-F]{40} of <brief@example.com> expired on /,
    );
  });

  test.each(["curve25519Legacy", "nistP521"] as const)("whose subkey is no point of %s is an error", async (curve) => {
    const packet = await subkey({ curve });
    (packet.publicParams as { Q: Uint8Array }).Q.fill(0, 1);
    const { publicKey, fingerprint } = await made({ subkeys: [{ packet, said: { keyFlags: FOR_ENCRYPTION } }] });
    await expect(encrypted("pass", { pgpKey: publicKey })).rejects.toThrow(
      `The new password cannot be encrypted to key ${fingerprint} of <made@example.com>: what it is made of is not valid. ` +
        "Ask its owner for a new one (gpg --full-generate-key).",
    );
  });

  test("shows no more than text of the user id that its maker wrote", async () => {
    const { privateKey } = await openpgp.generateKey({
      userIDs: [{ name: `\u001b[31m\u202eevil\n${"x".repeat(200)}` }],
      subkeys: [],
      format: "object",
    });
    const [problem] = await problems({ pgpKey: privateKey.toPublic().armor() });
    expect(problem).toContain(` of [31mevil${"x".repeat(92)} is for signatures only`);
  });
});

describe("the subkey that is encrypted to", () => {
  const said = { keyFlags: FOR_ENCRYPTION };
  const madeOn = async (days: number, more: object = {}) => ({
    packet: await subkey({ date: inDays(days) }),
    said: { ...said, ...more },
    signed: inDays(Math.min(days, 0)),
  });
  const weak = () => subkey({ date: inDays(0), type: "rsa", rsaBits: 1024, config: { minRSABits: 1024 } });

  test.each<[string, () => Promise<Parameters<typeof made>[0]>, number]>([
    ["the newest", async () => ({ subkeys: [await madeOn(-30), await madeOn(-10), await madeOn(-20)] }), 1],
    [
      "the newest that has not expired",
      async () => ({
        subkeys: [
          await madeOn(-30),
          await madeOn(-20),
          await madeOn(-10, { keyExpirationTime: 86_400, keyNeverExpires: false }),
        ],
      }),
      1,
    ],
    ["the newest that has begun", async () => ({ subkeys: [await madeOn(-2), await madeOn(2)] }), 0],
    [
      "the newest that is for encryption",
      async () => ({ subkeys: [await madeOn(-2), await madeOn(-1, { keyFlags: [0x20] })] }),
      0,
    ],
    [
      "the newest that is strong enough",
      async () => ({ subkeys: [await madeOn(-2), { packet: await weak(), said }] }),
      0,
    ],
    [
      "the ordinary one beside a post-quantum one",
      async () => ({ subkeys: [await madeOn(-2)], strangers: [strangeSubkey(4, 35)] }),
      0,
    ],
    [
      "the ordinary one beside GnuPG's post-quantum one",
      async () => ({ subkeys: [await madeOn(-2)], strangers: [strangeSubkey(5, 8)] }),
      0,
    ],
  ])("is %s", async (_, parts, chosen) => {
    const key = await made(await parts());
    const { encryptedPassword } = await encrypted("pass", { pgpKey: key.publicKey });
    const message = await openpgp.readMessage({ armoredMessage: encryptedPassword });
    expect(message.getEncryptionKeyIDs().map((id) => id.toHex())).toEqual([
      key.privateKey.subkeys[chosen]?.getKeyID().toHex(),
    ]);
    expect(await opened(encryptedPassword, key)).toBe("pass");
  });

  test("is not one that was revoked", async () => {
    const { privateKey } = await made({ subkeys: [await madeOn(-2), await madeOn(-1)] });
    const newest = privateKey.subkeys[1] as openpgp.Subkey;
    privateKey.subkeys[1] = await newest.revoke(privateKey.keyPacket as openpgp.SecretKeyPacket);
    privateKey.subkeys[1].bindingSignatures = newest.bindingSignatures;
    const { encryptedPassword } = await encrypted("pass", { pgpKey: privateKey.toPublic().armor() });
    const message = await openpgp.readMessage({ armoredMessage: encryptedPassword });
    expect(message.getEncryptionKeyIDs().map((id) => id.toHex())).toEqual([privateKey.subkeys[0]?.getKeyID().toHex()]);
  });

  test("may say nothing of its use, and so may the key", async () => {
    const key = await made({ subkeys: [{ packet: await subkey() }] });
    expect(await opened((await encrypted("pass", { pgpKey: key.publicKey })).encryptedPassword, key)).toBe("pass");
  });

  test("may be the key itself, of RSA and without flags", async () => {
    const key = await made({ primary: { type: "rsa", rsaBits: 2048 } });
    expect(await opened((await encrypted("pass", { pgpKey: key.publicKey })).encryptedPassword, key)).toBe("pass");
  });
});

test.each(["curve25519", "curve448"] as const)(
  "a PGP key of version 6 is encrypted to, %s, alone and beside one of version 4",
  async (type) => {
    const six = await pair("six@example.com", { type, config: { v6Keys: true } });
    expect(six.fingerprint).toMatch(/^[0-9A-F]{64}$/);
    for (const pgpKey of [[six.publicKey], [alice.publicKey, six.publicKey]]) {
      const { encryptedPassword, keyFingerprint } = await encrypted("pass", { pgpKey });
      expect(await opened(encryptedPassword, six)).toBe("pass");
      expect(keyFingerprint).toBe(pgpKey.length === 1 ? six.fingerprint : `${alice.fingerprint}, ${six.fingerprint}`);
      if (pgpKey.length === 2) expect(await opened(encryptedPassword, alice)).toBe("pass");
    }
  },
);

test("a PGP key reads back every password that IAM allows, byte by byte", async () => {
  await fc.assert(
    fc.asyncProperty(passwords(), async (password) => {
      const { encryptedPassword } = await encrypted(password, { pgpKey: alice.publicKey });
      expect(await opened(encryptedPassword, alice)).toBe(password);
    }),
    {
      numRuns: 50,
      examples: [[EVERYTHING_IAM_ALLOWS.slice(0, 128)], [EVERYTHING_IAM_ALLOWS.slice(-128)], ["\r\n\t\n\r "]],
    },
  );
});
