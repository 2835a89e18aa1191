import { afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import * as openpgp from "openpgp";
import { Secret } from "../../../provider/src/passwords/secret.ts";
import { encryptTo, readRecipients } from "../../../provider/src/recipients/recipients.ts";
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
