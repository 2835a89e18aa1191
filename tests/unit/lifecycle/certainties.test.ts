import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Connection } from "../../../provider/src/aws/connection.ts";
import { IamError } from "../../../provider/src/aws/iam.ts";
import { AccountPasswordPolicy } from "../../../provider/src/aws/password-policy.ts";
import { privateFolder } from "../../../provider/src/common/private-folder.ts";
import { LoginProfileLifecycle } from "../../../provider/src/lifecycle/lifecycle.ts";
import type { Declaration, LoginProfileState } from "../../../provider/src/lifecycle/model.ts";
import { SharedRun } from "../../../provider/src/lifecycle/shared-run.ts";
import { FakeIam } from "../../support/fake-iam.ts";

const RECIPIENT = "age19v4f37ur8sr5n5zsq2jnxw33ulmmlns6xzu28tfkg3hy30ysf9sshtfdp4";
const LATER = "2026-02-02T00:00:00Z";

let iam: FakeIam;
let lines: string[];
/** The account that all ways lead to. */
let accountId: string | undefined;
let lifecycle: LoginProfileLifecycle;

beforeEach(() => {
  iam = new FakeIam();
  lines = [];
  accountId = "111111111111";
  lifecycle = newProcess();
});

/** What another run of the engine begins with. */
function newProcess(): LoginProfileLifecycle {
  const policy = new AccountPasswordPolicy(iam);
  const id = async () => accountId;
  const account = { profiles: iam, policy, ready: async () => {}, id, idSoon: id, way: () => "the way" };
  const settings = { hashCost: () => ({ ln: 4, r: 8, p: 1 }), policyCheck: () => true, keybase: () => ({}) };
  return new LoginProfileLifecycle(
    (_: Connection | undefined) => account,
    settings,
    (line) => lines.push(line),
  );
}

async function checked(args: Record<string, unknown>, previous: Partial<Declaration> = {}): Promise<Declaration> {
  const result = await lifecycle.check(previous, args);
  if ("problems" in result) throw new Error(result.problems.map(({ reason }) => reason).join("\n"));
  return result.declaration as Declaration;
}

/** A resource as the engine keeps it. */
interface Resource {
  declared: Declaration;
  state: LoginProfileState;
}

async function created(args: Record<string, unknown>): Promise<Resource> {
  const declared = await checked(args);
  return { declared, state: await lifecycle.create(declared) };
}

/** One run of the engine for a resource that is not replaced. */
async function updated({ declared: before, state }: Resource, args: Record<string, unknown>): Promise<Resource> {
  const declared = await checked(args, before);
  const { userName, password, passwordResetRequired } = await lifecycle.diff(state, declared);
  expect(userName).toBe(false);
  return password || passwordResetRequired
    ? { declared, state: await lifecycle.update(state, declared) }
    : { declared, state };
}

/** The engine's steps up to the creation of what replaces a resource: it is checked again as if it were new, and deleted first. */
async function replacedBy({ declared: before, state }: Resource, args: Record<string, unknown>): Promise<Declaration> {
  await lifecycle.diff(state, await checked(args, before));
  const declared = await checked(args);
  await lifecycle.delete(state);
  return declared;
}

const notFound = () => new IamError("NoSuchEntity", "It does not exist.", "refused");

/** Answers the call so many times as if IAM had not heard of the profile yet. */
function stale(call: string, times = 1) {
  iam.meanwhile = (made) => {
    if (made === call && times-- > 0) throw notFound();
  };
}

/** The calls since the last time this was asked. */
function calls() {
  return iam.calls.splice(0);
}

describe("a flag alone", () => {
  const first = { userName: "alice", password: "one", passwordResetRequired: false };
  const flag = { ...first, passwordResetRequired: true };

  test("goes out without a password after an answer that was stale", async () => {
    const alice = await created(first);
    calls();
    stale("update alice");
    const after = await updated(alice, flag);
    expect(calls()).toEqual(
      ["update alice true", "create alice one true", "get alice", "update alice true"].map(blank),
    );
    expect(after.state).toMatchObject({ createDate: alice.state.createDate, passwordResetPending: true });
  });

  test("takes the password along where the profile is another one by now", async () => {
    const alice = await created(first);
    calls();
    let isGone = true;
    iam.meanwhile = (call) => {
      if (call === "update alice" && isGone) throw notFound();
      if (call === "create alice") {
        isGone = false;
        iam.profiles.set("alice", { createDate: LATER, passwordResetRequired: false });
      }
    };
    const after = await updated(alice, flag);
    expect(calls()).toEqual(
      ["update alice true", "create alice one true", "get alice", "update alice one true"].map(blank),
    );
    expect(after.state.createDate).toBe(LATER);
  });
});

describe("a flag of a profile whose password the program leaves out", () => {
  const flag = { userName: "alice", passwordResetRequired: true };

  test("goes out after an answer that was stale", async () => {
    const alice = await created({ userName: "alice", password: "one" });
    calls();
    stale("update alice");
    const after = await updated(alice, flag);
    expect(calls()).toEqual(["update alice true", "get alice", "update alice true"].map(blank));
    expect(after.state).toMatchObject({ createDate: alice.state.createDate, passwordResetPending: true });
  });

  test("is an error where the profile is gone", async () => {
    const alice = await created({ userName: "alice", password: "one" });
    iam.profiles.delete("alice");
    calls();
    await expect(updated(alice, flag)).rejects.toThrow("it is gone from IAM, and the program gives no password");
    expect(calls()).toEqual(["update alice true", "get alice"].map(blank));
  });
});

/** The fake's word for what was left out. */
function blank(call: string): string {
  return call.replace(/^(update|create) alice (true|false)$/, "$1 alice  $2");
}

describe("a refresh", () => {
  test("that finds another profile says so, and the next run sets the declared password, once", async () => {
    const args = { userName: "alice", password: "one" };
    const alice = await created(args);
    iam.profiles.set("alice", { createDate: LATER, passwordResetRequired: false });
    calls();
    const state = (await lifecycle.read(alice.state)) as LoginProfileState;
    expect(lines.at(-1)).toMatch(
      /^warning: IAM user "alice" has another login profile .* created 2026-02-02T00:00:00Z, not 2026/,
    );
    expect(state).toMatchObject({ createDate: LATER, passwordVersion: 1, passwordInForce: false });
    calls();
    const mended = await updated({ ...alice, state }, args);
    expect(calls()).toEqual(["update alice one"]);
    expect(mended.state).not.toHaveProperty("passwordInForce");
    await updated(mended, args);
    expect(calls()).toEqual([]);
  });

  test("that finds another profile whose password is generated has another one made, which counts", async () => {
    const args = { userName: "alice", ageRecipients: RECIPIENT };
    const alice = await created(args);
    iam.profiles.set("alice", { createDate: LATER, passwordResetRequired: false });
    const state = (await lifecycle.read(alice.state)) as LoginProfileState;
    const mended = await updated({ ...alice, state }, args);
    expect(mended.state).toMatchObject({ passwordVersion: 2 });
    expect(mended.state.encryptedPassword).not.toBe(alice.state.encryptedPassword);
    const rotated = await updated(mended, { ...args, rotationTriggers: { quarter: 2 } });
    expect(rotated.state.passwordVersion).toBe(3);
  });

  test("of an adopted profile that nobody gave a password has nothing to mend", async () => {
    iam.profiles.set("alice", { createDate: LATER, passwordResetRequired: false });
    const args = { userName: "alice", adoptExisting: true };
    const alice = await created(args);
    iam.profiles.set("alice", { createDate: "2026-03-03T00:00:00Z", passwordResetRequired: false });
    const state = (await lifecycle.read(alice.state)) as LoginProfileState;
    expect(state).not.toHaveProperty("passwordInForce");
  });
});

describe("another account", () => {
  test.each([
    ["a preview", (alice: Resource) => lifecycle.diff(alice.state, alice.declared)],
    [
      "an update",
      (alice: Resource) => lifecycle.update(alice.state, { ...alice.declared, passwordResetRequired: true }),
    ],
    ["a refresh", (alice: Resource) => lifecycle.read(alice.state)],
    ["a deletion", (alice: Resource) => lifecycle.delete(alice.state)],
  ])("is refused by %s, which names both and changes nothing", async (_, step) => {
    const alice = await created({ userName: "alice", password: "one" });
    accountId = "222222222222";
    calls();
    await expect(step(alice)).rejects.toThrow(
      "it is in AWS account 111111111111, but the way leads to account 222222222222 now. Nothing was changed.",
    );
    expect(calls()).toEqual([]);
  });

  test("is learnt at the next change of a state that does not know its own", async () => {
    const { declared, state } = await created({ userName: "alice", password: "one" });
    const { accountId: _, ...old } = state;
    expect(await lifecycle.diff(old, declared)).toMatchObject({ password: false });
    const next = await updated({ declared, state: old }, { userName: "alice", password: "two" });
    expect(next.state.accountId).toBe("111111111111");
  });

  test("is nobody's where nobody is asked", async () => {
    accountId = undefined;
    const alice = await created({ userName: "alice", password: "one" });
    expect(alice.state).not.toHaveProperty("accountId");
    await expect(lifecycle.delete(alice.state)).resolves.toBeUndefined();
  });
});

describe("a resource that was renamed without an alias", () => {
  const args = { userName: "alice", password: "one", adoptExisting: true };

  test("keeps the profile that the new one adopted, in one run", async () => {
    const old = await created(args);
    lifecycle = newProcess();
    await created(args);
    calls();
    await lifecycle.delete(old.state);
    expect(calls()).toEqual([]);
    expect(lines.at(-1)).toContain("another resource has taken it over");
  });

  test("keeps it also in the run after one that was cut short", async () => {
    const old = await created(args);
    lifecycle = newProcess();
    const adopted = await created(args);
    lifecycle = newProcess();
    await updated(adopted, args);
    calls();
    await lifecycle.delete(old.state);
    expect(calls()).toEqual([]);
  });

  test("keeps it though the new one is replaced in that run", async () => {
    const old = await created(args);
    lifecycle = newProcess();
    const adopted = await created(args);
    lifecycle = newProcess();
    const declared = await replacedBy(adopted, args);
    expect(iam.profiles.has("alice")).toBe(false);
    await lifecycle.create(declared);
    calls();
    await lifecycle.delete(old.state);
    expect(calls()).toEqual([]);
  });

  test("keeps it though the new one is reached in another way by now", async () => {
    const old = await created(args);
    lifecycle = newProcess();
    const adopted = await created(args);
    lifecycle = newProcess();
    await updated(adopted, { ...args, connection: { profile: "other" } });
    calls();
    await lifecycle.delete(old.state);
    expect(calls()).toEqual([]);
  });

  test("and deleted by a program that declares it no more is deleted", async () => {
    const alice = await created(args);
    lifecycle = newProcess();
    await lifecycle.delete(alice.state);
    expect(iam.profiles.size).toBe(0);
  });
});

describe("two resources that exchange their users", () => {
  const a = { userName: "alice", password: "one" };
  const b = { userName: "bob", password: "two" };

  test("end with the profiles and the passwords that they declare, without adoption", async () => {
    const [first, second] = [await created(a), await created(b)];
    lifecycle = newProcess();
    calls();
    const run = async (resource: Resource, args: Record<string, unknown>) =>
      lifecycle.create(await replacedBy(resource, args));
    await Promise.all([
      run(first, { userName: "bob", password: "three" }),
      run(second, { userName: "alice", password: "four" }),
    ]);
    expect([...iam.profiles.keys()].sort()).toEqual(["alice", "bob"]);
    const sent = calls().filter((call) => /^(create|update) \S+ \w+/.test(call));
    expect(sent.filter((call) => call.includes("bob")).at(-1)).toContain("three");
    expect(sent.filter((call) => call.includes("alice")).at(-1)).toContain("four");
  });

  test("are completed by the next run after one that was cut short between them", async () => {
    const [first, second] = [await created(a), await created(b)];
    lifecycle = newProcess();
    await lifecycle.diff(second.state, await checked({ userName: "alice", password: "four" }, second.declared));
    const declared = await replacedBy(first, { userName: "bob", password: "three" });
    const moved = { declared, state: await lifecycle.create(declared) };
    lifecycle = newProcess();
    // The one that is to leave comes first, and the one that has taken over a moment later.
    const leaving = replacedBy(second, { userName: "alice", password: "four" });
    await updated(moved, { userName: "bob", password: "three" });
    await lifecycle.create(await leaving);
    expect([...iam.profiles.keys()].sort()).toEqual(["alice", "bob"]);
  });
});

describe("an IAM user who was renamed in place", () => {
  const moveAlong = () => {
    iam.profiles.set("alicia", iam.profiles.get("alice") as never);
    iam.profiles.delete("alice");
  };

  test("takes the profile along, and nothing is sent", async () => {
    const alice = await created({ userName: "alice", password: "one" });
    lifecycle = newProcess();
    moveAlong();
    const declared = await replacedBy(alice, { userName: "alicia", password: "one" });
    calls();
    const state = await lifecycle.create(declared);
    expect(calls()).toEqual(["get alicia"]);
    expect(state).toMatchObject({ userName: "alicia", createDate: alice.state.createDate });
    expect(state.passwordVersion).toBeGreaterThan(alice.state.passwordVersion);
  });

  test("keeps a generated password, and what was delivered of it", async () => {
    const alice = await created({ userName: "alice", ageRecipients: RECIPIENT });
    lifecycle = newProcess();
    moveAlong();
    const declared = await replacedBy(alice, { userName: "alicia", ageRecipients: RECIPIENT });
    expect((await lifecycle.create(declared)).encryptedPassword).toBe(alice.state.encryptedPassword);
  });

  test("is none where the state holds the other profile for another resource, be it of the same date", async () => {
    const alice = await created({ userName: "alice", password: "one" });
    const bob = await created({ userName: "bob", password: "two" });
    lifecycle = newProcess();
    await updated(bob, { userName: "bob", password: "two" });
    iam.profiles.delete("alice");
    const declared = await replacedBy(alice, { userName: "bob", password: "one" });
    await expect(lifecycle.create(declared)).rejects.toThrow("Set adoptExisting to true");
  });

  test("is no reason to take over a profile of another date", async () => {
    const alice = await created({ userName: "alice", password: "one" });
    lifecycle = newProcess();
    iam.profiles.clear();
    iam.profiles.set("alicia", { createDate: LATER, passwordResetRequired: false });
    const declared = await replacedBy(alice, { userName: "alicia", password: "one" });
    await expect(lifecycle.create(declared)).rejects.toThrow("Set adoptExisting to true");
  });

  test("is none where the old name has its profile still", async () => {
    const alice = await created({ userName: "alice", password: "one" });
    lifecycle = newProcess();
    iam.profiles.set("alicia", { ...alice.state, passwordResetRequired: false });
    const declared = await replacedBy(alice, { userName: "alicia", password: "one" });
    await expect(lifecycle.create(declared)).rejects.toThrow("Set adoptExisting to true");
  });
});

describe("the version of a password", () => {
  test.each([
    ["another user", { userName: "bob", password: "three" }],
    ["the same user", { userName: "alice", password: "two" }],
  ])("is not seen again where the resource is replaced for %s", async (_, args) => {
    const first = await created({ userName: "alice", password: "one" });
    const second = await updated(first, { userName: "alice", password: "two" });
    lifecycle = newProcess();
    const declared = await replacedBy(second, args);
    expect((await lifecycle.create(declared)).passwordVersion).toBe(3);
  });

  test("is not seen again where a targeted replacement shows the check no older state", async () => {
    const args = { userName: "alice", password: "one" };
    const first = await created(args);
    lifecycle = newProcess();
    const declared = await checked(args);
    await lifecycle.delete(first.state);
    const second = { declared, state: await lifecycle.create(declared) };
    expect(second.state.passwordVersion).toBe(2);
    calls();
    expect((await updated(second, args)).state).toEqual(second.state);
    expect(calls()).toEqual([]);
    expect((await updated(second, { ...args, password: "two" })).state.passwordVersion).toBe(3);
  });
});

describe("a user whose name differs in case", () => {
  test("is the same user: nothing changes", async () => {
    const alice = await created({ userName: "Alice", password: "one" });
    calls();
    await updated(alice, { userName: "alice", password: "one" });
    expect(calls()).toEqual([]);
  });
});

describe("a generated password", () => {
  const args = { userName: "alice", ageRecipients: RECIPIENT };

  test("is not made under a policy that could not be read", async () => {
    iam.passwordPolicy = async () => {
      throw new IamError("Throttling", "Slow down.", "refused");
    };
    const declared = await checked(args);
    await expect(lifecycle.create(declared)).rejects.toThrow("Throttling");
    expect(calls()).toEqual([]);
  });

  test("is made once more where the policy has changed since it was read", async () => {
    const declared = await checked(args);
    const policy = { ...(iam.policy as object), minimumLength: 40 } as never;
    const reads = iam.policyReads;
    iam.meanwhile = (call) => {
      if (call !== "create alice" || iam.policy === policy) return;
      iam.policy = policy;
      throw new IamError("PasswordPolicyViolation", "Too short.", "refused");
    };
    await lifecycle.create(declared);
    const lengths = calls().map((call) => call.split(" ")[2]?.length);
    expect(lengths).toEqual([24, 40]);
    expect(iam.policyReads - reads).toBe(2);
  });

  test("that IAM refuses twice is an error", async () => {
    iam.failure = new IamError("PasswordPolicyViolation", "No.", "refused");
    const declared = await checked(args);
    await expect(lifecycle.create(declared)).rejects.toThrow("PasswordPolicyViolation");
    expect(calls()).toHaveLength(2);
  });

  test.each([
    ["its recipients", { userName: "alice", rotationTriggers: { quarter: 1 } }],
    ["its length and triggers too", { userName: "alice", passwordLength: 30, rotationTriggers: { quarter: 1 } }],
  ])("stays as it is where ignoreChanges takes away all but %s", async (_, rest) => {
    const alice = await created({ ...args, rotationTriggers: { quarter: 1 } });
    calls();
    expect((await updated(alice, rest)).state).toEqual(alice.state);
    expect(calls()).toEqual([]);
    await expect(updated(alice, { ...rest, rotationTriggers: { quarter: 2 } })).rejects.toThrow(
      "rotationTriggers ask for another password, which needs a recipient",
    );
  });
});

test("other processes learn what is held here, however long the account takes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "certainties-"));
  try {
    const shared = () =>
      new SharedRun(
        () => "127.0.0.1:4711",
        () => privateFolder(folder, folder),
      );
    const slow = async (inBackground?: boolean) => (inBackground ? accountId : undefined);
    const policy = new AccountPasswordPolicy(iam);
    const account = { profiles: iam, policy, ready: async () => {}, id: slow, idSoon: slow, way: () => "the way" };
    const settings = { hashCost: () => ({ ln: 4, r: 8, p: 1 }), policyCheck: () => true, keybase: () => ({}) };
    const alice = await created({ userName: "alice", password: "one" });
    const process = new LoginProfileLifecycle(
      () => account as never,
      settings,
      () => {},
      shared(),
    );
    await process.check(alice.declared, { userName: "alice", password: "one" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(shared().elsewhere("alice")).toMatchObject([{ fate: "held", accountId }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what is pending changes by what was sent alone", async () => {
  const alice = await created({ userName: "alice", password: "one", passwordResetRequired: true });
  const obeyed = { ...alice.state, passwordResetPending: false };
  const way = { ...alice.declared, connection: { profile: "other" } };
  expect((await lifecycle.update(obeyed, way)).passwordResetPending).toBe(false);
});

test("a password is forgotten once it was sent, or once nothing has changed", async () => {
  const args = { userName: "alice", password: "one" };
  const alice = await created(args);
  expect(lifecycle.run.passwords.size).toBe(0);
  const next = await updated(alice, { ...args, password: "two" });
  expect(lifecycle.run.passwords.size).toBe(0);
  await updated(next, { ...args, password: "two" });
  expect(lifecycle.run.passwords.size).toBe(0);
});
