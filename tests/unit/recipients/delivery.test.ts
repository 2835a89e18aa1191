import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as age from "age-encryption";
import { AccountPasswordPolicy } from "../../../provider/src/aws/password-policy.ts";
import { UNKNOWN } from "../../../provider/src/common/unknown.ts";
import { LoginProfileLifecycle } from "../../../provider/src/lifecycle/lifecycle.ts";
import type { Declaration, LoginProfileState } from "../../../provider/src/lifecycle/model.ts";
import { FakeIam } from "../../support/fake-iam.ts";

let identity: string;
let ageRecipients: string;
let iam: FakeIam;
let lifecycle: LoginProfileLifecycle;
let policyCheck: boolean;

beforeAll(async () => {
  identity = await age.generateX25519Identity();
  ageRecipients = await age.identityToRecipient(identity);
});

beforeEach(() => {
  iam = new FakeIam();
  policyCheck = true;
  lifecycle = started();
});

/** The lifecycle in a new provider process. */
function started(): LoginProfileLifecycle {
  const policy = new AccountPasswordPolicy(iam);
  const settings = {
    hashCost: () => ({ ln: 4, r: 8, p: 1 }),
    policyCheck: () => policyCheck,
    keybase: () => ({}),
  };
  return new LoginProfileLifecycle(
    () => ({
      profiles: iam,
      policy,
      ready: async () => {},
      id: async () => "own",
      idSoon: async () => "own",
      way: () => "the way",
    }),
    settings,
    () => {},
  );
}

async function problems(args: Record<string, unknown>, previous: Partial<Declaration> = {}): Promise<string[]> {
  const result = await lifecycle.check(previous, args);
  return "problems" in result ? result.problems.map(({ reason }) => reason) : [];
}

async function checked(args: Record<string, unknown>, previous: Partial<Declaration> = {}): Promise<Declaration> {
  const result = await lifecycle.check(previous, args);
  if ("problems" in result) throw new Error(result.problems.map(({ reason }) => reason).join("\n"));
  return result.declaration as Declaration;
}

/** The passwords that were sent, one for each call that carried one. */
function sent(): string[] {
  return iam.calls.flatMap((call) => {
    const [operation, , password = ""] = call.split(" ");
    return operation !== "get" && operation !== "delete" && password !== "" ? [password] : [];
  });
}

async function opened({ encryptedPassword = "" }: LoginProfileState): Promise<string> {
  const decrypter = new age.Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(age.armor.decode(encryptedPassword), "text");
}

describe("a generated password", () => {
  test("is sent to IAM and encrypted to its owner, and leaves only that and its version", async () => {
    const declared = await checked({ userName: "alice", ageRecipients, passwordResetRequired: true });
    expect(declared).toEqual({ userName: "alice", passwordVersion: 1, passwordResetRequired: true });
    const state = await lifecycle.create(declared);
    expect(iam.calls).toEqual([`create alice ${sent()[0]} true`]);
    expect(sent()[0]).toHaveLength(24);
    expect(await opened(state)).toBe(sent()[0]);
    expect(state).toEqual({
      userName: "alice",
      accountId: "own",
      passwordVersion: 1,
      passwordResetRequired: true,
      passwordResetPending: true,
      createDate: "2026-01-01T00:00:00Z",
      encryptedPassword: expect.stringContaining("BEGIN AGE ENCRYPTED FILE"),
      keyFingerprint: ageRecipients,
    });
  });

  test("is as long as declared, or as the account's policy asks for", async () => {
    iam.policy = {
      minimumLength: 40,
      requireSymbols: false,
      requireNumbers: false,
      requireUppercase: false,
      requireLowercase: false,
      allowUsersToChangePassword: true,
    };
    await lifecycle.create(await checked({ userName: "alice", ageRecipients, passwordLength: 12 }));
    await lifecycle.create(await checked({ userName: "bob", ageRecipients, passwordLength: 128 }));
    expect(sent().map(({ length }) => length)).toEqual([40, 128]);
    expect(iam.policyReads).toBe(1);
  });

  test("is made without a look at the policy where the settings turn that off", async () => {
    policyCheck = false;
    await lifecycle.create(await checked({ userName: "alice", ageRecipients }));
    expect(iam.policyReads).toBe(0);
  });

  test("has characters that people confuse only where they are allowed", async () => {
    const many = { passwordLength: 128, ageRecipients };
    await lifecycle.create(await checked({ ...many, userName: "alice" }));
    await lifecycle.create(await checked({ ...many, userName: "bob", allowConfusableCharacters: true }));
    expect(sent().map((password) => /[0Oo1lI|]/.test(password))).toEqual([false, true]);
  });

  test("changes with the triggers, in place, and with nothing else", async () => {
    const first = { userName: "alice", ageRecipients, rotationTriggers: { quarter: 1 } };
    const declared = await checked(first);
    const state = await lifecycle.create(declared);
    const kept = { passwordVersion: 1, rotationTriggers: { quarter: 1 } };
    expect(await checked(first, declared)).toMatchObject(kept);
    expect(await checked({ ...first, passwordLength: 30 }, declared)).toMatchObject(kept);
    const other = await age.identityToRecipient(await age.generateX25519Identity());
    const handedOver = await checked({ ...first, ageRecipients: other }, declared);
    expect(handedOver).toEqual(declared);
    expect(await lifecycle.diff(state, handedOver)).toMatchObject({ password: false });

    const rotated = await checked({ ...first, rotationTriggers: { quarter: 2 } }, declared);
    expect(rotated.passwordVersion).toBe(2);
    expect(await lifecycle.diff(state, rotated)).toMatchObject({ password: true, userName: false });
    const after = await lifecycle.update(state, rotated);
    expect(sent()).toHaveLength(2);
    expect(new Set(sent()).size).toBe(2);
    expect(await opened(after)).toBe(sent()[1]);
  });

  test("does not change where an empty map of triggers comes or goes", async () => {
    const declared = await checked({ userName: "alice", ageRecipients, rotationTriggers: {} });
    expect((await checked({ userName: "alice", ageRecipients }, declared)).passwordVersion).toBe(1);
  });

  test("has a version that a preview does not know while the triggers are not known", async () => {
    const unknown = { userName: "alice", ageRecipients, rotationTriggers: { run: UNKNOWN } };
    expect(await checked(unknown)).toMatchObject({ passwordVersion: 1 });
    const declared = await checked({ userName: "alice", ageRecipients });
    expect(await checked(unknown, declared)).toMatchObject({ passwordVersion: UNKNOWN });
  });

  test("stays delivered through a refresh and a change of the flag", async () => {
    const args = { userName: "alice", ageRecipients };
    const declared = await checked(args);
    const state = await lifecycle.create(declared);
    const { encryptedPassword, keyFingerprint } = state;
    expect(await lifecycle.read(state)).toMatchObject({ encryptedPassword, keyFingerprint });
    const flagged = await lifecycle.update(state, await checked({ ...args, passwordResetRequired: true }, declared));
    expect(flagged).toMatchObject({ encryptedPassword, keyFingerprint });
    expect(sent()).toHaveLength(1);
  });

  test("gives way to one that is declared, and takes over from it at the next rotation", async () => {
    const generated = await checked({ userName: "alice", ageRecipients });
    const state = await lifecycle.create(generated);
    const given = await checked({ userName: "alice", password: "given" }, generated);
    expect(given.passwordVersion).toBe(2);
    const declared = await lifecycle.update(state, given);
    expect(declared).not.toHaveProperty("encryptedPassword");
    expect(sent()[1]).toBe("given");

    const same = await checked({ userName: "alice", ageRecipients }, given);
    expect(await lifecycle.diff(declared, same)).toMatchObject({ password: false });
    const again = await checked({ userName: "alice", ageRecipients, rotationTriggers: { again: true } }, same);
    expect(again).not.toHaveProperty("passwordHash");
    const last = await lifecycle.update(declared, again);
    expect(last).toMatchObject({ passwordVersion: 3 });
    expect(last).not.toHaveProperty("passwordHash");
    expect(await opened(last)).toBe(sent()[2]);
  });

  test("is set on a profile that is adopted, which leaves nothing to be delivered otherwise", async () => {
    iam.profiles.set("alice", { createDate: "2020-01-01T00:00:00Z", passwordResetRequired: false });
    const state = await lifecycle.create(await checked({ userName: "alice", ageRecipients, adoptExisting: true }));
    expect(iam.calls).toEqual([`create alice ${sent()[0]} false`, "get alice", `update alice ${sent()[0]}`]);
    expect(await opened(state)).toBe(sent()[0]);
  });

  test("leaves an adopted profile's password alone until the first rotation", async () => {
    iam.profiles.set("alice", { createDate: "2020-01-01T00:00:00Z", passwordResetRequired: false });
    const adopted = await checked({ userName: "alice", adoptExisting: true });
    const state = await lifecycle.create(adopted);
    const keyed = await checked({ userName: "alice", adoptExisting: true, ageRecipients }, adopted);
    expect(await lifecycle.diff(state, keyed)).toMatchObject({ password: false });
    expect(sent()).toEqual([]);
  });

  test("of a profile that went missing is another one, and counts as one", async () => {
    const args = { userName: "alice", ageRecipients };
    const declared = await checked(args);
    const state = await lifecycle.create(declared);
    iam.profiles.clear();
    const after = await lifecycle.update(state, await checked({ ...args, passwordResetRequired: true }, declared));
    expect(after).toMatchObject({ passwordVersion: 2, versionBase: 1 });
    expect(sent()).toHaveLength(2);
    expect(await opened(after)).toBe(sent()[1]);
  });

  test("of a profile that is replaced is made again, so the old profile may be deleted", async () => {
    await checked({ userName: "alice", ageRecipients });
    await lifecycle.delete({
      userName: "alice",
      passwordVersion: 1,
      passwordResetPending: false,
      createDate: "2026-01-01T00:00:00Z",
    });
    expect(iam.calls).toEqual(["delete alice"]);
  });

  test("is not made for an adopted profile that went missing: nobody asked for one yet", async () => {
    iam.profiles.set("alice", { createDate: "2020-01-01T00:00:00Z", passwordResetRequired: false });
    const args = { userName: "alice", adoptExisting: true, ageRecipients };
    const adopted = await checked({ userName: "alice", adoptExisting: true });
    const state = await lifecycle.create(adopted);
    iam.profiles.clear();
    const flagged = await checked({ ...args, passwordResetRequired: true }, adopted);
    await expect(lifecycle.update(state, flagged)).rejects.toThrow("change rotationTriggers");
    expect(sent()).toEqual([]);
  });

  test("is encrypted before IAM is called: what cannot be delivered is not set", async () => {
    const declared = await checked({ userName: "alice", ageRecipients });
    await expect(started().create(declared)).rejects.toThrow("Run `pulumi up` again.");
    expect(iam.calls).toEqual([]);
  });
});

describe("a preview", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["neither password nor recipient", {}, "password is needed to create a login profile: give one, or a recipient"],
    ["both", { password: "one", ageRecipients: "age1" }, "password cannot be given beside ageRecipients"],
    [
      "an unknown password beside a recipient",
      { password: UNKNOWN, pgpKey: UNKNOWN },
      "password cannot be given beside pgpKey",
    ],
    [
      "a length without a recipient",
      { password: "one", passwordLength: 20 },
      "passwordLength is for a generated password",
    ],
    ["triggers without a recipient", { password: "one", rotationTriggers: {} }, "rotationTriggers is for a generated"],
    ["a length that is too small", { pgpKey: UNKNOWN, passwordLength: 7 }, "a whole number from 8 to 128, not 7."],
    ["a length that is too great", { pgpKey: UNKNOWN, passwordLength: 129 }, "a whole number from 8 to 128, not 129."],
    ["a length with a fraction", { pgpKey: UNKNOWN, passwordLength: 8.5 }, "a whole number from 8 to 128, not 8.5."],
    ["a length in words", { pgpKey: UNKNOWN, passwordLength: "long" }, "a whole number from 8 to 128, not a string."],
    ["triggers that are no map", { pgpKey: UNKNOWN, rotationTriggers: ["a"] }, "must be a map, such as"],
    ["an unparsable key", { pgpKey: "no key!" }, "pgpKey"],
  ])("names %s", async (_, args, reason) => {
    expect(await problems({ userName: "alice", ...args })).toContainEqual(expect.stringContaining(reason));
    expect(iam.calls).toEqual([]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["a recipient", { ageRecipients: UNKNOWN }],
    ["a length", { pgpKey: UNKNOWN, passwordLength: UNKNOWN }],
    ["triggers", { pgpKey: UNKNOWN, rotationTriggers: UNKNOWN }],
  ])("finds nothing wrong with %s not known yet", async (_, args) => {
    expect(await problems({ userName: "alice", ...args })).toEqual([]);
  });

  test("reads a key only where a password is to be generated", async () => {
    const declared = await checked({ userName: "alice", ageRecipients });
    // Well-formed at first sight, but its checksum is wrong.
    const broken = {
      userName: "alice",
      ageRecipients: ageRecipients.replace(/.$/, (last) => (last === "q" ? "p" : "q")),
    };
    expect(await problems(broken, declared)).toEqual([]);
    expect(await problems({ ...broken, rotationTriggers: { a: 1 } }, declared)).not.toEqual([]);
    expect(await problems(broken)).not.toEqual([]);
  });
});
