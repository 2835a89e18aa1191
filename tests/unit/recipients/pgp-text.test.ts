/** PGP keys as people paste, store and mistake them. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as age from "age-encryption";
import fc from "fast-check";
import * as openpgp from "openpgp";
import { readRecipients, recipientProblems } from "../../../provider/src/recipients/recipients.ts";
import { armored, FOR_ENCRYPTION, made, strangeSubkey, subkey } from "../../support/pgp-keys.ts";
import { encrypted, opened, type Pair, pair, problems } from "../../support/recipients.ts";

const EXPORT = "gpg --export --armor alice@example.com";
const GIVE_ONE = `Give a PGP public key: ${EXPORT} prints it.`;
const WHOLE = `Give it whole, as ${EXPORT} prints it.`;
const BEGIN = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const END = "-----END PGP PUBLIC KEY BLOCK-----";

let alice: Pair;
let bob: Pair;

beforeAll(async () => {
  [alice, bob] = await Promise.all([pair("alice@example.com"), pair("bob@example.com")]);
});

const bytes = () => Buffer.from(alice.privateKey.toPublic().write());
const base64 = () => bytes().toString("base64");
/** As gpg writes it: one kind of line end, and a checksum. */
const text = () => armored(bytes()).replace(/\r/g, "");
const withHeaders = () => text().replace("\n\n", "\nVersion: GnuPG v2\nComment: A: b c\n\n");

describe("a PGP key can be given", () => {
  test.each<[string, () => string | string[]]>([
    ["armored", text],
    ["armored with headers", withHeaders],
    ["armored with Windows line ends", () => text().replaceAll("\n", "\r\n")],
    ["armored with line ends of old Macs", () => text().replaceAll("\n", "\r")],
    ["armored and indented", () => text().replace(/^/gm, "      ")],
    ["armored with text around it", () => `Alice's key:\n\n${text()}\nPlease use it.\n`],
    ["within a page", () => `<!doctype html>\n<html><body><pre>${text()}</pre></body></html>`],
    ["armored with a byte order mark", () => `\ufeff${text()}`],
    ["armored in UTF-16 that is read as such", () => Buffer.from(`\ufeff${text()}`, "utf16le").toString("utf16le")],
    ["armored without its blank line", () => text().replace("\n\n", "\n")],
    ["armored with headers and without its blank line", () => withHeaders().replace("\n\n", "\n")],
    ["armored with empty lines between its lines", () => text().replaceAll("\n", "\n\n")],
    ["armored without a checksum", () => text().replace(/\n=.{4}\n/, "\n")],
    ["with \\n written out", () => withHeaders().replaceAll("\n", "\\n")],
    ["with \\r\\n written out", () => withHeaders().replaceAll("\n", "\\r\\n")],
    ["as JSON has it, with its quotes", () => JSON.stringify(text())],
    [
      "with blanks in place of line ends, as folded YAML has it",
      () => text().replace(/\s+/g, (one) => (one[0] === "\n" ? " " : one)),
    ],
    ["in base64 of one line", base64],
    ["in base64 of many lines", () => base64().replace(/.{64}/g, "$&\n")],
    ["armored, in base64", () => Buffer.from(text()).toString("base64")],
    ["as the one element of a list", () => [text()]],
    ["twice in a list", () => [text(), base64()]],
    ["twice in one text", () => text() + text()],
  ])("%s", async (_, given) => {
    const pgpKey = given();
    expect(recipientProblems({ pgpKey })).toEqual([]);
    const { encryptedPassword, keyFingerprint } = await encrypted("pass", { pgpKey });
    expect(encryptedPassword).toMatch(/^-----BEGIN PGP MESSAGE-----\r?\n/);
    expect(await opened(encryptedPassword, alice)).toBe("pass");
    expect(keyFingerprint).toBe(alice.fingerprint);
    expect(keyFingerprint).toMatch(/^[0-9A-F]{40}$/);
  });
});

test("a key that is there in two versions is what both say", async () => {
  const { privateKey, fingerprint } = await made({
    subkeys: [{ packet: await subkey(), said: { keyFlags: FOR_ENCRYPTION } }],
  });
  const withoutSubkey = armored(
    new openpgp.PublicKey(privateKey.toPublic().toPacketList().slice(0, 3) as never).write(),
  );
  expect(await problems({ pgpKey: withoutSubkey })).toEqual([expect.stringContaining("is for signatures only")]);
  const both = await encrypted("pass", { pgpKey: withoutSubkey + armored(privateKey.toPublic().write()) });
  expect(both.keyFingerprint).toBe(fingerprint);
  expect(await opened(both.encryptedPassword, { privateKey })).toBe("pass");
});

const UNREADABLE = `cannot be read as a PGP public key. Give it whole, with its ends of lines, as ${EXPORT} prints it.`;
const CUT = `is cut off: its end is missing. ${WHOLE}`;
const DAMAGED = `is damaged: its checksum does not fit. ${WHOLE}`;
const PRIVATE = `is a private key, which belongs to its owner alone. Give the public one: ${EXPORT} prints it.`;
const NAMED = `names a PGP key, but is none. Give the key itself: ${EXPORT} prints it.`;
const FILE = 'seems to name a file. Give what is in it: fs.readFileSync(path, "utf8").';
const BINARY = 'is a binary file that was read as text. Give it in base64: fs.readFileSync(path, "base64").';
const MESSAGE = `is an encrypted message. ${GIVE_ONE}`;
const SIGNATURE = `is a signature or a revocation, and no key. ${GIVE_ONE}`;
const KEYBASE =
  "does not name a key at Keybase. Write keybase: and a user name of letters, digits and underscores; to choose one of " +
  "several keys, add # and its whole fingerprint, or its key id of 16 digits.";
const OTHER_KIND = "which cannot be encrypted to here. Ask its owner for an ordinary one (gpg --full-generate-key).";

const pem = (label: string) =>
  `-----BEGIN ${label}-----\n${Buffer.alloc(60, "PEM data").toString("base64")}\n-----END ${label}-----`;
const keyOf = (version: number, algorithm: number) => {
  const body = strangeSubkey(version, algorithm).write();
  // A primary key in place of a subkey: tag 6, with a length of two bytes.
  return armored(Buffer.concat([Buffer.from([0x99, body.length >> 8, body.length & 0xff]), body]));
};
const message = async () => {
  const message = await openpgp.createMessage({ text: "words of a message" });
  return openpgp.encrypt({ message, encryptionKeys: alice.privateKey.toPublic(), format: "object" });
};
const signature = async () => {
  const message = await openpgp.createMessage({ text: "words of a message" });
  return openpgp.sign({ message, signingKeys: alice.privateKey, detached: true, format: "object" });
};
const inBase64 = (data: unknown) => Buffer.from(data as Uint8Array).toString("base64");

describe("a PGP key is refused, and not quoted:", () => {
  test.each<[string, () => unknown, string]>([
    ["some text", () => "alice's key", UNREADABLE],
    ["a word that is base64 by chance", () => "nonsense", UNREADABLE],
    ["base64 of something else", () => Buffer.from("no key at all, but words").toString("base64"), UNREADABLE],
    ["armor that is cut off", () => text().slice(0, 300), CUT],
    ["armor whose end alone is cut off", () => text().replace(END, "-----END PGP"), CUT],
    ["armor whose middle is missing", () => text().replace(/(\n[^\n]{20})[^\n]{20}/, "$1"), DAMAGED],
    ["armor whose last lines are missing, and the checksum", () => text().replace(/\n[^\n]+\n=.{4}\n/, "\n"), CUT],
    ["armor with a wrong checksum", () => text().replace(/\n=.{4}\n/, "\n=AAAA\n"), DAMAGED],
    [
      "armor with one letter mistyped",
      () => text().replace(/\n\n(.{50})(.)/, (_, before, one) => `\n\n${before}${one === "a" ? "b" : "a"}`),
      DAMAGED,
    ],
    ["armor with signs that base64 does not have", () => text().replace("\n\n", "\n\n???"), UNREADABLE],
    ["armor with headers and without its ends of lines", () => withHeaders().replace(/\s+/g, " "), UNREADABLE],
    ["armor as a mail quotes it", () => text().replace(/^/gm, "> "), UNREADABLE],
    ["armor without content", () => `${BEGIN}\n\n${END}`, UNREADABLE],
    ["base64 with a cut end", () => base64().slice(0, -40), CUT],
    ["base64 with a cut beginning", () => base64().slice(40), UNREADABLE],
    ["base64 that begins as a path does", () => `/${base64()}`, UNREADABLE],
    ["a binary key read as text", () => bytes().toString("utf8"), BINARY],
    ["a binary key read byte by byte", () => bytes().toString("latin1"), BINARY],
    [
      "a text in UTF-16, read as UTF-8",
      () => Buffer.from(`\ufeff${text()}`, "utf16le").toString("utf8"),
      'is a text in UTF-16. Read it as one: fs.readFileSync(path, "utf16le").',
    ],
    ["an encrypted message", async () => (await message()).armor(), MESSAGE],
    ["an encrypted message in base64", async () => inBase64((await message()).write()), MESSAGE],
    ["a signature", async () => (await signature()).armor(), `is a signature. ${GIVE_ONE}`],
    ["a signature in base64", async () => inBase64((await signature()).write()), SIGNATURE],
    [
      "a signed text",
      () => "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nwords\n-----BEGIN PGP SIGNATURE-----\n\nwnUE",
      `is a signature. ${GIVE_ONE}`,
    ],
    ["a revocation certificate", () => signature().then((one) => armored(one.write() as Uint8Array)), SIGNATURE],
    ["an encrypted file of age", () => pem("AGE ENCRYPTED FILE"), `is an encrypted file. ${GIVE_ONE}`],
    ["a user id", () => "Alice <alice@example.com>", NAMED],
    ["an e-mail address", () => "alice@example.com", NAMED],
    ["a fingerprint", () => alice.fingerprint, NAMED],
    ["a fingerprint as gpg prints it", () => alice.fingerprint.replace(/.{4}/g, "$& "), NAMED],
    ["a fingerprint as a URI", () => `OPENPGP4FPR:${alice.fingerprint}`, NAMED],
    ["a fingerprint of version 6", () => "0123456789abcdef".repeat(4), NAMED],
    ["a key id", () => "0x1234ABCD5678EF90", NAMED],
    ["the path of a file", () => "./keys/alice.asc", FILE],
    ["the path of a file without an extension", () => "~/keys/alice", FILE],
    ["the path of a file on Windows", () => "C:\\keys\\alice", FILE],
    [
      "an address",
      () => "https://example.com/alice.asc",
      "is an address. Give what is there, once its owner has confirmed it.",
    ],
    [
      "a page",
      () => "<!DOCTYPE html>\n<html><title>Not found</title></html>",
      `is a page (HTML) without a key. ${GIVE_ONE}`,
    ],
    [
      "an age recipient",
      () => "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
      "is an age recipient. Give it as ageRecipients.",
    ],
    ["an SSH key", () => "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFtd alice", `is an SSH key (ssh-ed25519). ${GIVE_ONE}`],
    [
      "an SSH key with options",
      () => 'no-pty,from="a" ecdsa-sha2-nistp256 AAAAE2VjZHNh',
      `is an SSH key (ecdsa-sha2-nistp256). ${GIVE_ONE}`,
    ],
    [
      "an SSH key of a security key",
      () => "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1l",
      `is an SSH key (sk-ssh-ed25519@openssh.com). ${GIVE_ONE}`,
    ],
    ["an SSH key without its type", () => "AAAAB3NzaC1yc2EAAAADAQABAAABgQC7", `is an SSH key. ${GIVE_ONE}`],
    [
      "an SSH key in base64",
      () => Buffer.from("ssh-rsa AAAAB3NzaC1yc2E= a").toString("base64"),
      `is an SSH key (ssh-rsa). ${GIVE_ONE}`,
    ],
    [
      "an SSH key for other programs",
      () => "---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3NzaC1yc2E\n---- END SSH2 PUBLIC KEY ----",
      `is an SSH key. ${GIVE_ONE}`,
    ],
    ["an X.509 certificate", () => pem("CERTIFICATE"), `is an X.509 certificate. ${GIVE_ONE}`],
    [
      "an X.509 certificate in base64",
      () => Buffer.from(pem("CERTIFICATE")).toString("base64"),
      `is an X.509 certificate. ${GIVE_ONE}`,
    ],
    [
      "an X.509 certificate without its armor",
      () => `MIIB${base64()}`,
      `is a certificate or key of X.509 (DER in base64). ${GIVE_ONE}`,
    ],
    [
      "a request for a certificate",
      () => pem("CERTIFICATE REQUEST"),
      `is a request for an X.509 certificate. ${GIVE_ONE}`,
    ],
    ["a public key for TLS", () => pem("PUBLIC KEY"), `is a public key in PEM, as TLS and tokens have it. ${GIVE_ONE}`],
    [
      "a minisign key",
      () => `untrusted comment: minisign public key E7620F1842B4E81F\nRW${base64().slice(0, 54)}`,
      `is a minisign key. ${GIVE_ONE}`,
    ],
    [
      "a minisign key without its comment",
      () => `RW${base64().replace(/[+/]/g, "x").slice(0, 54)}`,
      `is a minisign key. ${GIVE_ONE}`,
    ],
    [
      "of version 5",
      async () => (await made({ version: 5, subkeys: [{ packet: await subkey() }] })).publicKey,
      `is a key of version 5, ${OTHER_KIND}`,
    ],
    ["of version 3", () => keyOf(3, 1), `is a key of version 3, ${OTHER_KIND}`],
    ["post-quantum to sign with", () => keyOf(6, 30), `is a key of a post-quantum algorithm, ${OTHER_KIND}`],
    ["of an algorithm to come", () => keyOf(4, 99), `is a key of algorithm 99, ${OTHER_KIND}`],
    ["with nonsense in the place of its material", () => keyOf(4, 22), UNREADABLE],
    ["no name at Keybase", () => "keybase:", KEYBASE],
    ["a path in place of a name at Keybase", () => "keybase:../api", KEYBASE],
    ["half a fingerprint at Keybase", () => "keybase:alice#ABCD1234", KEYBASE],
    ["two fingerprints at Keybase", () => `keybase:alice#${"A".repeat(16)}#${"B".repeat(16)}`, KEYBASE],
    ["nothing", () => " \n", `must not be empty. Give a PGP public key (${EXPORT}).`],
    ["an empty list", () => [], `must not be an empty list. Give a PGP public key (${EXPORT}).`],
    ["a number", () => 7, `must be a PGP public key (${EXPORT}), as a string or a list of strings.`],
    ["what a file holds, as bytes", bytes, `must be a PGP public key (${EXPORT}), as a string or a list of strings.`],
    [
      "several keys in one text",
      () => alice.publicKey + bob.publicKey,
      "holds 2 keys: key ALICE of <alice@example.com>; key BOB of <bob@example.com>. " +
        "Give each as an element of the list: gpg --export --armor ALICE",
    ],
    ["a second key that is cut off", () => text() + bob.publicKey.slice(0, 200), CUT],
  ])("%s", async (_, given, reason) => {
    const pgpKey = await given();
    const [problem, ...others] = await problems({ pgpKey });
    expect(problem).toBe(`pgpKey ${reason.replaceAll("ALICE", alice.fingerprint).replaceAll("BOB", bob.fingerprint)}`);
    expect(others).toEqual([]);
    for (const word of String(pgpKey).match(/[A-Za-z0-9+/=]{16,}/g) ?? [])
      expect(problem).not.toContain(word.slice(0, 16));
  });
});

test("however a key is cut, changed or added to, it is the same key, or refused in one sentence that does not quote it", async () => {
  const change = fc.record({
    form: fc.constantFrom(text, base64, withHeaders),
    // In thousandths of the text.
    at: fc.nat(999),
    removed: fc.oneof(fc.constantFrom(0, 1), fc.nat(999)),
    added: fc.string({ unit: fc.constantFrom(..."aZ09+/= -:\n\\\0\ufffd"), maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ form, at, removed, added }) => {
      const whole = form();
      const start = Math.floor((whole.length * at) / 1000);
      const pgpKey = whole.slice(0, start) + added + whole.slice(start + removed);
      const read = await readRecipients({ pgpKey });
      if (read !== undefined && "recipients" in read) {
        expect(read.recipients.fingerprint).toBe(alice.fingerprint);
        return;
      }
      const [problem, ...others] = read?.problems ?? [];
      expect(problem?.reason).toMatch(/^pgpKey(: key [0-9A-F]{40}.*?)? [a-z].+[.)`\w]$/);
      expect(others).toEqual([]);
      for (const word of pgpKey.match(/[A-Za-z0-9+/=]{16,}/g) ?? [])
        expect(problem?.reason).not.toContain(word.slice(0, 16));
    }),
    { numRuns: 200 },
  );
});

describe("a private key is refused and not quoted:", () => {
  test.each<[string, (pair: Pair) => string | Promise<string>]>([
    ["armored", ({ privateKey }) => privateKey.armor()],
    ["armored and cut off", ({ privateKey }) => privateKey.armor().slice(0, 200)],
    ["armored, beside the public one", ({ privateKey, publicKey }) => publicKey + privateKey.armor()],
    ["armored, with \\n written out", ({ privateKey }) => privateKey.armor().replace(/\r?\n/g, "\\n")],
    [
      "armored, in UTF-16 read as UTF-8",
      ({ privateKey }) => Buffer.from(privateKey.armor(), "utf16le").toString("utf8"),
    ],
    ["armored, in base64", ({ privateKey }) => Buffer.from(privateKey.armor()).toString("base64")],
    ["armored, in UTF-16 in base64", ({ privateKey }) => Buffer.from(privateKey.armor(), "utf16le").toString("base64")],
    ["in base64", ({ privateKey }) => inBase64(privateKey.write())],
    ["in base64 with a cut end", ({ privateKey }) => inBase64(privateKey.write()).slice(0, -8)],
    ["in armor that says public", ({ privateKey }) => privateKey.armor().replaceAll("PRIVATE", "PUBLIC")],
    [
      "a subkey behind a public key",
      ({ privateKey }) =>
        armored(
          Buffer.concat([
            privateKey.toPublic().write(),
            privateKey.write().subarray(Buffer.from(privateKey.write()).indexOf("<bob@") + 17),
          ]),
        ),
    ],
    [
      "as GnuPG keeps it",
      () => "Created: 20260101T000000\nKey: (protected-private-key (ecc (curve Ed25519)(flags eddsa)))",
    ],
    ["of age", () => age.generateIdentity()],
    ["of age, post-quantum", () => age.generateHybridIdentity()],
    [
      "of age, as a file has it",
      async () => `# created: 2026-01-01\n# public key: age1\n${await age.generateIdentity()}\n`,
    ],
    ["of age, in base64", async () => Buffer.from(await age.generateIdentity()).toString("base64")],
    ["of a plugin of age", () => "AGE-PLUGIN-YUBIKEY-1QYPQYZQQZ8C5W0Q3Q8R5Q"],
    [
      "of OpenSSH",
      () => "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----",
    ],
    ["of OpenSSH without its armor", () => Buffer.from("openssh-key-v1\0 and more of it").toString("base64")],
    [
      "of PuTTY",
      () => "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 2\nAAAAC3\nPrivate-Lines: 1\nAAAAIA",
    ],
    ["of TLS", () => pem("PRIVATE KEY")],
    ["of TLS, with a passphrase", () => pem("ENCRYPTED PRIVATE KEY")],
    ["of minisign", () => "untrusted comment: minisign encrypted secret key\nRWRTY0IyabcdefghijklmnopqrstuvwxyzAAAA"],
    ["of minisign without its comment", () => "RWRTY0IyabcdefghijklmnopqrstuvwxyzAAAA"],
  ])("%s", async (_, given) => {
    const pgpKey = await given(bob);
    expect(await problems({ pgpKey: [text(), pgpKey] })).toEqual([`pgpKey[1] ${PRIVATE}`]);
    expect(recipientProblems({ pgpKey }).map(({ reason }) => reason)).toEqual([`pgpKey ${PRIVATE}`]);
  });
});
