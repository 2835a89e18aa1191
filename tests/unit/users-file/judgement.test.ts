/** What the command says of a file, held against what a preview of it says. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { stringify } from "yaml";
import { ARGUMENTS } from "../../../provider/src/lifecycle/arguments.ts";
import { LoginProfileLifecycle } from "../../../provider/src/lifecycle/lifecycle.ts";
import { ConsoleUser } from "../../../provider/src/resources/console-user.ts";
import type { UserEntry } from "../../../provider/src/users-file/entries.ts";
import { judged } from "../../../provider/src/users-file/judgement.ts";
import { checkUsersFile, readUsersFile } from "../../../provider/src/users-file/users-file.ts";
import { type Pair, pair } from "../../support/recipients.ts";

const AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const DAY_MS = 86_400_000;

let folder: string;
let alice: Pair;
let expired: Pair;
/** What the login profile that was declared last is registered with. */
let registered: Record<string, unknown> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "judgement-"));
  alice = await pair("alice@example.com");
  expired = await pair("old@example.com", { date: new Date(Date.now() - 3 * DAY_MS), keyExpirationTime: 86_400 });
  pulumi.runtime.setMocks({
    newResource({ name, type, inputs }) {
      if (type.endsWith(":LoginProfile")) registered = inputs;
      return { id: `${name}-id`, state: { ...inputs, result: "Drawn-01!" } };
    },
    call: ({ inputs }) => inputs,
  });
});

afterAll(() => rmSync(folder, { recursive: true }));

function write(content: unknown): string {
  const path = join(folder, "users.yaml");
  writeFileSync(path, typeof content === "string" ? content : stringify(content));
  return path;
}

async function told(content: unknown): Promise<string[]> {
  const { problems } = await judged(write(content));
  return problems.map(({ line, column, severity, message }) => `${line}:${column}: ${severity}: ${message}`);
}

async function isTaken(content: unknown): Promise<boolean> {
  return (await judged(write(content))).problems.every(({ severity }) => severity === "warning");
}

describe("an entry without mistakes by itself is refused", () => {
  const FOR_GENERATED =
    "is for a generated password, which needs a recipient: give pgpKey or ageRecipients, or remove it.";
  const clear = expect.stringContaining(": warning: the password of") as never;

  test.each<[what: string, entry: object, told: string[]]>([
    [
      "for an argument of keys without a key",
      { allowConfusableCharacters: true },
      [`3:5: error: allowConfusableCharacters ${FOR_GENERATED}`],
    ],
    [
      "for triggers beside a password",
      { password: "Given-01!", rotationTriggers: { n: 1 } },
      [clear, `4:5: error: rotationTriggers ${FOR_GENERATED}`],
    ],
    [
      "for the length of a password that is given",
      { passwordLength: 30, password: "Given-01!" },
      [`3:5: error: passwordLength ${FOR_GENERATED}`, clear],
    ],
    [
      "for triggers where nothing is drawn",
      { randomPassword: false, adoptExisting: true, rotationTriggers: { n: 1 } },
      [`5:5: error: rotationTriggers ${FOR_GENERATED}`],
    ],
    [
      "for two kinds of keys",
      { pgpKey: "keybase:alice", ageRecipients: AGE },
      ["4:5: error: ageRecipients cannot be given beside pgpKey: one message is delivered. Remove one of them."],
    ],
    [
      "for a password that nobody gives",
      { randomPassword: false },
      [
        "2:5: error: alice: password is needed to create a login profile: give one, or a recipient for a generated one " +
          "(pgpKey or ageRecipients), or set adoptExisting to true to take over a profile that exists. Where the stack's " +
          "configuration has the password, leave out randomPassword.",
      ],
    ],
    [
      "for an age recipient that is mistyped",
      { ageRecipients: [AGE, `${AGE.slice(0, -1)}q`] },
      [
        "3:5: error: ageRecipients[1] cannot be read as an age recipient: it is cut off or mistyped. Give a recipient as " +
          "age-keygen prints it (age1…).",
      ],
    ],
  ])("%s", async (_, entry, lines) => {
    expect(await told({ users: [{ name: "alice", ...entry }] })).toEqual(lines);
  });

  test.each<[what: string, entry: object]>([
    ["length and triggers of a random password", { passwordLength: 30, rotationTriggers: { n: 1 } }],
    [
      "all that is said of a generated one",
      { ageRecipients: AGE, passwordLength: 30, allowConfusableCharacters: true },
    ],
    ["a key at Keybase, which is not asked", { pgpKey: ["keybase:nobody", " keybase:nobody "] }],
    ["a profile that keeps its password", { existing: true, adoptExisting: true, randomPassword: false }],
  ])("but not for %s", async (_, entry) => {
    expect(await told({ users: [{ name: "alice", ...entry }] })).toEqual([]);
  });

  test("for a key that has expired, and is taken with one that has not", async () => {
    const entry = (key: Pair) => ({ users: [{ name: "alice", pgpKey: ["keybase:alice", key.publicKey] }] });
    expect(await told(entry(alice))).toEqual([]);
    expect(await told(entry(expired))).toEqual([
      expect.stringMatching(/^3:5: error: pgpKey\[1\]: key [0-9A-F]{40} of <old@example\.com> expired on /) as never,
    ]);
  });
});

describe("what a stack may have beside its file is no mistake for a program:", () => {
  test("a password in its configuration, or in its state", async () => {
    const path = write({ users: [{ name: "alice", randomPassword: false }] });
    expect(readUsersFile(path)).toMatchObject({ users: [{ name: "alice" }], warnings: [] });
    expect((await judged(path)).problems).toHaveLength(1);
  });

  test("another date, or another key by Keybase", () => {
    const path = write({ users: [{ name: "alice", pgpKey: expired.publicKey }] });
    expect(checkUsersFile(path).problems).toEqual([]);
  });
});

describe("a password in clear is told of", () => {
  const clear =
    'warning: the password of "alice" stands here in clear. Make it a secret of the stack ' +
    "(pulumi config set --secret initialPassword:alice), and remove it here";
  const lineEnd =
    'warning: the password of "alice" ends in a line end, which is a part of it. Write |- in place of |, or put it in quotes';
  const blank = (end: string) =>
    `warning: the password of "alice" ${end} with a blank, which is a part of it. Remove it if it is not meant`;

  test.each<[what: string, written: string, remarks: string[]]>([
    ["if it ends in a line end", "|\n      Hunter2", [lineEnd]],
    ["if it ends in several", "|+\n      Hunter2\n\n", [lineEnd]],
    ["if it ends in that of Windows", '"Hunter2\\r\\n"', [lineEnd]],
    ["if it begins with a blank", '" Hunter2"', [blank("begins")]],
    ["if it ends with a blank", "'Hunter2 '", [blank("ends")]],
    ["if it ends with a tab", '"Hunter2\\t"', [blank("ends")]],
    ["if it ends with a no-break space", "Hunter2\u00a0", [blank("ends")]],
    ["if it has both", '" Hunter2\\n"', [lineEnd]],
    ["and of nothing else, in two words", "Hunter2 and more", []],
    ["and of nothing else, of lines without the last end", "|-\n      Hunter2\n      x", []],
  ])("%s", async (_, written, remarks) => {
    const lines = await told(`users:\n  - name: alice\n    password: ${written}\n`);
    expect(lines).toEqual([clear, ...remarks].map((remark) => `3:5: ${remark}`));
    expect(lines.join("\n")).not.toContain("Hunter2");
  });

  test("under the key of the AWS CLI", async () => {
    expect(await told('UserName: alice\nPassword: "Hunter2\\n"\n')).toEqual([`2:1: ${clear}`, `2:1: ${lineEnd}`]);
  });
});

describe("for any entry", () => {
  /** Whether a program that hands the entry on comes through its preview, on a stack that is new. */
  async function isPreviewed({ name, ...args }: Partial<UserEntry> & { name: string }): Promise<boolean> {
    try {
      const { loginProfile } = new ConsoleUser(name, args as object);
      await promiseOf(loginProfile.urn);
    } catch {
      return false;
    }
    const own = Object.entries(registered).filter(([argument]) => Object.hasOwn(ARGUMENTS, argument));
    // What is sealed for the provider is a text to it too.
    const sealed = Object.hasOwn(registered, "password") ? { password: "Given-01!" } : {};
    const checked = await lifecycle().check({}, { ...Object.fromEntries(own), ...sealed });
    return "declaration" in checked;
  }

  const all = fc.record({
    existing: fc.boolean(),
    path: fc.constant("/a/"),
    allowPasswordChange: fc.boolean(),
    adoptExisting: fc.boolean(),
    passwordResetRequired: fc.boolean(),
    randomPassword: fc.boolean(),
    password: fc.constant("Given-01!"),
    pgpKey: fc.constantFrom<(() => string | string[])[]>(
      () => alice.publicKey,
      () => [expired.publicKey],
    ),
    ageRecipients: fc.constantFrom(AGE, [AGE], `${AGE}q`),
    passwordLength: fc.constant(30),
    allowConfusableCharacters: fc.boolean(),
    rotationTriggers: fc.constantFrom({}, { n: 1 }),
  });
  const KEYS = ["randomPassword", "adoptExisting", "password", "pgpKey", "ageRecipients", "passwordLength"];
  const keys = fc.subarray([...KEYS, "existing", "path", "allowConfusableCharacters", "rotationTriggers"], {
    maxLength: 4,
  });

  test("the command finds no mistake if, and only if, a preview finds none", async () => {
    const counts = { taken: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(all, keys, async (values, names) => {
        const drawn = Object.entries(values).filter(([name]) => names.includes(name));
        const args = {
          name: "alice",
          ...Object.fromEntries(drawn.map(([name, value]) => [name, typeof value === "function" ? value() : value])),
        };
        const taken = await isTaken({ users: [args] });
        counts[taken ? "taken" : "refused"]++;
        expect(taken).toBe(await isPreviewed(args));
      }),
      { numRuns: 100 },
    );
    expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(10);
  });
});

/** The value of an output; rejects with what went wrong on the way to it. */
function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve, reject) => pulumi.recover(output.apply(resolve), reject));
}

/** A provider whose AWS is not asked for anything. */
function lifecycle(): LoginProfileLifecycle {
  const reach = () => ({
    profiles: {} as never,
    policy: {} as never,
    ready: async () => {},
    id: async () => "own",
    idSoon: async () => "own",
    way: () => "the way",
  });
  const settings = { hashCost: () => ({ ln: 1, r: 8, p: 1 }), policyCheck: () => false, keybase: () => ({}) };
  return new LoginProfileLifecycle(reach, settings, () => {});
}
