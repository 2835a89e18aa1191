/** What the built package encrypts is opened by the programs that people have: GnuPG and age. */
import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ROOT } from "../support/lab.ts";
import { AgeIdentity, GnuPG } from "../support/openers.ts";
import { FOR_ENCRYPTION, made, strangeSubkey, subkey } from "../support/pgp-keys.ts";
import { pair } from "../support/recipients.ts";

const ALLOWED = ["\t", "\n", "\r", ...Array.from({ length: 0xff - 0x1f }, (_, at) => String.fromCharCode(0x20 + at))];
const PASSWORDS = [
  ALLOWED.slice(0, 128).join(""),
  ALLOWED.slice(-128).join(""),
  "ÿ",
  "\r\n\t\n\r ",
  ...Array.from({ length: 6 }, () =>
    Array.from({ length: randomInt(1, 129) }, () => ALLOWED[randomInt(ALLOWED.length)]).join(""),
  ),
];

interface Answer {
  problems?: string[];
  deliveries?: { encryptedPassword: string; keyFingerprint: string }[];
}

/** Runs the built package in a process of its own, where it loads its libraries as it does for users. */
function encrypt(args: Record<string, unknown>, passwords = PASSWORDS): Answer {
  const program = `
    const { encryptTo, readRecipients } = require("./recipients/recipients.js");
    const { Secret } = require("./passwords/secret.js");
    (async () => {
      const { args, passwords } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
      const { problems, recipients } = await readRecipients(args);
      if (problems) return { problems: problems.map(({ reason }) => reason) };
      return { deliveries: await Promise.all(passwords.map((one) => encryptTo(new Secret(one), recipients))) };
    })().then((answer) => console.log(JSON.stringify(answer)));`;
  const options = { cwd: join(ROOT, "provider", "dist"), input: JSON.stringify({ args, passwords }) };
  return JSON.parse(execFileSync("node", ["-e", program], options).toString());
}

describe("gpg", () => {
  let gpg: GnuPG;

  beforeAll(() => {
    gpg = new GnuPG();
  });
  afterAll(() => gpg.remove());

  const kinds: [primary: string, subkey: string][] = [
    ["rsa2048", "rsa2048"],
    ["rsa4096", "rsa3072"],
    ["ed25519", "cv25519"],
    ["nistp256", "nistp256"],
    ["nistp521", "nistp384"],
    ["ed25519", "brainpoolP384r1"],
  ];

  test.each(kinds)("opens what was encrypted to a key of %s and %s, byte by byte", (primary, subkey) => {
    const email = `${primary}-${subkey}@example.com`;
    const fingerprint = gpg.makeKey(email, primary, subkey);
    for (const pgpKey of [gpg.exportKey(email), gpg.exportBase64(email)]) {
      const { deliveries = [] } = encrypt({ pgpKey });
      expect(deliveries.map(({ encryptedPassword }) => gpg.decrypt(encryptedPassword).toString("utf8"))).toEqual(
        PASSWORDS,
      );
      expect(new Set(deliveries.map(({ keyFingerprint }) => keyFingerprint))).toEqual(new Set([fingerprint]));
    }
  });

  test("opens with the one private key that is left of three recipients", () => {
    const emails = ["one@example.com", "two@example.com", "three@example.com"];
    const fingerprints = emails.map((email) => gpg.makeKey(email, "ed25519", "cv25519"));
    const { deliveries: [delivery] = [] } = encrypt({ pgpKey: emails.map((email) => gpg.exportKey(email)) }, ["ÿ\n"]);
    expect(delivery?.keyFingerprint).toBe(fingerprints.join(", "));
    for (const fingerprint of fingerprints.slice(0, 2)) gpg.deletePrivateKey(fingerprint);
    expect(gpg.decrypt(delivery?.encryptedPassword ?? "").toString("utf8")).toBe("ÿ\n");
    gpg.deletePrivateKey(fingerprints[2] ?? "");
    expect(() => gpg.decrypt(delivery?.encryptedPassword ?? "")).toThrow("No secret key");
  });

  test("opens with the newest subkey, where an older one expired", () => {
    const email = "renewed@example.com";
    const fingerprint = gpg.makeKey(email, "ed25519", undefined, "never", new Date("2020-03-01T00:00:00Z"));
    gpg.run(["--quick-add-key", fingerprint, "cv25519", "encr", "1y"], "", new Date("2020-03-02T00:00:00Z"));
    expect(encrypt({ pgpKey: gpg.exportKey(email) }).problems).toEqual([
      `pgpKey: key ${fingerprint} of ${email} has a subkey for encryption that expired on 2021-03-02. ` +
        `Its owner can extend it (gpg --quick-set-expire ${fingerprint} 1y '*'); ` +
        `then give the key anew (gpg --export --armor ${fingerprint}).`,
    ]);
    gpg.run(["--quick-add-key", fingerprint]);
    const { deliveries: [delivery] = [] } = encrypt({ pgpKey: gpg.exportKey(email) }, ["pass"]);
    expect(gpg.decrypt(delivery?.encryptedPassword ?? "").toString()).toBe("pass");
  });

  /** Whom gpg itself encrypts to, and what was encrypted here, which it opens. */
  function expectAsGpg(email: string, pgpKey = gpg.exportKey(email)): string[] {
    const { deliveries: [delivery] = [] } = encrypt({ pgpKey }, ["pass"]);
    const message = delivery?.encryptedPassword ?? "";
    const recipients = gpg.recipientsOf(message);
    expect(recipients).toEqual(gpg.recipientsOf(gpg.encrypt(email)));
    expect(gpg.decrypt(message).toString()).toBe("pass");
    return recipients;
  }

  test("encrypts to the same subkey: the newest that is valid, not one that expired, signs or was revoked", () => {
    const email = "many@example.com";
    const day = (date: string) => new Date(`${date}T00:00:00Z`);
    const fingerprint = gpg.makeKey(email, "ed25519", undefined, "never", day("2020-03-01"));
    const add = (algorithm: string, usage: string, expiry: string, date: string) =>
      gpg.run(["--quick-add-key", fingerprint, algorithm, usage, expiry], "", day(date));
    add("rsa2048", "encr", "never", "2020-03-02");
    const first = expectAsGpg(email);
    add("cv25519", "encr", "never", "2020-03-04");
    add("nistp256", "encr", "never", "2020-03-03");
    const newest = expectAsGpg(email);
    add("cv25519", "encr", "1y", "2020-03-05");
    add("ed25519", "sign", "never", "2020-03-06");
    expect(expectAsGpg(email)).toEqual(newest);
    const typed = ["--no-batch", "--no-tty", "--pinentry-mode", "loopback", "--command-fd", "0"];
    gpg.run([...typed, "--edit-key", fingerprint], "key 2\nrevkey\ny\n0\n\ny\nsave\n");
    expect([...first, ...newest]).not.toContain(expectAsGpg(email)[0]);
  });

  test("opens what was encrypted to keys that do not say what they are for, and encrypts to them too", async () => {
    const silent = await made({ email: "silent@example.com", subkeys: [{ packet: await subkey() }] });
    const whole = await made({ email: "whole@example.com", primary: { type: "rsa", rsaBits: 2048 } });
    for (const { privateKey } of [silent, whole]) gpg.import(privateKey.armor());
    expectAsGpg("silent@example.com", silent.publicKey);
    expectAsGpg("whole@example.com", whole.publicKey);
  });

  test("encrypts to the ordinary subkey beside a post-quantum one that it does not know, and opens what was", async () => {
    const email = "ahead@example.com";
    const subkeys = [{ packet: await subkey(), said: { keyFlags: FOR_ENCRYPTION } }];
    const { privateKey, publicKey } = await made({ email, subkeys, strangers: [strangeSubkey(4, 35)] });
    const { deliveries: [delivery] = [] } = encrypt({ pgpKey: publicKey }, ["pass"]);
    // GnuPG 2.2 opens nothing with a key that has such a subkey, but it encrypts to it.
    gpg.import(privateKey.armor());
    expect(gpg.decrypt(delivery?.encryptedPassword ?? "").toString()).toBe("pass");
    gpg.import(publicKey);
    expect(gpg.recipientsOf(delivery?.encryptedPassword ?? "")).toEqual(gpg.recipientsOf(gpg.encrypt(email)));
    // Nothing of it is left for the tests that follow.
    gpg.run(["--yes", "--delete-secret-and-public-key", privateKey.getFingerprint()]);
  });

  test("opens what was encrypted to its keys as mails, YAML and environments have them, beside a key of version 6", async () => {
    const email = "pasted@example.com";
    gpg.makeKey(email, "ed25519", "cv25519");
    const key = gpg.exportKey(email);
    const six = await pair("six@example.com", { config: { v6Keys: true } });
    const asGiven = [
      key.replaceAll("\n", "\r\n"),
      key.replaceAll("\n", "\\n"),
      key.replace("\n\n", "\n"),
      key.replaceAll("\n", " "),
      [six.publicKey, key],
    ];
    for (const pgpKey of asGiven) {
      const { deliveries: [delivery] = [] } = encrypt({ pgpKey }, ["ÿ\n"]);
      expect(gpg.decrypt(delivery?.encryptedPassword ?? "").toString("utf8")).toBe("ÿ\n");
    }
  });

  test.each<[string, (email: string) => void, string]>([
    [
      "expired",
      (email) => gpg.makeKey(email, "ed25519", "cv25519", "1y", new Date("2020-03-01T00:00:00Z")),
      "expired on 2021-03-01. Its owner can extend it (gpg --quick-set-expire FPR 1y); then give the key anew (gpg --export --armor FPR).",
    ],
    [
      "revoked",
      (email) => gpg.revoke(gpg.makeKey(email, "ed25519", "cv25519")),
      "was revoked. Ask its owner for the key in use now (gpg --export --armor alice@example.com).",
    ],
    [
      "signing",
      (email) => gpg.makeKey(email, "rsa2048"),
      "is for signatures only. Its owner can add a subkey for encryption (gpg --quick-add-key FPR); then give the key anew (gpg --export --armor FPR).",
    ],
    [
      "weak",
      (email) => gpg.makeKey(email, "rsa1024", "rsa1024"),
      "is too weak by today's standards (RSA of 1024 bits). Ask its owner for a new one (gpg --full-generate-key).",
    ],
    [
      "dsa",
      (email) => gpg.makeKey(email, "dsa2048", "elg2048"),
      "is too weak by today's standards (dsa of 2048 bits, elgamal of 2048 bits). Ask its owner for a new one (gpg --full-generate-key).",
    ],
    [
      "koblitz",
      (email) => gpg.makeKey(email, "secp256k1", "secp256k1"),
      "is on secp256k1, a curve that OpenPGP's standard does not have. Ask its owner for a new one (gpg --full-generate-key).",
    ],
    [
      "brainpool",
      (email) => gpg.makeKey(email, "brainpoolP256r1", "brainpoolP256r1"),
      "is on a Brainpool curve, for which one more package is needed: add eckey-utils to the program (npm install eckey-utils).",
    ],
  ])("has keys that are refused, with what to do: %s", (kind, make, message) => {
    const email = `${kind}@example.com`;
    make(email);
    const fingerprint = gpg.fingerprint(email);
    expect(encrypt({ pgpKey: gpg.exportKey(email) }).problems).toEqual([
      `pgpKey: key ${fingerprint} of ${email} ${message.replaceAll("FPR", fingerprint)}`,
    ]);
  });

  test("has private keys, which are refused and not quoted", () => {
    gpg.makeKey("secret@example.com", "ed25519", "cv25519");
    expect(encrypt({ pgpKey: gpg.exportPrivateKey("secret@example.com") }).problems).toEqual([
      "pgpKey is a private key, which belongs to its owner alone. Give the public one: gpg --export --armor alice@example.com prints it.",
    ]);
  });
});

describe("age", () => {
  test.each([
    ["X25519", []],
    ["post-quantum", ["-pq"]],
  ])("opens what was encrypted to its recipients, byte by byte: %s", (_, options) => {
    const identities = [new AgeIdentity(options), new AgeIdentity(options)];
    try {
      const ageRecipients = identities.map(({ recipient }) => recipient);
      const { deliveries = [] } = encrypt({ ageRecipients });
      for (const identity of identities) {
        expect(deliveries.map(({ encryptedPassword }) => identity.decrypt(encryptedPassword).toString("utf8"))).toEqual(
          PASSWORDS,
        );
      }
      expect(deliveries[0]?.keyFingerprint).toBe(ageRecipients.join(", "));
    } finally {
      for (const identity of identities) identity.remove();
    }
  });

  test("does not open what was encrypted to another", () => {
    const [identity, other] = [new AgeIdentity(), new AgeIdentity()];
    try {
      const { deliveries: [delivery] = [] } = encrypt({ ageRecipients: identity.recipient }, ["pass"]);
      expect(identity.decrypt(delivery?.encryptedPassword ?? "").toString()).toBe("pass");
      expect(() => other.decrypt(delivery?.encryptedPassword ?? "")).toThrow("no identity matched");
    } finally {
      identity.remove();
      other.remove();
    }
  });
});

test("no library is loaded before there is something to read, and then only the one that is needed", () => {
  const program = `
    const loaded = [];
    require("node:module").registerHooks({
      resolve(specifier, context, next) {
        if (["openpgp", "age-encryption"].includes(specifier)) loaded.push(specifier);
        return next(specifier, context);
      },
    });
    const { readRecipients, recipientProblems } = require("./recipients/recipients.js");
    recipientProblems({ pgpKey: "alice.asc" });
    const before = [...loaded];
    readRecipients({ ageRecipients: "age1" }).then(() => console.log(JSON.stringify({ before, after: [...new Set(loaded)] })));`;
  const output = execFileSync("node", ["-e", program], { cwd: join(ROOT, "provider", "dist") }).toString();
  expect(JSON.parse(output)).toEqual({ before: [], after: ["age-encryption"] });
});
