import { afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import * as age from "age-encryption";
import fc from "fast-check";
import * as openpgp from "openpgp";
import { Secret } from "../../../provider/src/passwords/secret.ts";
import { encryptTo, readRecipients, recipientProblems } from "../../../provider/src/recipients/recipients.ts";
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

const YEAR_MS = 365 * 86_400_000;

let alice: Pair;
let bob: Pair;

beforeAll(async () => {
  [alice, bob] = await Promise.all([pair("alice@example.com"), pair("bob@example.com")]);
});

describe("a PGP key", () => {
  const binary = () => Buffer.from(alice.privateKey.toPublic().write()).toString("base64");

  test.each([
    ["armored", () => alice.publicKey],
    ["armored with CRLF at its ends of lines", () => alice.publicKey.replace(/\r?\n/g, "\r\n")],
    ["armored and indented", () => alice.publicKey.replace(/^/gm, "      ")],
    ["armored with text around it", () => `Alice's key:\n\n${alice.publicKey}\nPlease use it.\n`],
    ["in base64 of one line", binary],
    ["in base64 of many lines", () => binary().replace(/.{64}/g, "$&\n")],
    ["armored, in base64", () => Buffer.from(alice.publicKey).toString("base64")],
    ["as the one element of a list", () => [alice.publicKey]],
    ["twice in a list", () => [alice.publicKey, binary()]],
  ])("can be given %s", async (_, pgpKey) => {
    expect(recipientProblems({ pgpKey: pgpKey() })).toEqual([]);
    const { encryptedPassword, keyFingerprint } = await encrypted("pass", { pgpKey: pgpKey() });
    expect(encryptedPassword).toMatch(/^-----BEGIN PGP MESSAGE-----\r?\n/);
    expect(await opened(encryptedPassword, alice)).toBe("pass");
    expect(keyFingerprint).toBe(alice.fingerprint);
    expect(keyFingerprint).toMatch(/^[0-9A-F]{40}$/);
  });

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

  const UNREADABLE =
    "pgpKey cannot be read as a PGP public key. Give it whole, with its ends of lines, as gpg --export --armor alice@example.com prints it.";

  test.each<[string, () => unknown, string]>([
    ["some text", () => "alice's key", UNREADABLE],
    ["base64 of something else", () => Buffer.from("no key at all").toString("base64"), UNREADABLE],
    ["an armored key that is cut off", () => alice.publicKey.slice(0, 300), UNREADABLE],
    ["an armored key without its ends of lines", () => alice.publicKey.replace(/\s+/g, " "), UNREADABLE],
    ["an armored key with a part missing", () => alice.publicKey.replace(/(\n[^\n]{20})[^\n]{20}/, "$1"), UNREADABLE],
    ["a PGP message", () => "-----BEGIN PGP MESSAGE-----\n\nwV4D\n-----END PGP MESSAGE-----", UNREADABLE],
    [
      "the path of a file",
      () => "./keys/alice.asc",
      'pgpKey seems to name a file. Give what is in it: fs.readFileSync(path, "utf8").',
    ],
    [
      "an e-mail address",
      () => "alice@example.com",
      "pgpKey names a PGP key, but is none. Give the key itself: gpg --export --armor alice@example.com prints it.",
    ],
    [
      "a fingerprint",
      () => alice.fingerprint,
      "pgpKey names a PGP key, but is none. Give the key itself: gpg --export --armor alice@example.com prints it.",
    ],
    [
      "an age recipient",
      () => "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
      "pgpKey is an age recipient. Give it as ageRecipients.",
    ],
    [
      "an SSH key",
      () => "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFtd alice",
      "pgpKey is an SSH key. Give a PGP public key: gpg --export --armor alice@example.com prints it.",
    ],
    [
      "no name at Keybase",
      () => "keybase:",
      "pgpKey does not name a Keybase user. Write keybase: and a user name of letters, digits and underscores.",
    ],
    [
      "a path in place of a name at Keybase",
      () => "keybase:../api",
      "pgpKey does not name a Keybase user. Write keybase: and a user name of letters, digits and underscores.",
    ],
    [
      "nothing",
      () => " \n",
      "pgpKey must not be empty. Give a PGP public key (gpg --export --armor alice@example.com).",
    ],
    [
      "an empty list",
      () => [],
      "pgpKey must not be an empty list. Give a PGP public key (gpg --export --armor alice@example.com).",
    ],
    [
      "a number",
      () => 7,
      "pgpKey must be a PGP public key (gpg --export --armor alice@example.com), as a string or a list of strings.",
    ],
    [
      "a number in a list",
      () => [alice.publicKey, 7],
      "pgpKey[1] must be a PGP public key (gpg --export --armor alice@example.com), as a string.",
    ],
    [
      "several keys in one text",
      () => alice.publicKey + bob.publicKey,
      "pgpKey holds 2 keys: key ALICE of <alice@example.com>; key BOB of <bob@example.com>. " +
        "Give each as an element of the list: gpg --export --armor ALICE",
    ],
  ])("is refused: %s", async (_, pgpKey, message) => {
    const expected = message.replaceAll("ALICE", alice.fingerprint).replaceAll("BOB", bob.fingerprint);
    expect(await problems({ pgpKey: pgpKey() })).toEqual([expected]);
  });

  test("of a later element is called by its place in the list", async () => {
    expect(await problems({ pgpKey: [alice.publicKey, "nonsense", bob.publicKey, "alice.asc"] })).toEqual([
      'pgpKey[3] seems to name a file. Give what is in it: fs.readFileSync(path, "utf8").',
    ]);
    expect(await problems({ pgpKey: [alice.publicKey, "nonsense", bob.publicKey] })).toEqual([
      expect.stringMatching(/^pgpKey\[1\] cannot be read/),
    ]);
  });

  test.each([
    ["armored", (pair: Pair) => pair.privateKey.armor()],
    ["armored and cut off", (pair: Pair) => pair.privateKey.armor().slice(0, 200)],
    ["armored, beside the public one", (pair: Pair) => pair.publicKey + pair.privateKey.armor()],
    ["armored, in base64", (pair: Pair) => Buffer.from(pair.privateKey.armor()).toString("base64")],
    ["in base64", (pair: Pair) => Buffer.from(pair.privateKey.write()).toString("base64")],
    ["in armor that says public", (pair: Pair) => pair.privateKey.armor().replaceAll("PRIVATE", "PUBLIC")],
    ["of age", async () => age.generateIdentity()],
    [
      "of OpenSSH",
      () => "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----",
    ],
  ])("that is private, %s, is refused and not quoted", async (_, text) => {
    const pgpKey = await text(bob);
    const [problem, ...others] = await problems({ pgpKey: [alice.publicKey, pgpKey] });
    expect(others).toEqual([]);
    expect(problem).toBe(
      "pgpKey[1] is a private key, which belongs to its owner alone. " +
        "Give the public one: gpg --export --armor alice@example.com prints it.",
    );
  });

  test("that expired is refused with the day", async () => {
    const { publicKey, fingerprint } = await pair("old@example.com", {
      date: new Date("2020-03-01T00:00:00Z"),
      keyExpirationTime: YEAR_MS / 1000,
    });
    expect(await problems({ pgpKey: publicKey })).toEqual([
      `pgpKey: key ${fingerprint} of <old@example.com> expired on 2021-03-01. Its owner can extend it ` +
        `(gpg --quick-set-expire ${fingerprint} 1y); then give the key anew (gpg --export --armor ${fingerprint}).`,
    ]);
  });

  test("that was revoked is refused", async () => {
    const { privateKey, fingerprint } = await pair("gone@example.com");
    const { publicKey } = await openpgp.revokeKey({ key: privateKey });
    expect(await problems({ pgpKey: publicKey })).toEqual([
      `pgpKey: key ${fingerprint} of <gone@example.com> was revoked. ` +
        "Ask its owner for the key in use now (gpg --export --armor alice@example.com).",
    ]);
  });

  test("without a subkey for encryption is refused", async () => {
    const { publicKey, fingerprint } = await pair("signer@example.com", { subkeys: [{ sign: true }] });
    expect(await problems({ pgpKey: publicKey })).toEqual([
      `pgpKey: key ${fingerprint} of <signer@example.com> is for signatures only. Its owner can add a subkey for encryption ` +
        `(gpg --quick-add-key ${fingerprint}); then give the key anew (gpg --export --armor ${fingerprint}).`,
    ]);
  });

  test("whose subkey for encryption expired or was revoked is refused", async () => {
    const expired = await pair("sub@example.com", {
      date: new Date("2020-03-01T00:00:00Z"),
      subkeys: [{ keyExpirationTime: YEAR_MS / 1000 }],
    });
    expect(await problems({ pgpKey: expired.publicKey })).toEqual([
      `pgpKey: key ${expired.fingerprint} of <sub@example.com> has a subkey for encryption that expired on 2021-03-01. ` +
        `Its owner can extend it (gpg --quick-set-expire ${expired.fingerprint} 1y '*'); ` +
        `then give the key anew (gpg --export --armor ${expired.fingerprint}).`,
    ]);
    const { privateKey, fingerprint } = await pair("sub@example.com");
    const [subkey] = privateKey.subkeys;
    privateKey.subkeys = [(await subkey?.revoke(privateKey.keyPacket as openpgp.SecretKeyPacket)) as openpgp.Subkey];
    expect(await problems({ pgpKey: privateKey.toPublic().armor() })).toEqual([
      `pgpKey: key ${fingerprint} of <sub@example.com> has only revoked subkeys for encryption. ` +
        "Ask its owner for the key in use now (gpg --export --armor alice@example.com).",
    ]);
  });

  test("dated in the future is refused", async () => {
    const date = new Date(Date.now() + YEAR_MS);
    const { publicKey, fingerprint } = await pair("early@example.com", { date });
    expect(await problems({ pgpKey: publicKey })).toEqual([
      `pgpKey: key ${fingerprint} of <early@example.com> is dated in the future, ${date.toISOString().slice(0, 10)}. ` +
        "Set the clock right, here or where it was made.",
    ]);
  });

  test("that is too weak is refused", async () => {
    const { publicKey, fingerprint } = await pair("weak@example.com", {
      type: "rsa",
      rsaBits: 1024,
      config: { minRSABits: 1024 },
    });
    expect(await problems({ pgpKey: publicKey })).toEqual([
      `pgpKey: key ${fingerprint} of <weak@example.com> is too weak by today's standards (RSA of 1024 bits). ` +
        "Ask its owner for a new one (gpg --full-generate-key).",
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
