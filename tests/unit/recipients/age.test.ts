import { describe, expect, test } from "@jest/globals";
import * as age from "age-encryption";
import fc from "fast-check";
import { tagged, taggedPostQuantum } from "../../support/age-tags.ts";
import { encrypted, passwords, problems } from "../../support/recipients.ts";

describe("an age recipient", () => {
  async function openedBy(identity: string, text: string): Promise<string> {
    const decrypter = new age.Decrypter();
    decrypter.addIdentity(identity);
    return decrypter.decrypt(age.armor.decode(text), "text");
  }

  test.each([
    ["X25519", age.generateX25519Identity],
    ["post-quantum", age.generateHybridIdentity],
  ])("opens what is encrypted to it: %s", async (_, generate) => {
    const [identity, other] = [await generate(), await generate()];
    const recipients = [await age.identityToRecipient(identity), await age.identityToRecipient(other)];
    const { encryptedPassword, keyFingerprint } = await encrypted("pass", { ageRecipients: recipients });
    expect(encryptedPassword).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expect(encryptedPassword).toMatch(/\n-----END AGE ENCRYPTED FILE-----\n$/);
    expect(await openedBy(identity, encryptedPassword)).toBe("pass");
    expect(await openedBy(other, encryptedPassword)).toBe("pass");
    expect(keyFingerprint).toBe(recipients.join(", "));
    await expect(openedBy(await generate(), encryptedPassword)).rejects.toThrow("no identity matched");
  });

  test.each([
    ["on a curve", tagged, "p256tag"],
    ["post-quantum", taggedPostQuantum, "mlkem768p256tag"],
  ])("of a hardware key opens what is encrypted to it: %s", async (_, generate, type) => {
    const [key, other] = [generate(), generate()];
    const ageRecipients = [key.recipient, other.recipient];
    const { encryptedPassword, keyFingerprint } = await encrypted("pass", { ageRecipients });
    const file = age.armor.decode(encryptedPassword);
    expect(Buffer.from(file).toString("latin1")).toContain(`\n-> ${type} `);
    const decrypter = new age.Decrypter();
    decrypter.addIdentity(key.identity);
    expect(await decrypter.decrypt(file, "text")).toBe("pass");
    expect(keyFingerprint).toBe(ageRecipients.join(", "));
  });

  test("can be given outside of a list, and twice", async () => {
    const identity = await age.generateIdentity();
    const recipient = await age.identityToRecipient(identity);
    for (const ageRecipients of [recipient, `${recipient}\n`, [recipient, recipient]]) {
      const { encryptedPassword, keyFingerprint } = await encrypted("pass", { ageRecipients });
      expect(await openedBy(identity, encryptedPassword)).toBe("pass");
      expect(keyFingerprint).toBe(recipient);
    }
  });

  const GOOD = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  const GIVE_ONE = "Give a recipient as age-keygen prints it (age1…).";
  const DAMAGED = `cannot be read as an age recipient: it is cut off or mistyped. ${GIVE_ONE}`;
  const PRIVATE =
    "is a private key, which belongs to its owner alone. Give the public one: age-keygen -y key.txt prints it.";

  test.each<[string, unknown, string]>([
    ["mistyped", GOOD.replace("h", "g"), `ageRecipients ${DAMAGED}`],
    ["cut off", [GOOD, GOOD.slice(0, -3)], `ageRecipients[1] ${DAMAGED}`],
    // The point 0 of the curve, with a right checksum.
    [
      "no point of the curve",
      "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
      `ageRecipients ${DAMAGED}`,
    ],
    ...["yubikey", "se", "tpm", "fido2-hmac", "sss"].map((plugin): [string, unknown, string] => [
      `of the plugin ${plugin}`,
      `age1${plugin}1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t`,
      `ageRecipients is a recipient of the plugin age-plugin-${plugin}, and plugins are not run here. ${GIVE_ONE}`,
    ]),
    ["with a 1 in place of a letter", GOOD.replace("hjy5", "h1y5"), `ageRecipients ${DAMAGED}`],
    ["in capital letters", GOOD.toUpperCase(), `ageRecipients is no age recipient. ${GIVE_ONE}`],
    ...["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp384"].map((type): [string, unknown, string] => [
      `an SSH key, ${type}`,
      `${type} AAAAC3NzaC1lZDI1NTE5AAAAIFtd alice`,
      `ageRecipients is an SSH key (${type}). ${GIVE_ONE}`,
    ]),
    [
      "an SSH key of GitHub's page",
      "https://github.com/alice.keys",
      "ageRecipients is an address. Give what is there, once its owner has confirmed it.",
    ],
    ["a PGP key", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nx", "ageRecipients is a PGP key. Give it as pgpKey."],
    [
      "a file of recipients",
      `# Alice\n${GOOD}`,
      "ageRecipients holds more than a recipient. Give each as an element of the list, without comments.",
    ],
    [
      "the path of such a file",
      "recipients.txt",
      'ageRecipients seems to name a file. Give what is in it: fs.readFileSync(path, "utf8").',
    ],
    [
      "an encrypted file",
      "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl",
      `ageRecipients is an encrypted file. ${GIVE_ONE}`,
    ],
    ["an X.509 certificate", "-----BEGIN CERTIFICATE-----\nMIIB", `ageRecipients is an X.509 certificate. ${GIVE_ONE}`],
    ["an e-mail address", "alice@example.com", `ageRecipients is no age recipient. ${GIVE_ONE}`],
    ["some text", "alice", `ageRecipients is no age recipient. ${GIVE_ONE}`],
    ["empty", [GOOD, ""], "ageRecipients[1] must not be empty. Give an age recipient (age1…)."],
    ["an object", {}, "ageRecipients must be an age recipient (age1…), as a string or a list of strings."],
    [
      "private",
      [GOOD, "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"],
      `ageRecipients[1] ${PRIVATE}`,
    ],
    ["private and post-quantum", "AGE-SECRET-KEY-PQ-1GFPYYSJZGFPYYSJZGFPYYSJZ", `ageRecipients ${PRIVATE}`],
    ["private and of a plugin", "AGE-PLUGIN-YUBIKEY-1QYPQYZQQZ8C5W0Q3Q8R5Q", `ageRecipients ${PRIVATE}`],
    ["private and in small letters", "age-secret-key-1gfpyysjzgfpyys", `ageRecipients ${PRIVATE}`],
    ["a file with a private key", `# public key: ${GOOD}\nAGE-SECRET-KEY-1GFPYYSJ`, `ageRecipients ${PRIVATE}`],
    ["private, of OpenSSH", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn", `ageRecipients ${PRIVATE}`],
  ])("is refused: %s", async (_, ageRecipients, message) => {
    expect(await problems({ ageRecipients })).toEqual([message]);
  });

  test("that is post-quantum is not mixed with others", async () => {
    const postQuantum = await age.identityToRecipient(await age.generateHybridIdentity());
    for (const ageRecipients of [
      [GOOD, postQuantum],
      [postQuantum, GOOD],
    ]) {
      expect(await problems({ ageRecipients })).toEqual([
        "ageRecipients[1] does not go with ageRecipients[0]: one of them is post-quantum, and the other would undo that. " +
          "Give recipients of one sort (age-keygen -pq makes post-quantum ones).",
      ]);
    }
  });

  test("reads back every password that IAM allows, byte by byte", async () => {
    const identity = await age.generateIdentity();
    const ageRecipients = await age.identityToRecipient(identity);
    await fc.assert(
      fc.asyncProperty(passwords(), async (password) => {
        const { encryptedPassword } = await encrypted(password, { ageRecipients });
        expect(await openedBy(identity, encryptedPassword)).toBe(password);
      }),
      { numRuns: 50 },
    );
  });
});
