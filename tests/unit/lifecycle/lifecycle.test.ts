import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Reach } from "../../../provider/src/aws/accounts.ts";
import type { Connection } from "../../../provider/src/aws/connection.ts";
import { IamError } from "../../../provider/src/aws/iam.ts";
import { AccountPasswordPolicy } from "../../../provider/src/aws/password-policy.ts";
import { UNKNOWN } from "../../../provider/src/common/unknown.ts";
import type { CheckSettings } from "../../../provider/src/lifecycle/check.ts";
import { LoginProfileLifecycle } from "../../../provider/src/lifecycle/lifecycle.ts";
import type { Declaration, LoginProfileState } from "../../../provider/src/lifecycle/model.ts";
import type { PasswordPolicy } from "../../../provider/src/passwords/rules.ts";
import { FakeIam } from "../../support/fake-iam.ts";

let iam: FakeIam;
let lines: string[];
let settings: CheckSettings;
let lifecycle: LoginProfileLifecycle;

/** Accounts that share one IAM; their ids come from the names of the profiles. */
function reach(): Reach {
  const policy = new AccountPasswordPolicy(iam);
  return (connection) => ({
    profiles: iam,
    policy,
    ready: async () => {},
    id: async () => idOf(connection),
    idSoon: async () => idOf(connection),
    way: () => "the way",
  });
}

/** The part of a profile's name before the dash names the account. */
function idOf(connection: Connection | undefined): string {
  return connection?.profile?.split("-")[0] ?? "own";
}

/** What stands in the state of a profile. */
function applied(some: Partial<LoginProfileState> & { userName: string }): LoginProfileState {
  return { passwordVersion: 1, passwordResetPending: false, createDate: "2026-01-01T00:00:00Z", ...some };
}

beforeEach(() => {
  iam = new FakeIam();
  lines = [];
  settings = { hashCost: () => ({ ln: 4, r: 8, p: 1 }), policyCheck: () => true, keybase: () => ({}) };
  lifecycle = new LoginProfileLifecycle(reach(), settings, (line) => lines.push(line));
});

async function checked(args: Record<string, unknown>, previous: Partial<Declaration> = {}): Promise<Declaration> {
  const result = await lifecycle.check(previous, args);
  if ("problems" in result) throw new Error(result.problems.map(({ reason }) => reason).join("\n"));
  return result.declaration as Declaration;
}

describe("check", () => {
  test("replaces the password by its hash and version 1", async () => {
    const declaration = await checked({ userName: "alice", password: "one", passwordResetRequired: true });
    expect(declaration).toEqual({
      userName: "alice",
      passwordHash: expect.stringMatching(/^\$scrypt\$ln=/),
      passwordVersion: 1,
      passwordResetRequired: true,
    });
  });

  test("keeps hash and version of a password that did not change", async () => {
    const first = await checked({ userName: "alice", password: "one" });
    expect(await checked({ userName: "alice", password: "one" }, first)).toEqual(first);
  });

  test("counts a password that changed, also back to an earlier one", async () => {
    const first = await checked({ userName: "alice", password: "one" });
    const second = await checked({ userName: "alice", password: "two" }, first);
    const third = await checked({ userName: "alice", password: "one" }, second);
    expect([second, third].map(({ passwordVersion }) => passwordVersion)).toEqual([2, 3]);
    expect(new Set([first, second, third].map(({ passwordHash }) => passwordHash)).size).toBe(3);
  });

  test("starts another user's profile at version 1", async () => {
    const first = await checked({ userName: "alice", password: "one" });
    const second = await checked({ userName: "alice", password: "two" }, first);
    const other = await checked({ userName: "bob", password: "two" }, second);
    expect(other).toEqual(await checked({ userName: "bob", password: "two" }));
  });

  test("needs a password to create, unless it adopts", async () => {
    await expect(checked({ userName: "alice" })).rejects.toThrow("password is needed to create a login profile");
    expect(await checked({ userName: "alice", adoptExisting: true })).toMatchObject({ passwordVersion: 0 });
  });

  test("needs a password of its own when the user changes", async () => {
    const first = await checked({ userName: "alice", password: "one" });
    await expect(checked({ userName: "bob" }, first)).rejects.toThrow("password is needed to create a login profile");
  });

  test("adopts another user's profile when the user changes", async () => {
    const first = await checked({ userName: "alice", password: "one" });
    await expect(checked({ userName: "bob", adoptExisting: true }, first)).resolves.toMatchObject({
      passwordVersion: 0,
    });
  });

  test("needs a password for a profile that is replaced, even an adopted one: its own is lost with it", async () => {
    const adopted = await checked({ userName: "alice", adoptExisting: true });
    await checked({ userName: "alice", adoptExisting: true }, adopted);
    await expect(checked({ userName: "alice", adoptExisting: true })).rejects.toThrow(
      "it is about to be replaced and the one in IAM is lost with it",
    );
  });
});

describe("a step whose password this process never saw", () => {
  test("is refused, and says to run again", async () => {
    const declaration = await checked({ userName: "alice", password: "one" });
    const other = new LoginProfileLifecycle(reach(), settings, () => {});
    await expect(other.create(declaration)).rejects.toThrow("Run `pulumi up` again.");
    expect(iam.calls).toEqual([]);
  });
});

describe("update", () => {
  test("sends the password only if it changed", async () => {
    const first = await checked({ userName: "alice", password: "one", passwordResetRequired: true });
    const state = await lifecycle.create(first);
    const flag = await checked({ userName: "alice", password: "one", passwordResetRequired: false }, first);
    const flagged = await lifecycle.update(state, flag);
    const second = await checked({ userName: "alice", password: "two" }, flag);
    const rotated = await lifecycle.update(flagged, second);
    expect(iam.calls).toEqual(["create alice one true", "update alice  false", "update alice two"]);
    expect(flagged).toMatchObject({ passwordResetPending: false, passwordVersion: 1 });
    expect(rotated).toMatchObject({ passwordVersion: 2, createDate: "2026-01-01T00:00:00Z" });
    expect(rotated).not.toHaveProperty("passwordResetRequired");
  });
});

describe("adopt", () => {
  test("without a password sets only a flag that differs", async () => {
    iam.profiles.set("alice", { createDate: "2020-01-01T00:00:00Z", passwordResetRequired: true });
    const same = { userName: "alice", adoptExisting: true, passwordResetRequired: true };
    await lifecycle.create(await checked(same));
    const state = await lifecycle.create(await checked({ ...same, passwordResetRequired: false }));
    expect(iam.calls).toEqual(["get alice", "get alice", "update alice  false"]);
    expect(state).toMatchObject({ passwordResetPending: false, createDate: "2020-01-01T00:00:00Z" });
    expect(lines).toHaveLength(2);
  });

  test("is never done unasked: the profile is only reported", async () => {
    iam.profiles.set("alice", { createDate: "2020-01-01T00:00:00Z", passwordResetRequired: false });
    const declaration = await checked({ userName: "alice", password: "one", adoptExisting: false });
    await expect(lifecycle.create(declaration)).rejects.toThrow("Set adoptExisting to true to take the profile over");
    expect(iam.calls).toEqual(["create alice one false"]);
  });

  test("without a password of a user who has no profile says what is needed", async () => {
    const declaration = await checked({ userName: "alice", adoptExisting: true });
    await expect(lifecycle.create(declaration)).rejects.toThrow("Give a password to create it, or correct userName.");
  });
});

describe("an error for the user", () => {
  test.each([
    ["AccessDenied", 'Allow iam:CreateLoginProfile on user "alice" to the identity that runs Pulumi.'],
    ["PasswordPolicyViolation", "Choose a password that meets the account's password policy"],
    ["EntityTemporarilyUnmodifiable", "run `pulumi up` again in a minute"],
    ["LimitExceeded", "An IAM quota of the account is used up"],
    ["ECONNREFUSED", "Run `pulumi up` again once the cause is gone."],
  ])("of %s says what failed, what IAM answered and what to do", async (code, advice) => {
    const declaration = await checked({ userName: "alice", password: "one" });
    iam.failure = new IamError(code, "Thus spoke IAM", "refused", "id-1");
    const error: Error = await lifecycle.create(declaration).then(
      () => new Error("It succeeded."),
      (reason) => reason,
    );
    expect(error.message).toContain(
      `Could not create the login profile of IAM user "alice": ${code}: Thus spoke IAM. (request id id-1)`,
    );
    expect(error.message).toContain(advice);
    expect(error.stack).toBe(error.message);
  });

  test("is not made of a fault in the program itself", async () => {
    const fault = new TypeError("a bug");
    iam.get = () => Promise.reject(fault);
    const applied = { userName: "alice", passwordVersion: 1, passwordResetPending: false, createDate: "" };
    await expect(lifecycle.read(applied)).rejects.toBe(fault);
  });
});

test("a profile that was taken over in this run is not deleted by the resource that held it before", async () => {
  iam.profiles.set("alice", { createDate: "2020-01-01T00:00:00Z", passwordResetRequired: false });
  await lifecycle.create(await checked({ userName: "alice", password: "one", adoptExisting: true }));
  await lifecycle.delete(applied({ userName: "alice" }));
  expect(iam.calls).toEqual(["create alice one false", "get alice", "update alice one"]);
  expect(lines.at(-1)).toBe('Kept the login profile of IAM user "alice": another resource has taken it over.');
});

test("a profile declared without a password is not deleted to be replaced, but can be destroyed", async () => {
  iam.profiles.set("alice", { createDate: "2020-01-01T00:00:00Z", passwordResetRequired: false });
  await checked({ userName: "alice", adoptExisting: true });
  await expect(lifecycle.delete(applied({ userName: "alice" }))).rejects.toThrow("the one in IAM would be lost");
  await new LoginProfileLifecycle(reach(), settings, () => {}).delete(applied({ userName: "alice" }));
  expect(iam.calls).toEqual(["delete alice"]);
});

test("a permission that adoption lacks is named by the call that failed", async () => {
  iam.get = () => Promise.reject(new IamError("AccessDenied", "No.", "refused"));
  const declaration = await checked({ userName: "alice", adoptExisting: true });
  await expect(lifecycle.create(declaration)).rejects.toThrow("Allow iam:GetLoginProfile");
});

test("delete of a profile that is gone succeeds, any other failure does not", async () => {
  await expect(lifecycle.delete(applied({ userName: "alice" }))).resolves.toBeUndefined();
  iam.failure = new IamError("AccessDenied", "No.", "refused");
  await expect(lifecycle.delete(applied({ userName: "alice" }))).rejects.toThrow("iam:DeleteLoginProfile");
});

describe("the account's password policy", () => {
  const strict: PasswordPolicy = {
    minimumLength: 14,
    requireSymbols: true,
    requireNumbers: true,
    requireUppercase: true,
    requireLowercase: true,
    allowUsersToChangePassword: true,
  };

  test("names every rule that a new password breaks", async () => {
    iam.policy = strict;
    await expect(checked({ userName: "alice", password: "é" })).rejects.toThrow(
      "password breaks the account's password policy, which asks for at least 14 characters, " +
        "a symbol (one of ! @ # $ % ^ & * ( ) _ + - = [ ] { } | '), a digit (0 to 9), " +
        "an upper-case letter (A to Z), a lower-case letter (a to z). Choose another password.",
    );
  });

  test("is read once for any number of passwords, and not for one that did not change", async () => {
    iam.policy = { ...strict, minimumLength: 3 };
    const first = await checked({ userName: "alice", password: "Aa1!" });
    await checked({ userName: "bob", password: "Bb2!" });
    expect(iam.policyReads).toBe(1);
    lifecycle = new LoginProfileLifecycle(reach(), settings, () => {});
    iam.policy = strict;
    await checked({ userName: "alice", password: "Aa1!" }, first);
    await checked({ userName: "alice" }, first);
    expect(iam.policyReads).toBe(1);
  });

  test("is not read when the settings turn the check off", async () => {
    settings.policyCheck = () => false;
    iam.policy = strict;
    await checked({ userName: "alice", password: "x" });
    expect(iam.policyReads).toBe(0);
  });

  test.each([
    ["cannot be read", () => Promise.reject(new IamError("AccessDenied", "No.", "refused"))],
    ["is never answered", () => new Promise<PasswordPolicy>(() => {})],
  ])("that %s stops nothing, and holds up for less than two seconds", async (_, passwordPolicy) => {
    iam.passwordPolicy = passwordPolicy;
    jest.useFakeTimers();
    try {
      const checking = checked({ userName: "alice", password: "x" });
      await jest.advanceTimersByTimeAsync(1999);
      expect(jest.getTimerCount()).toBe(0);
      jest.useRealTimers();
      await expect(checking).resolves.toMatchObject({ passwordVersion: 1 });
    } finally {
      jest.useRealTimers();
    }
  });

  test("that lets nobody change a password is a warning, once, where a reset is required", async () => {
    iam.policy = { ...strict, minimumLength: 1, requireSymbols: false, allowUsersToChangePassword: false };
    await checked({ userName: "alice", password: "Aa1" });
    expect(lines).toEqual([]);
    await checked({ userName: "alice", password: "Aa1", passwordResetRequired: true });
    await checked({ userName: "bob", password: "Aa1", passwordResetRequired: true });
    expect(lines).toEqual([
      expect.stringMatching(
        /^warning: .*"alice".*iam:ChangePassword.*IAMUserChangePassword.*--allow-users-to-change-password/,
      ),
    ]);
  });

  test("explains what IAM refused", async () => {
    settings.policyCheck = () => false;
    iam.policy = strict;
    const declaration = await checked({ userName: "alice", password: "Abcdefghijklmn" });
    iam.failure = new IamError("PasswordPolicyViolation", "Password should have at least one symbol", "refused");
    await expect(lifecycle.create(declaration)).rejects.toThrow(
      "PasswordPolicyViolation: Password should have at least one symbol. The account's policy asks for " +
        "a symbol (one of ! @ # $ % ^ & * ( ) _ + - = [ ] { } | '), a digit (0 to 9). Choose another password.",
    );
  });
});

describe("somebody else at work on the same profile", () => {
  /** Lets the profile come and go so that each call finds the opposite of what it needs. */
  function flicker(calls: number): void {
    const { create, update } = iam;
    let left = calls;
    iam.create = async (request) => {
      if (left-- > 0)
        iam.profiles.set(request.userName, { createDate: "2020-01-01T00:00:00Z", passwordResetRequired: false });
      return create.call(iam, request);
    };
    iam.update = async (request) => {
      if (left-- > 0) iam.profiles.delete(request.userName);
      return update.call(iam, request);
    };
  }

  test.each([1, 2, 3, 4, 5])(
    "is outlasted in an update when it stops after %d calls, with the declared password",
    async (calls) => {
      const first = await checked({ userName: "alice", password: "one" });
      const state = await lifecycle.create(first);
      const second = await checked({ userName: "alice", password: "two" }, first);
      flicker(calls);
      await expect(lifecycle.update(state, second)).resolves.toMatchObject({ passwordVersion: 2 });
      expect(iam.calls.at(-1)).toMatch(/^(create|update) alice two/);
    },
  );

  test.each([1, 2, 3, 4])("is outlasted in an adoption when it stops after %d calls", async (calls) => {
    const declaration = await checked({ userName: "alice", password: "one", adoptExisting: true });
    flicker(calls);
    await expect(lifecycle.create(declaration)).resolves.toMatchObject({ passwordVersion: 1 });
  });

  test("that never stops is an error that says what keeps changing, after three turns", async () => {
    const first = await checked({ userName: "alice", password: "one" });
    const state = await lifecycle.create(first);
    flicker(Number.POSITIVE_INFINITY);
    const second = await checked({ userName: "alice", password: "two" }, first);
    await expect(lifecycle.update(state, second)).rejects.toThrow(
      "Something else creates and deletes it at the same time",
    );
    expect(iam.calls).toHaveLength(1 + 9);
  });
});

describe("a connection of its own", () => {
  const inAccount = (profile: string) => ({ userName: "alice", password: "one", connection: { profile } });

  test("is kept with the id of the account that it leads to", async () => {
    const state = await lifecycle.create(await checked(inAccount("prod")));
    expect(state).toMatchObject({ connection: { profile: "prod" }, accountId: "prod" });
    expect(await lifecycle.read(state)).toEqual(state);
  });

  test("is not kept where there is none", async () => {
    const state = await lifecycle.create(await checked({ userName: "alice", password: "one" }));
    expect(Object.keys(state)).toEqual(expect.not.arrayContaining(["connection", "accountId"]));
  });

  test("that leads to another account than before is refused at every step, before IAM is called", async () => {
    const declared = await checked(inAccount("prod"));
    const state = { ...(await lifecycle.create(declared)), accountId: "111111111111" };
    iam.calls.length = 0;
    const why = "it is in AWS account 111111111111, but the way leads to account prod now. Nothing was changed.";
    const other = new LoginProfileLifecycle(reach(), settings, () => {});
    await expect(other.read(state)).rejects.toThrow(why);
    await expect(other.update(state, declared)).rejects.toThrow(why);
    await expect(other.delete(state)).rejects.toThrow(why);
    expect(iam.calls).toEqual([]);
  });

  test("that changes within an account is an update that tells IAM nothing", async () => {
    const first = await checked(inAccount("prod-sso"));
    const state = await lifecycle.create(first);
    iam.calls.length = 0;
    const second = await checked(inAccount("prod-keys"), first);
    expect(await lifecycle.diff(state, second)).toMatchObject({ connection: true, account: false });
    expect(await lifecycle.update(state, second)).toEqual({ ...state, connection: { profile: "prod-keys" } });
    expect(iam.calls).toEqual([]);
  });

  test("that changes to another account replaces the profile", async () => {
    const state = await lifecycle.create(await checked(inAccount("prod")));
    expect(await lifecycle.diff(state, await checked(inAccount("test")))).toMatchObject({ account: true });
  });

  test("that is given to a profile of the stack's account, or taken away again, changes nothing in IAM", async () => {
    const plain = await checked({ userName: "alice", password: "one" });
    const state = await lifecycle.create(plain);
    const given = await checked(inAccount("own"), plain);
    expect(await lifecycle.diff(state, given)).toMatchObject({ connection: true, account: false });
    const moved = await lifecycle.update(state, given);
    expect(moved).toMatchObject({ accountId: "own" });
    expect(await lifecycle.update(moved, plain)).toEqual(state);
    expect(iam.calls).toEqual(["create alice one false"]);
  });

  test("that is not known yet is a change, and nothing is asked", async () => {
    const state = await lifecycle.create(await checked(inAccount("prod")));
    const result = await lifecycle.check({}, { ...inAccount("prod"), connection: UNKNOWN });
    if ("problems" in result) throw new Error("It was refused.");
    expect(await lifecycle.diff(state, result.declaration)).toMatchObject({ connection: true, account: false });
  });

  test("makes another profile of the same user name: one is deleted, the other stays", async () => {
    const test = await lifecycle.create(await checked(inAccount("test")));
    const other = new LoginProfileLifecycle(reach(), settings, (line) => lines.push(line));
    iam.profiles.clear();
    const declared = await other.check({}, inAccount("prod-1"));
    if ("problems" in declared) throw new Error("It was refused.");
    await other.create(declared.declaration as Declaration);
    await other.delete(test);
    expect(iam.calls.at(-1)).toBe("delete alice");
    await other.delete(applied({ userName: "alice", connection: { profile: "prod-2" } }));
    expect(lines.at(-1)).toBe('Kept the login profile of IAM user "alice": another resource has taken it over.');
    expect(iam.calls.filter((call) => call.startsWith("delete"))).toHaveLength(1);
  });
});

describe("a profile whose user is known to be in one account", () => {
  const args = { userName: "alice", password: "one" };
  const elsewhere =
    "its IAM user is in AWS account theirs, where the aws provider leads, but the way leads to account own";

  test("is refused by the check where its way leads to another", async () => {
    const checks = await lifecycle.check({}, args, { accountId: "theirs" });
    expect(checks).toEqual({
      problems: [{ property: "connection", reason: expect.stringContaining(elsewhere), secret: true }],
    });
    expect(await lifecycle.check({}, args, { accountId: "own" })).toHaveProperty("declaration");
  });

  test("is refused before it is made or changed where the check could not know that", async () => {
    const late = (connection: Connection | undefined) => ({ ...reach()(connection), idSoon: async () => undefined });
    lifecycle = new LoginProfileLifecycle(late, settings, () => {});
    const { declaration } = (await lifecycle.check({}, args, { accountId: "theirs" })) as { declaration: Declaration };
    await expect(lifecycle.create(declaration)).rejects.toThrow(elsewhere);
    const state = applied({ userName: "alice", accountId: "own" });
    await expect(lifecycle.update(state, declaration)).rejects.toThrow(elsewhere);
    expect(iam.calls).toEqual([]);
  });
});
