/** Many profiles in one resource, on an IAM that answers at once: what is checked, stored, called, and left after failures. */
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Reach } from "../../../../provider/src/aws/accounts.ts";
import { IamError } from "../../../../provider/src/aws/iam.ts";
import { AccountPasswordPolicy } from "../../../../provider/src/aws/password-policy.ts";
import { placeholderWith } from "../../../../provider/src/common/contract.ts";
import { PrivateFolder } from "../../../../provider/src/common/private-folder.ts";
import { UNKNOWN } from "../../../../provider/src/common/unknown.ts";
import { LoginProfileLifecycle } from "../../../../provider/src/lifecycle/lifecycle.ts";
import { withoutEchoes } from "../../../../provider/src/lifecycle/many/echo.ts";
import { LoginProfilesLifecycle } from "../../../../provider/src/lifecycle/many/lifecycle.ts";
import type {
  AppliedProfile,
  AppliedProfiles,
  DeclaredProfiles,
} from "../../../../provider/src/lifecycle/many/model.ts";
import { StepNotes } from "../../../../provider/src/lifecycle/many/notes.ts";
import { PartlyDone } from "../../../../provider/src/lifecycle/many/partly-done.ts";
import { predictedAll } from "../../../../provider/src/lifecycle/many/prediction.ts";
import { FakeIam } from "../../../support/fake-iam.ts";
import { AgeIdentity } from "../../../support/openers.ts";

let iam: FakeIam;
let lines: string[];
let one: LoginProfileLifecycle;
let many: LoginProfilesLifecycle;

beforeEach(() => {
  FACTS.name = `team-${process.pid}-${++tests}`;
  iam = new FakeIam();
  begin();
});

afterEach(async () => {
  StepNotes.underWay.clear();
  const { scope } = await checked({ profiles: {} });
  new StepNotes(scope, "own").end({ isComplete: true, isStored: true });
});

/** Another process begins, as for each run. */
function begin(): void {
  lines = [];
  const policy = new AccountPasswordPolicy(iam);
  const reach: Reach = (connection) => {
    const id = async () => connection?.profile ?? "own";
    return { profiles: iam, policy, ready: async () => {}, id, idSoon: id, way: () => "the way" };
  };
  const settings = { hashCost: () => ({ ln: 4, r: 8, p: 1 }), policyCheck: () => true, keybase: () => ({}) };
  one = new LoginProfileLifecycle(reach, settings, (line) => lines.push(line));
  many = new LoginProfilesLifecycle(one, () => 10);
}

/** Of a resource for each test, so that none finds the notes of another. */
const FACTS = { stack: "dev", project: "test", name: "" };
let tests = 0;

async function checked(args: Record<string, unknown>, previous: Partial<DeclaredProfiles> = {}) {
  const written = withoutEchoes({ passwordHashes: placeholderWith(FACTS), ...args }, previous);
  const result = await many.check(previous, written.args, written.facts);
  if ("problems" in result) throw new Error(result.problems.map(({ reason }) => reason).join("\n"));
  return result.declaration as DeclaredProfiles;
}

/** The state of these profiles, created by a run of its own. */
async function created(args: Record<string, unknown>) {
  const declared = await checked(args);
  const applied = await many.create(declared);
  iam.calls.length = 0;
  begin();
  return { declared, applied };
}

/** What a run leaves that fails in part. */
async function failed(step: Promise<unknown>): Promise<PartlyDone> {
  const error = await step.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PartlyDone);
  return error as PartlyDone;
}

/** Carries out a step while IAM refuses one call. */
async function refusing<T>(refused: string, step: () => Promise<T>): Promise<T> {
  iam.meanwhile = (call) => {
    if (call === refused) throw new IamError("AccessDenied", "Not allowed.", "refused");
  };
  try {
    return await step();
  } finally {
    iam.meanwhile = () => {};
  }
}

const of = (...users: string[]) => Object.fromEntries(users.map((user) => [user, { password: `of ${user}` }]));

describe("check", () => {
  test("keeps versions, all hashes in one text, and nothing of a password", async () => {
    const declared = await checked({ profiles: { ...of("bob", "alice"), carol: { adoptExisting: true } } });
    expect(declared).toEqual({
      profiles: {
        alice: { passwordVersion: 1 },
        bob: { passwordVersion: 1 },
        carol: { passwordVersion: 0, adoptExisting: true },
      },
      passwordHashes: expect.stringMatching(/^ln=4,r=8,p=1 alice [\w+/]{22} bob [\w+/]{22}$/),
      scope: expect.stringMatching(/^[\w-]{22}$/),
    });
  });

  test("finds the same in each process, and other salts for another resource", async () => {
    const declared = await checked({ profiles: of("alice") });
    begin();
    expect(await checked({ profiles: of("alice") })).toEqual(declared);
    const other = await checked({
      profiles: of("alice"),
      passwordHashes: placeholderWith({ ...FACTS, name: "other" }),
    });
    expect(other.passwordHashes).not.toBe(declared.passwordHashes);
  });

  test("knows a password again, also in a stack that was renamed, and counts one that changed", async () => {
    const first = await checked({ profiles: of("alice", "bob") });
    const renamed = placeholderWith({ ...FACTS, stack: "prod" });
    expect(await checked({ profiles: of("alice", "bob"), passwordHashes: renamed }, first)).toEqual(first);
    const second = await checked({ profiles: { ...of("bob"), alice: { password: "another" } } }, first);
    expect(second.profiles).toEqual({ alice: { passwordVersion: 2 }, bob: { passwordVersion: 1 } });
    expect(await checked({ profiles: { ...of("bob"), alice: { password: "another" } } }, second)).toEqual(second);
  });

  test.each([
    ["all profiles", (before: DeclaredProfiles) => ({ profiles: before.profiles })],
    [
      "one profile",
      ({ profiles }: DeclaredProfiles) => ({ profiles: { bob: { password: "of bob" }, alice: profiles.alice } }),
    ],
    [
      "the hashes",
      ({ passwordHashes }: DeclaredProfiles) => ({
        profiles: { ...of("bob"), alice: { password: "another" } },
        passwordHashes,
      }),
    ],
    ["a password", () => ({ profiles: { ...of("bob"), alice: {} } })],
  ])("leaves what ignoreChanges holds back: %s", async (_, args) => {
    const before = await checked({ profiles: of("alice", "bob") });
    expect(await checked(args(before), before)).toEqual(before);
  });

  test("refuses two names that differ in case alone, and names the user of each mistake", async () => {
    await expect(checked({ profiles: of("alice", "Alice") })).rejects.toThrow('profiles names "Alice" and "alice"');
    await expect(
      checked({ profiles: { alice: { password: "" }, "b b": { password: "x" }, carol: {}, dave: { passwrod: "x" } } }),
    ).rejects.toThrow(
      new RegExp(
        [
          'IAM user "alice": password must not be empty.*',
          'IAM user "b b": userName must not contain the character at position 2.*',
          'IAM user "carol": password is needed to create a login profile.*',
          'IAM user "dave": passwrod is not an argument of LoginProfile. Did you mean password\\?',
        ].join("\n"),
      ),
    );
  });

  test.each([
    [{}, "profiles is required"],
    [{ profiles: [] }, "profiles must be a map"],
    [{ profiles: { alice: "x" } }, 'IAM user "alice": a login profile must be a map of arguments, not a string'],
    [{ profiles: { alice: { userName: "alice" } } }, "userName is what the profile is called in profiles"],
    [{ profiles: { alice: { connection: {} } } }, "connection is that of all profiles"],
    [{ profiles: {}, password: "x" }, "password is no argument of all profiles"],
    [{ profiles: {}, passwordLength: 3 }, "passwordLength must be a whole number from 8 to 128, not 3"],
    [{ profiles: {}, accountId: "x" }, "accountId is an output of LoginProfiles"],
    [{ profiles: {}, profile: {} }, "Did you mean profiles?"],
  ])("refuses %j", async (args, reason) => {
    await expect(checked(args)).rejects.toThrow(reason);
  });

  test("waits for what a preview does not know: all profiles, one, or a password", async () => {
    expect(await checked({ profiles: UNKNOWN })).toMatchObject({ profiles: UNKNOWN, passwordHashes: UNKNOWN });
    const { profiles, passwordHashes } = await checked({
      profiles: { ...of("alice"), bob: UNKNOWN, carol: { password: UNKNOWN } },
    });
    expect(profiles).toEqual({ alice: { passwordVersion: 1 }, bob: UNKNOWN, carol: { passwordVersion: 1 } });
    expect(passwordHashes).toBe(UNKNOWN);
  });

  test("gives what is said of all to each profile that does not say otherwise", async () => {
    const identity = new AgeIdentity();
    const all = { ageRecipients: identity.recipient, passwordResetRequired: true, rotationTriggers: { quarter: 1 } };
    const declared = await checked({
      ...all,
      profiles: { alice: {}, ...of("bob"), carol: { passwordResetRequired: false } },
    });
    await many.create(declared);
    expect(iam.calls.sort()).toEqual([
      expect.stringMatching(/^create alice .{24} true$/),
      "create bob of bob true",
      expect.stringMatching(/^create carol .{24} false$/),
    ]);
    const next = await checked(
      { ...all, rotationTriggers: { quarter: 2 }, profiles: { alice: {}, ...of("bob") } },
      declared,
    );
    expect(next.profiles).toEqual({ alice: { passwordVersion: 2 }, bob: { passwordVersion: 1 } });
    identity.remove();
  });
});

describe("a run", () => {
  test("makes one call for each profile, and none where nothing changed", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob"), passwordResetRequired: true });
    expect(applied).toEqual({
      profiles: {
        alice: { passwordVersion: 1, passwordResetPending: true, createDate: iam.now },
        bob: { passwordVersion: 1, passwordResetPending: true, createDate: iam.now },
      },
      passwordHashes: declared.passwordHashes,
      scope: declared.scope,
      passwordResetRequired: true,
      accountId: "own",
    });
    const same = await checked({ profiles: of("alice", "bob"), passwordResetRequired: true }, declared);
    expect(await many.diff(applied, same)).toMatchObject({ added: [], removed: [], changed: [], connection: false });
    expect(iam.calls).toEqual([]);
  });

  test("adds, changes and takes out users, each by one call, and leaves the others alone", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob", "carol") });
    const next = await checked({ profiles: { ...of("bob", "dave"), carol: { password: "another" } } }, declared);
    expect(await many.diff(applied, next)).toMatchObject({
      added: ["dave"],
      removed: ["alice"],
      changed: [{ userName: "carol", password: true, passwordResetRequired: false }],
    });
    const after = await many.update(applied, next);
    expect(iam.calls.sort()).toEqual(["create dave of dave false", "delete alice", "update carol another"]);
    expect(Object.keys(after.profiles)).toEqual(["bob", "carol", "dave"]);
    expect(after.profiles.carol).toMatchObject({ passwordVersion: 2 });
  });

  test("keeps what it could do, and the next one does the rest", async () => {
    const declared = await checked({ profiles: of("alice", "bob", "carol") });
    const { state, reasons } = await failed(refusing("create bob", () => many.create(declared)));
    expect(reasons).toEqual([
      expect.stringContaining('Could not create the login profile of IAM user "bob": AccessDenied'),
    ]);
    expect(Object.keys(state.profiles)).toEqual(["alice", "carol"]);
    iam.calls.length = 0;
    begin();
    const again = await checked({ profiles: of("alice", "bob", "carol") }, declared);
    expect(await many.diff(state, again)).toMatchObject({ added: ["bob"], removed: [], changed: [] });
    const after = await many.update(state, again);
    expect(iam.calls).toEqual(["create bob of bob false"]);
    expect(Object.keys(after.profiles)).toEqual(["alice", "bob", "carol"]);
  });

  test("that could change nothing leaves the state as it was", async () => {
    const { declared, applied } = await created({ profiles: of("alice") });
    const next = await checked({ profiles: { alice: { password: "another" } } }, declared);
    iam.failure = new IamError("AccessDenied", "Not allowed.", "refused");
    const error = await many.update(applied, next).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(PartlyDone);
    expect(error).toMatchObject({ message: expect.stringContaining('IAM user "alice"') });
  });

  test("sets a password that failed before, unless the program gives it no more", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    const next = { profiles: { alice: { password: "another" }, bob: { password: "another" } } };
    const second = await checked(next, declared);
    const { state } = await failed(refusing("update bob", () => many.update(applied, second)));
    expect([state.profiles.alice, state.profiles.bob]).toMatchObject([{ passwordVersion: 2 }, { passwordVersion: 1 }]);
    iam.calls.length = 0;
    begin();
    const without = await checked({ profiles: { ...next.profiles, bob: {} } }, second);
    expect(await many.diff(state, without)).toMatchObject({ changed: [] });

    expect((await many.update(state, without)).profiles.bob).toMatchObject({ passwordVersion: 1 });
    expect(iam.calls).toEqual([]);
    begin();
    const third = await checked(next, without);
    expect(await many.diff(state, third)).toMatchObject({ changed: [{ userName: "bob" }] });
    expect((await many.update(state, third)).profiles.bob).toMatchObject({ passwordVersion: 2 });
    expect(iam.calls).toEqual(["update bob another"]);
  });

  test("sends nothing where the program goes back to the password that is set, after another one failed", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    const second = await checked({ profiles: { alice: { password: "2" }, bob: { password: "2" } } }, declared);
    const { state } = await failed(refusing("update bob", () => many.update(applied, second)));
    iam.calls.length = 0;
    begin();
    const back = { profiles: { ...of("bob"), alice: { password: "2" } } };
    const third = await checked(back, second);
    expect(await many.diff(state, third)).toMatchObject({ changed: [] });
    const after = await many.update(state, third);
    expect(iam.calls).toEqual([]);
    begin();
    const fourth = await checked(back, third);
    expect(await many.diff(after, fourth)).toMatchObject({ changed: [] });
    const fifth = await checked({ profiles: { ...back.profiles, bob: { password: "5" } } }, fourth);
    expect(await many.diff(after, fifth)).toMatchObject({ changed: [{ userName: "bob" }] });
    await many.update(after, fifth);
    expect(iam.calls).toEqual(["update bob 5"]);
  });

  test("tells a flag that was not set everywhere for each profile", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob"), passwordResetRequired: true });
    const next = await checked({ profiles: of("alice", "bob"), passwordResetRequired: false }, declared);
    const { state } = await failed(refusing("update bob", () => many.update(applied, next)));
    expect(state).toMatchObject({ passwordResetRequired: false, profiles: { bob: { passwordResetRequired: true } } });
    begin();
    const again = await checked({ profiles: of("alice", "bob"), passwordResetRequired: false }, next);
    expect(await many.diff(state, again)).toMatchObject({
      changed: [{ userName: "bob", passwordResetRequired: true }],
    });
  });

  test("tells that a flag was never sent for a profile", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    const next = await checked({ profiles: of("alice", "bob"), passwordResetRequired: false }, declared);
    iam.profiles.set("bob", { createDate: iam.now, passwordResetRequired: true });
    const { state } = await failed(refusing("update bob", () => many.update(applied, next)));
    expect(state.profiles).toMatchObject({ alice: { passwordResetRequired: false } });
    expect([state.passwordResetRequired, state.profiles.bob?.passwordResetRequired]).toEqual([undefined, undefined]);
  });

  test("that finds a profile gone at refresh forgets it; the next one creates it, or says that its password is missing", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    iam.profiles.delete("bob");
    const read = await many.read(applied);
    expect(iam.calls.sort()).toEqual(["get alice", "get bob"]);
    expect(Object.keys(read.profiles)).toEqual(["alice"]);
    // The engine asks at once what that differs from what was declared; the program has not run.
    expect(await many.diff(read, declared)).toMatchObject({ added: ["bob"], changed: [], removed: [] });
    const without = await checked({ profiles: { ...of("alice"), bob: {} } }, declared);
    await expect(many.diff(read, without)).rejects.toThrow(
      'IAM user "bob": it is gone from IAM, and the program gives no password',
    );
    begin();
    const again = await checked({ profiles: of("alice", "bob") }, declared);
    await many.diff(read, again);
    iam.calls.length = 0;
    await many.update(read, again);
    expect(iam.calls).toEqual(["create bob of bob false"]);
  });

  test("in another account changes nothing, and says so once", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    const next = await checked({ profiles: of("carol") }, declared);
    const elsewhere = { ...applied, accountId: "another" };
    await expect(many.update(elsewhere, next)).rejects.toThrow(
      "it is in AWS account another, but the way leads to account own now",
    );
    await expect(many.delete(elsewhere)).rejects.toThrow("it is in AWS account another");
    expect(iam.calls).toEqual([]);
    const moved = await checked({ profiles: of("alice", "bob"), connection: { profile: "another" } }, declared);
    expect(await many.diff(applied, moved)).toMatchObject({ connection: true, account: true });
  });

  test("deletes all, and names those that it could not delete", async () => {
    const { applied } = await created({ profiles: of("alice", "bob") });
    await expect(refusing("delete bob", () => many.delete(applied))).rejects.toThrow(
      'Could not delete the login profile of IAM user "bob"',
    );
    await many.delete(applied);
    expect([...iam.profiles.keys()]).toEqual([]);
  });

  test("makes so many calls at once as are allowed, and no more", async () => {
    let under = 0;
    let most = 0;
    iam.slow = async () => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setTimeout(resolve, 1));
      under--;
    };
    const users = Array.from({ length: 40 }, (_, index) => `user-${index}`);
    await many.create(await checked({ profiles: of(...users) }));
    expect(most).toBe(10);
  });
});

describe("a run that is killed", () => {
  const never = new Promise<void>(() => {});

  /** What the notes of this test's resource say. */
  async function notes(): Promise<string> {
    const { scope } = await checked({ profiles: {} });
    const own = new PrivateFolder().list().filter((name) => name.startsWith(`step-${scope}`));
    return own.map((name) => new PrivateFolder().read(name)?.toString()).join("");
  }

  /**
   * Carries out a step until IAM is asked this, which it does before the process is killed, and so many others are through;
   * then another process begins.
   */
  async function killedAt(call: string, step: () => Promise<unknown>, others = 1): Promise<void> {
    iam.now = `${new Date().toISOString().slice(0, 19)}Z`;
    const asked = new Promise<void>((resolve) => {
      iam.meanwhile = (other) => {
        iam.slow = async () => {};
        if (other !== call) return;
        const [action, userName = ""] = call.split(" ");
        iam.slow = () => never;
        if (action === "create") iam.profiles.set(userName, { createDate: iam.now, passwordResetRequired: false });
        resolve();
      };
    });
    void step();
    await asked;
    while ([...(await notes()).matchAll(/"(to|failed)":/g)].length < others) await new Promise(setImmediate);
    iam.meanwhile = () => {};
    iam.slow = async () => {};
    iam.calls.length = 0;
    StepNotes.underWay.clear();
    begin();
  }

  test("while it creates: the next one takes over what that one made, and no profile of anybody else", async () => {
    const args = { profiles: of("alice", "bob", "carol") };
    iam.profiles.set("carol", { createDate: "2025-01-01T00:00:00Z", passwordResetRequired: false });
    const declared = await checked(args);
    await killedAt("create bob", () => many.create(declared), 2);
    const { state, reasons } = await failed(many.create(await checked(args)));
    // Of alice it is known that she has her password, of bob it is not.
    expect(iam.calls.filter((call) => /^(update|delete)/.test(call))).toEqual(["update bob of bob"]);
    expect(Object.keys(state.profiles)).toEqual(["alice", "bob"]);
    expect(reasons).toEqual([
      expect.stringMatching(/IAM user "carol": EntityAlreadyExists.*Set adoptExisting to true/),
    ]);
  });

  test("while it creates: what that one made is kept, though the next one can do nothing more", async () => {
    const declared = await checked({ profiles: of("alice", "bob") });
    await killedAt("create bob", () => many.create(declared));
    iam.profiles.delete("bob");
    const { state } = await failed(
      refusing("create bob", async () => many.create(await checked({ profiles: of("alice", "bob") }))),
    );
    expect(Object.keys(state.profiles)).toEqual(["alice"]);
  });

  test("while it creates, and the next one too: the one after that knows what either made", async () => {
    const args = { profiles: of("alice", "bob") };
    const declared = await checked(args);
    // Long enough before for IAM, which tells dates to the second.
    const before = Date.now() - 5000;
    const clock = jest.spyOn(Date, "now").mockReturnValue(before);
    await killedAt("create bob", () => many.create(declared));
    clock.mockRestore();
    iam.profiles.set("bob", { createDate: new Date(before).toISOString(), passwordResetRequired: false });
    const again = await checked(args);
    iam.slowUpdate = "bob";
    await killedAt("update bob", () => many.create(again));
    iam.slowUpdate = undefined;
    const { profiles } = await many.create(await checked(args));
    expect(Object.keys(profiles)).toEqual(["alice", "bob"]);
    expect(iam.calls.filter((call) => /^(update|delete)/.test(call))).toEqual(["update bob of bob"]);
  });

  test("while it creates, and no note is left of it: the next one says what to set", async () => {
    const declared = await checked({ profiles: of("alice") });
    await killedAt("create alice", () => many.create(declared), 0);
    new StepNotes(declared.scope, "own").end({ isComplete: true, isStored: true });
    await expect(many.create(await checked({ profiles: of("alice") }))).rejects.toThrow("Set adoptExisting to true");
  });

  test("while it creates, and the way leads to another account by then: a profile made there meanwhile is left alone", async () => {
    const args = { profiles: of("alice", "bob") };
    const declared = await checked(args);
    await killedAt("create bob", () => many.create(declared));
    const elsewhere = await checked({ ...args, connection: { profile: "another" } });
    await expect(many.create(elsewhere)).rejects.toThrow(
      /user "alice": EntityAlreadyExists.*\n.*user "bob": EntityAlreadyExists/,
    );
    expect(iam.calls.filter((call) => /^(update|delete)/.test(call))).toEqual([]);
  });

  test("while it creates, and the profile is somebody else's by then: that one is left alone", async () => {
    const declared = await checked({ profiles: of("alice", "bob") });
    await killedAt("create bob", () => many.create(declared));
    const later = new Date(Date.now() + 3600_000).toISOString();
    for (const userName of ["alice", "bob"])
      iam.profiles.set(userName, { createDate: later, passwordResetRequired: false });
    await expect(many.create(await checked({ profiles: of("alice", "bob") }))).rejects.toThrow(
      /user "alice": EntityAlreadyExists.*\n.*user "bob": EntityAlreadyExists/,
    );
    expect(iam.calls.filter((call) => /^(update|delete)/.test(call))).toEqual([]);
  });

  test("while it rotates: the next one sends what is missing, and not again what was sent", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    const args = { profiles: { alice: { password: "another" }, bob: { password: "another" } } };
    const next = await checked(args, declared);
    iam.slowUpdate = "bob";
    await killedAt("update bob", () => many.update(applied, next));
    iam.slowUpdate = undefined;
    const after = await many.update(applied, await checked(args, declared));
    expect(iam.calls.filter((call) => call.startsWith("update"))).toEqual(["update bob another"]);
    // Were one slow answer believed, a password that the user has chosen since would be undone.
    expect(iam.lookedFor.get("alice")).toEqual({ since: iam.profiles.get("alice")?.createDate });
    expect(after.profiles).toMatchObject({ alice: { passwordVersion: 2 }, bob: { passwordVersion: 2 } });
    expect(after.passwordHashes).toBe(next.passwordHashes);
  });

  test("while it rotates, and what it did cannot be read by the next one: nothing is sent to that user", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    const args = { profiles: { alice: { password: "another" }, bob: { password: "another" } } };
    iam.slowUpdate = "bob";
    const next = await checked(args, declared);
    await killedAt("update bob", () => many.update(applied, next));
    iam.slowUpdate = undefined;
    const { state, reasons } = await failed(
      refusing("get alice", async () => many.update(applied, await checked(args, declared))),
    );
    expect(iam.calls.filter((call) => call.startsWith("update"))).toEqual(["update bob another"]);
    expect(reasons).toEqual([expect.stringContaining('Could not read the login profile of IAM user "alice"')]);
    expect(state.profiles).toMatchObject({ alice: { passwordVersion: 1 }, bob: { passwordVersion: 2 } });
    iam.calls.length = 0;
    begin();
    const after = await many.update(state, await checked(args, next));
    expect(iam.calls).toEqual(["get alice"]);
    expect(after.profiles).toMatchObject({ alice: { passwordVersion: 2 }, bob: { passwordVersion: 2 } });
  });

  test("while it rotates, and others have gone on since: its notes count for nothing", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    const next = await checked({ profiles: { alice: { password: "2" }, bob: { password: "2" } } }, declared);
    iam.slowUpdate = "bob";
    await killedAt("update bob", () => many.update(applied, next));
    iam.slowUpdate = undefined;
    const second = await checked({ profiles: { alice: { password: "2" }, bob: { password: "2" } } }, declared);
    const third = await checked({ profiles: { alice: { password: "3" }, bob: { password: "2" } } }, second);
    const stored = { ...applied, passwordHashes: third.passwordHashes as string };
    stored.profiles = {
      alice: { ...(applied.profiles.alice as AppliedProfile), passwordVersion: 3 },
      bob: { ...(applied.profiles.bob as AppliedProfile), passwordVersion: 2 },
    };
    begin();
    const last = await checked({ profiles: { alice: { password: "3" }, bob: { password: "4" } } }, third);
    await many.diff(stored, last);
    const after = await many.update(stored, last);
    expect(iam.calls).toEqual(["update bob 4"]);
    expect(after.profiles.alice).toMatchObject({ passwordVersion: 3 });
  });

  describe("while it adds users, and the program declares one of them no more", () => {
    async function added() {
      const first = await created({ profiles: of("alice") });
      const next = await checked({ profiles: of("alice", "bob", "carol") }, first.declared);
      await killedAt("create carol", () => many.update(first.applied, next));
      return { ...first, same: await checked({ profiles: of("alice") }, first.declared) };
    }

    test("the next run takes the profile away", async () => {
      const { applied, same } = await added();
      expect(await many.diff(applied, same)).toMatchObject({ added: [], removed: ["bob"], changed: [] });
      const after = await many.update(applied, same);
      expect(iam.calls.filter((call) => !call.startsWith("get"))).toEqual(["delete bob"]);
      expect(Object.keys(after.profiles)).toEqual(["alice"]);
    });

    test("it is deleted with all", async () => {
      const { applied } = await added();
      begin();
      await many.delete(applied);
      expect([...iam.profiles.keys()]).toEqual(["carol"]);
    });

    test("it is left alone if it is somebody else's by then", async () => {
      const { applied, same } = await added();
      iam.profiles.set("bob", { createDate: "2030-01-01T00:00:00Z", passwordResetRequired: false });
      expect(Object.keys((await many.update(applied, same)).profiles)).toEqual(["alice"]);
      begin();
      expect(await many.diff(applied, same)).toMatchObject({ removed: [] });
      expect(iam.profiles.has("bob")).toBe(true);
    });

    test("it stays in the state while it cannot be read", async () => {
      const { applied, same } = await added();
      const { state, reasons } = await failed(refusing("get bob", () => many.update(applied, same)));
      expect(reasons).toEqual([expect.stringContaining('Could not read the login profile of IAM user "bob"')]);
      expect(Object.keys(state.profiles)).toEqual(["alice", "bob"]);
      expect(iam.profiles.has("bob")).toBe(true);
    });
  });

  test("while it rotates, and the program goes back to the password before: that is set again", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    const next = await checked({ profiles: { alice: { password: "2" }, bob: { password: "2" } } }, declared);
    iam.slowUpdate = "bob";
    await killedAt("update bob", () => many.update(applied, next));
    iam.slowUpdate = undefined;
    const same = await checked({ profiles: of("alice", "bob") }, declared);
    expect(await many.diff(applied, same)).toMatchObject({ changed: [{ userName: "alice", password: true }] });
    const after = await many.update(applied, same);
    expect(iam.calls.filter((call) => call.startsWith("update"))).toEqual(["update alice of alice"]);
    expect(after.profiles).toMatchObject({ alice: { passwordVersion: 3 }, bob: { passwordVersion: 1 } });
  });

  test("while it deletes all, and the program declares them again: those that are gone are created", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    await expect(refusing("delete bob", () => many.delete(applied))).rejects.toThrow('IAM user "bob"');
    begin();
    iam.calls.length = 0;
    const same = await checked({ profiles: of("alice", "bob") }, declared);
    expect(await many.diff(applied, same)).toMatchObject({ added: ["alice"], removed: [], changed: [] });
    const after = await many.update(applied, same);
    expect(iam.calls).toEqual(["get alice", "create alice of alice false"]);
    expect(Object.keys(after.profiles)).toEqual(["alice", "bob"]);
  });

  test("leaves notes in which no password and no hash is, and the next one removes them", async () => {
    const declared = await checked({ profiles: of("alice", "bob") });
    await killedAt("create bob", () => many.create(declared));
    expect(await notes()).toContain('"userName":"alice"');
    expect(await notes()).not.toMatch(/of alice|scrypt/);
    await many.create(await checked({ profiles: of("alice", "bob") }));
    expect(await notes()).toBe("");
  });
});

describe("a profile that moves", () => {
  const password = "of alice";

  test("from one among many to one of its own is handed over as it is, whoever comes first", async () => {
    for (const first of ["many", "one"]) {
      iam = new FakeIam();
      begin();
      const { declared, applied } = await created({ profiles: of("alice", "bob") });
      const next = await checked({ profiles: of("bob") }, declared);
      const single = await one.check({}, { userName: "alice", password });
      if ("problems" in single) throw new Error("It is refused.");
      const steps = [
        async () => {
          await many.diff(applied, next);
          return many.update(applied, next);
        },
        () => one.create(single.declaration as never),
      ];
      const [after, state] = await Promise.all((first === "many" ? steps : steps.reverse()).map((step) => step())).then(
        (results) => (first === "many" ? results : results.reverse()),
      );
      expect(iam.calls.filter((call) => /^(update|delete)/.test(call))).toEqual([]);
      expect(state).toMatchObject({ userName: "alice", createDate: applied.profiles.alice?.createDate });
      expect(Object.keys((after as AppliedProfiles).profiles)).toEqual(["bob"]);
      expect(iam.profiles.has("alice")).toBe(true);
    }
  });

  test("is kept in the state until another resource has taken it", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    await one.check({}, { userName: "alice", password });
    const next = await checked({ profiles: of("bob") }, declared);
    await many.diff(applied, next);
    const after = await many.update(applied, next);
    expect(iam.calls).toEqual([]);
    expect(Object.keys(after.profiles)).toEqual(["alice", "bob"]);
  });

  test("from one of its own to one among many is taken over as a refresh has found it", async () => {
    const single = await one.check({}, { userName: "alice", password, passwordResetRequired: true });
    if ("problems" in single) throw new Error("It is refused.");
    const state = await one.create(single.declaration as never);
    // The user has obeyed since.
    iam.profiles.set("alice", { createDate: state.createDate, passwordResetRequired: false });
    begin();
    iam.calls.length = 0;
    await one.read(state);
    const declared = await checked({ profiles: of("alice", "bob"), passwordResetRequired: true });
    const after = await many.create(declared);
    await one.delete(state);
    expect(iam.calls.sort()).toEqual(["create bob of bob true", "get alice", "get alice"]);
    expect(after.profiles.alice).toMatchObject({ passwordVersion: 1, passwordResetPending: false });
    expect(lines).toContain('Took over the login profile of IAM user "alice" from another resource.');
  });

  test("into one among many is taken over after a refresh, though a run without one has failed before", async () => {
    const single = await one.check({}, { userName: "alice", password });
    if ("problems" in single) throw new Error("It is refused.");
    const state = await one.create(single.declaration as never);
    begin();
    const declared = await checked({ profiles: of("alice", "bob") });
    const { state: partly } = await failed(many.create(declared));
    begin();
    await one.read(state);
    const next = await checked({ profiles: of("alice", "bob") }, declared);
    await many.diff(partly, next);
    iam.calls.length = 0;
    const after = await many.update(partly, next);
    expect(iam.calls).toEqual(["get alice"]);
    expect(Object.keys(after.profiles)).toEqual(["alice", "bob"]);
    await one.delete(state);
    expect(iam.profiles.has("alice")).toBe(true);
  });

  test("is not let go of for one among many that could not take it over", async () => {
    const single = await one.check({}, { userName: "alice", password: "one" });
    if ("problems" in single) throw new Error("It is refused.");
    const state = await one.create(single.declaration as never);
    begin();
    const declared = await checked({ profiles: of("alice", "bob") });
    const { state: partly } = await failed(many.create(declared));
    begin();
    const next = await checked({ profiles: of("alice", "bob") }, declared);
    await many.diff(partly, next);
    await many.update(partly, next).catch(() => undefined);
    await one.delete(state);
    expect(iam.profiles.has("alice")).toBe(false);
  });

  test("with another password is given that, for it was declared", async () => {
    const single = await one.check({}, { userName: "alice", password });
    if ("problems" in single) throw new Error("It is refused.");
    const state = await one.create(single.declaration as never);
    begin();
    await one.read(state);
    iam.calls.length = 0;
    await many.create(await checked({ profiles: { alice: { password: "another" } } }));
    expect(iam.calls.at(-1)).toBe("update alice another");
  });

  test("is not taken over if it is another one by now", async () => {
    const single = await one.check({}, { userName: "alice", password });
    if ("problems" in single) throw new Error("It is refused.");
    const state = await one.create(single.declaration as never);
    begin();
    await one.read(state);
    iam.profiles.set("alice", { createDate: "2026-02-02T00:00:00Z", passwordResetRequired: false });
    await expect(many.create(await checked({ profiles: of("alice") }))).rejects.toThrow("Set adoptExisting to true");
  });

  test("is not taken over without evidence", async () => {
    iam.profiles.set("alice", { createDate: iam.now, passwordResetRequired: false });
    const declared = await checked({ profiles: of("alice") });
    await expect(many.create(declared)).rejects.toThrow("`pulumi up --refresh` takes it over as it is");
  });
});

describe("a preview", () => {
  test("knows the versions, and what stays", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    const next = await checked({ profiles: { ...of("bob", "carol"), alice: { password: "another" } } }, declared);
    expect(predictedAll(next, applied, () => false)).toMatchObject({
      profiles: {
        alice: { passwordVersion: 2, createDate: iam.now },
        bob: { passwordVersion: 1, createDate: iam.now },
        carol: { passwordVersion: 1, createDate: UNKNOWN },
      },
      accountId: "own",
    });
  });

  test("that does not know one password knows which others change", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    const next = await checked({ profiles: { ...of("bob"), alice: { password: UNKNOWN } } }, declared);
    expect(await many.diff(applied, next)).toMatchObject({ changed: [{ userName: "alice", password: true }] });
  });
});

describe("a password that the program holds back", () => {
  const all = (identity: AgeIdentity) => ({ ageRecipients: identity.recipient, rotationTriggers: { quarter: 1 } });

  test.each([
    ["left out", () => ({})],
    ["under ignoreChanges, as a profile", ({ profiles }: DeclaredProfiles) => profiles.alice as object],
  ])("is never generated anew for the recipients of all: %s", async (_, held) => {
    const identity = new AgeIdentity();
    const { declared, applied } = await created({ ...all(identity), profiles: { ...of("alice"), bob: {} } });
    const next = { ...all(identity), rotationTriggers: { quarter: 2 }, profiles: { alice: held(declared), bob: {} } };
    const second = await checked(next, declared);
    expect(second.profiles.alice).toMatchObject({ passwordVersion: 1 });
    await many.diff(applied, second);
    const after = await many.update(applied, second);
    expect(iam.calls).toEqual([expect.stringMatching(/^update bob .{24}$/)]);
    expect(after.profiles.alice).toEqual(applied.profiles.alice);
    identity.remove();
  });

  test("is generated for a recipient of its own, for that was said on purpose", async () => {
    const identity = new AgeIdentity();
    const { declared } = await created({ profiles: of("alice") });
    const own = { alice: { ageRecipients: identity.recipient, rotationTriggers: { quarter: 1 } } };
    expect((await checked({ profiles: own }, declared)).profiles.alice).toMatchObject({ passwordVersion: 2 });
    identity.remove();
  });
});

describe("a user who is taken out", () => {
  test("and whom a resource of its own declares later in the run begins there with version 1", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    await many.update(applied, await checked({ profiles: of("bob") }, declared));
    const result = await one.check({}, { userName: "alice", password: "another" });
    const state = await one.create(("declaration" in result && result.declaration) as never);
    expect(state.passwordVersion).toBe(1);
  });

  test("loses the profile, though a resource declares a user of that name in another account", async () => {
    const { declared, applied } = await created({ profiles: of("alice", "bob") });
    const elsewhere = { userName: "alice", password: "x", connection: { profile: "another" } };
    await one.check({}, elsewhere);
    const next = await checked({ profiles: of("bob") }, declared);
    await many.diff(applied, next);
    const after = await many.update(applied, next);
    expect(iam.calls).toEqual(["delete alice"]);
    expect(Object.keys(after.profiles)).toEqual(["bob"]);
  });

  test("and put in again, after a deletion that failed, has the profile still, and a version not seen before", async () => {
    const first = await checked({ profiles: of("alice", "bob") });
    const second = await checked({ profiles: { ...of("bob"), alice: { password: "2" } } }, first);
    const third = await checked({ profiles: { ...of("bob"), alice: { password: "3" } } }, second);
    const applied = await many.create(third);
    begin();
    const without = await checked({ profiles: { bob: { password: "another" } } }, third);
    const { state } = await failed(refusing("delete alice", () => many.update(applied, without)));
    iam.calls.length = 0;
    begin();
    const adopted = await checked(
      { profiles: { bob: { password: "another" }, alice: { adoptExisting: true } } },
      without,
    );
    expect(await many.diff(state, adopted)).toMatchObject({ added: [], changed: [] });
    expect((await many.update(state, adopted)).profiles.alice).toMatchObject({ passwordVersion: 3 });
    expect(iam.calls).toEqual([]);
    begin();
    const asBefore = await checked({ profiles: { bob: { password: "another" }, alice: { password: "3" } } }, without);
    expect(await many.diff(state, asBefore)).toMatchObject({ added: [], changed: [] });
    expect((await many.update(state, asBefore)).profiles.alice).toMatchObject({ passwordVersion: 3 });
    expect(iam.calls).toEqual([]);
    begin();
    const again = await checked({ profiles: { bob: { password: "another" }, alice: { password: "4" } } }, without);
    await many.diff(state, again);
    const after = await many.update(state, again);
    expect(after.profiles.alice).toMatchObject({ passwordVersion: 4 });
    begin();
    iam.calls.length = 0;
    const same = await checked({ profiles: { bob: { password: "another" }, alice: { password: "4" } } }, again);
    expect(await many.diff(after, same)).toMatchObject({ added: [], changed: [] });
  });
});

describe("all users exchanged for others", () => {
  test.each([
    ["of one resource", ["alice"]],
    ["of one that has none any more", []],
  ])("in another account: %s", async (_, users) => {
    const { declared, applied } = await created({ profiles: of(...users) });
    const next = await checked({ profiles: of("carol"), connection: { profile: "another" } }, declared);
    const known = { ...applied, accountId: "own" };
    const { account } = await many.diff(known, next);
    expect(account).toBe(users.length > 0);
    if (account) return;
    expect(await many.update(known, next)).toMatchObject({ accountId: "another" });
  });
});

describe("an IAM user who was renamed in place", () => {
  const rename = (from: string, to: string) => {
    iam.profiles.set(to, iam.profiles.get(from) as never);
    iam.profiles.delete(from);
  };
  const ASKED = ["create alicia of alice false", "get alicia", "get alice", "get alicia"];
  const changing = () => iam.calls.filter((call) => /^(update|delete)/.test(call));

  test.each([{}, { adoptExisting: true }])("takes the profile along, and nothing is sent, with %j", async (more) => {
    const { declared, applied } = await created({ ...more, profiles: of("alice", "bob") });
    rename("alice", "alicia");
    const next = await checked({ ...more, profiles: { ...of("bob"), alicia: { password: "of alice" } } }, declared);
    await many.diff(applied, next);
    const after = await many.update(applied, next);
    expect(iam.calls).toEqual(ASKED);
    // That a young profile is gone is asked again for a while.
    expect(iam.lookedFor.get("alice")).toEqual({ since: applied.profiles.alice?.createDate });
    expect(after.profiles).toEqual({ alicia: applied.profiles.alice, bob: applied.profiles.bob });
    expect(lines).toContain('The login profile of IAM user "alice" moved along to "alicia".');
    expect(await many.diff(after, next)).toMatchObject({ added: [], removed: [], changed: [] });
  });

  test("goes on counting the versions of the password", async () => {
    const first = await created({ profiles: of("alice") });
    const second = await checked({ profiles: { alice: { password: "2" } } }, first.declared);
    const applied = await many.update(first.applied, second);
    begin();
    rename("alice", "alicia");
    const next = await checked({ profiles: { alicia: { password: "2" } } }, second);
    const after = await many.update(applied, next);
    expect(after.profiles.alicia).toMatchObject({ passwordVersion: 2 });
    expect(await many.diff(after, next)).toMatchObject({ changed: [] });
  });

  test.each(["get alicia", "get alice"])(
    "takes it along in the next run, where the first one had no answer to %s",
    async (call) => {
      const { declared, applied } = await created({ profiles: of("alice") });
      rename("alice", "alicia");
      const args = { adoptExisting: true, profiles: { alicia: { password: "of alice" } } };
      const next = await checked(args, declared);
      const refusedOnce = refusing(call, () => many.update(applied, next));
      const state = await refusedOnce.then(
        ({ profiles }) => profiles,
        (error) => (error as PartlyDone).state ?? applied,
      );
      expect(state).toMatchObject({ profiles: { alice: applied.profiles.alice } });
      begin();
      const again = await checked(args, next);
      iam.calls.length = 0;
      expect((await many.update(state as AppliedProfiles, again)).profiles).toEqual({ alicia: applied.profiles.alice });
      expect(iam.calls).toEqual(ASKED);
    },
  );

  test.each(["create alicia", "get alicia", "get alice", "update alicia"])(
    "stays known to a state that other steps change, where IAM refuses to %s",
    async (call) => {
      const { declared, applied } = await created({ profiles: of("alice", "carol") });
      rename("alice", "alicia");
      const profiles = { carol: { password: "2" }, alicia: { password: "of alice", passwordResetRequired: true } };
      const next = await checked({ profiles }, declared);
      const { state } = await failed(refusing(call, () => many.update(applied, next)));
      expect(state.profiles).toMatchObject({ alice: applied.profiles.alice, carol: { passwordVersion: 2 } });
    },
  );

  test("is none where more users have such a profile than were renamed", async () => {
    const { declared, applied } = await created({ profiles: of("alice") });
    iam.profiles.set("alina", iam.profiles.get("alice") as never);
    rename("alice", "alicia");
    const same = { password: "of alice" };
    const next = await checked({ adoptExisting: true, profiles: { alicia: same, alina: same } }, declared);
    const error = String(await many.update(applied, next).catch((thrown) => thrown));
    expect(error.match(/more users than were renamed have a profile of that second/g)).toHaveLength(2);
    expect(changing()).toEqual([]);
  });

  test("is none where it could not be read whether another user has such a profile", async () => {
    const { declared, applied } = await created({ profiles: of("alice") });
    iam.profiles.set("alina", iam.profiles.get("alice") as never);
    rename("alice", "alicia");
    const same = { password: "of alice" };
    const next = await checked({ adoptExisting: true, profiles: { alicia: same, alina: same } }, declared);
    const error = await refusing("get alina", () => many.update(applied, next)).catch(String);
    expect(error).toContain("more users than were renamed have a profile of that second");
    expect(changing()).toEqual([]);
  });

  test("is none of a user whom another resource for many leaves: the declared password is set", async () => {
    const other = placeholderWith({ ...FACTS, name: `${FACTS.name}-other` });
    const ops = await checked({ profiles: of("bob", "zed"), passwordHashes: other });
    const opsApplied = await many.create(ops);
    const { declared, applied } = await created({ profiles: { alice: { password: "welcome" } } });
    iam.profiles.delete("alice");
    const opsNext = await checked({ profiles: of("zed"), passwordHashes: other }, ops);
    const next = await checked({ adoptExisting: true, profiles: { bob: { password: "welcome" } } }, declared);
    await many.diff(opsApplied, opsNext);
    await many.update(applied, next);
    expect(changing()).toContain("update bob welcome");
  });

  test("is looked for once more where the old name seemed to have its profile still", async () => {
    const { declared, applied } = await created({ profiles: of("alice") });
    iam.profiles.set("alicia", iam.profiles.get("alice") as never);
    const next = await checked({ adoptExisting: true, profiles: { alicia: { password: "of alice" } } }, declared);
    // The answer about the old name is out of date.
    iam.meanwhile = (call) => void (call === "delete alice" && iam.profiles.delete("alice"));
    expect((await many.update(applied, next)).profiles).toEqual({ alicia: applied.profiles.alice });
    expect(changing()).toEqual(["delete alice"]);
  });

  test("leaves the profile alone that another user of the old name has by now", async () => {
    const { declared, applied } = await created({ profiles: of("alice") });
    rename("alice", "alicia");
    iam.profiles.set("alice", { ...ANOTHERS, createDate: LATER });
    const next = await checked({ profiles: { alicia: { password: "of alice" } } }, declared);
    expect((await many.update(applied, next)).profiles).toEqual({ alicia: applied.profiles.alice });
    expect(changing()).toEqual([]);
  });

  test("is known again where a new resource has taken the old name in the same run", async () => {
    const { declared, applied } = await created({ profiles: of("alice") });
    rename("alice", "alicia");
    iam.now = LATER;
    const result = await one.check({}, { userName: "alice", password: "another" });
    await one.create(("declaration" in result && result.declaration) as never);
    const next = await checked({ profiles: { alicia: { password: "of alice" } } }, declared);
    expect((await many.update(applied, next)).profiles).toEqual({ alicia: applied.profiles.alice });
    expect(changing()).toEqual([]);
  });

  test("is told with what was to be done where the flag could not be set", async () => {
    const { declared, applied } = await created({ profiles: of("alice") });
    rename("alice", "alicia");
    const args = { passwordResetRequired: true, profiles: { alicia: { password: "of alice" } } };
    const next = await checked(args, declared);
    const error = await refusing("update alicia", () => many.update(applied, next)).catch(String);
    expect(error).toContain('Could not adopt the login profile of IAM user "alicia": AccessDenied');
  });

  test.each([
    [["alice"], { alicia: {} }, [["alice", "alicia"]]],
    // One name is passed on: what was encrypted for one person is not to come to the other.
    [
      ["alice", "bob"],
      { robert: {}, bob: {} },
      [
        ["bob", "robert"],
        ["alice", "bob"],
      ],
    ],
  ])("does not take a generated password along: of %j, declared %j", async (users, profiles, renames) => {
    const identity = new AgeIdentity();
    const all = { ageRecipients: identity.recipient, adoptExisting: true };
    const { declared, applied } = await created({
      ...all,
      profiles: Object.fromEntries(users.map((user) => [user, {}])),
    });
    for (const [from = "", to = ""] of renames) rename(from, to);
    const next = await checked({ ...all, profiles }, declared);
    const error = String(await many.update(applied, next).catch((thrown) => thrown));
    expect(error).toContain('it seems to have the login profile of IAM user "alice", who was renamed');
    expect(changing()).toEqual([]);
    // A refresh forgets the old name, as the error says; then another one is generated.
    begin();
    const refreshed = await many.read(applied);
    const again = await checked({ ...all, profiles }, next);
    await many.update(refreshed, again);
    const [added = ""] = Object.keys(profiles);
    expect(changing()).toEqual([expect.stringMatching(`^update ${added} .{24}$`)]);
    identity.remove();
  });

  test("is no reason to trust the state where a killed run may have set another password", async () => {
    const { declared, applied } = await created({ profiles: of("alice") });
    const second = await checked({ profiles: { alice: { password: "2" } } }, declared);
    new StepNotes(second.scope, "own").asked("alice", {
      userName: "alice",
      ...applied.profiles.alice,
      accountId: "own",
    } as never);
    StepNotes.underWay.clear();
    begin();
    rename("alice", "alicia");
    const next = await checked({ adoptExisting: true, profiles: { alicia: { password: "of alice" } } }, declared);
    const error = String(await many.update(applied, next).catch((thrown) => thrown));
    expect(error).toContain("a run that was killed may have set another password");
    expect(changing()).toEqual([]);
  });

  test("hinders no two resources that exchange their users, nor does a password that both have in common", async () => {
    const both = { alice: { password: "welcome" }, bob: { password: "welcome" } };
    const { alice, bob } = both;
    const other = placeholderWith({ ...FACTS, name: `${FACTS.name}-other` });
    const dev = await checked({ profiles: { alice } });
    const ops = await checked({ profiles: { bob }, passwordHashes: other });
    const [devApplied, opsApplied] = [await many.create(dev), await many.create(ops)];
    begin();
    iam.calls.length = 0;
    const [devNext, opsNext] = [
      await checked({ profiles: { bob } }, dev),
      await checked({ profiles: { alice }, passwordHashes: other }, ops),
    ];
    await many.diff(devApplied, devNext);
    await many.diff(opsApplied, opsNext);
    const [devAfter, opsAfter] = await Promise.all([
      many.update(devApplied, devNext),
      many.update(opsApplied, opsNext),
    ]);
    expect([Object.keys(devAfter.profiles), Object.keys(opsAfter.profiles)]).toEqual([["bob"], ["alice"]]);
    expect(changing()).toEqual([]);
  });

  test("is not seen in a profile that another resource leaves, be it of the same date", async () => {
    const identity = new AgeIdentity();
    const all = { ageRecipients: identity.recipient };
    const declaredOne = async (userName: string, previous = {}) => {
      const result = await one.check(previous, { userName, ...all });
      return ("declaration" in result && result.declaration) as never;
    };
    const bob = await declaredOne("bob");
    const bobApplied = await one.create(bob);
    const { declared, applied } = await created({ ...all, profiles: { alice: {} } });
    iam.profiles.delete("alice");
    const zed = await declaredOne("zed", bob);
    const next = await checked({ ...all, profiles: { bob: {} } }, declared);
    await one.diff(bobApplied, zed);
    // The refusal of a generated password that moved along would hold it up.
    expect(Object.keys((await many.update(applied, next)).profiles)).toEqual(["bob"]);
    identity.remove();
  });

  test.each([
    ["whose profile is of another date", () => iam.profiles.set("alicia", { ...ANOTHERS, createDate: LATER })],
    ["whose old name has its profile still", () => iam.profiles.set("alicia", iam.profiles.get("alice") as never)],
  ])("is not taken for one %s", async (_, happens) => {
    const { declared, applied } = await created({ profiles: of("alice") });
    happens();
    const next = await checked({ profiles: { alicia: { password: "of alice" } } }, declared);
    const { reasons } = await failed(many.update(applied, next));
    expect(reasons.join()).toContain("Set adoptExisting to true");
    expect(changing()).toEqual(["delete alice"]);
  });

  test("is none where another password is declared, which is set only where the program adopts", async () => {
    const { declared, applied } = await created({ profiles: of("alice") });
    rename("alice", "alicia");
    const next = await checked({ profiles: { alicia: { password: "another" } } }, declared);
    const { reasons } = await failed(many.update(applied, next));
    expect(reasons.join()).toContain("Set adoptExisting to true");
  });
});

const ANOTHERS = { passwordResetRequired: false };
const LATER = "2026-01-02T00:00:00Z";
