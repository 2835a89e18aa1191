import { describe, expect, test } from "@jest/globals";
import { ServerClock } from "../../../provider/src/aws/clock.ts";
import { type FailureKind, IamError, type LoginProfiles } from "../../../provider/src/aws/iam.ts";
import { within } from "../../../provider/src/aws/operation.ts";
import { PatientLoginProfiles } from "../../../provider/src/aws/retry.ts";
import { Secret } from "../../../provider/src/passwords/secret.ts";

const REQUEST = { userName: "alice", password: new Secret("Patience-Secret-1!"), passwordResetRequired: true };
const failure = (code: string, kind: FailureKind) => new IamError(code, "as scripted", kind);
const PROFILE = { createDate: "2026-01-02T03:04:05Z", passwordResetRequired: false };

/** An IAM that answers each call by the next step of a script, the last one for ever, and notes the calls. */
function scripted(script: Partial<Record<keyof LoginProfiles, (Error | typeof PROFILE)[]>>, budget = 20_000) {
  const calls: string[] = [];
  const lines: string[] = [];
  const answer = (operation: keyof LoginProfiles) => async () => {
    calls.push(operation);
    const steps = script[operation] ?? [PROFILE];
    const step = steps.length > 1 ? steps.shift() : steps[0];
    if (step instanceof Error) throw step;
    return step as typeof PROFILE;
  };
  const iam = { create: answer("create"), get: answer("get"), update: answer("update"), delete: answer("delete") };
  const clock = new ServerClock();
  const patient = new PatientLoginProfiles(
    iam as unknown as LoginProfiles,
    clock,
    budget,
    async () => ({ attempts: Number.POSITIVE_INFINITY, adaptive: true }),
    (line) => lines.push(line),
  );
  return { patient, calls, lines, clock };
}

/** A clock of a server that agrees with ours, known to the millisecond. */
function agreeing(clock: ServerClock): void {
  const second = Math.floor(Date.now() / 1000) * 1000;
  const date = new Date(second).toUTCString();
  clock.observe(second, second, date);
  clock.observe(second + 999, second + 999, date);
}

describe("is tried again until it works:", () => {
  test.each<[string, FailureKind]>([
    ["Throttling", "refused"],
    ["TooManyRequests", "refused"],
    ["RequestLimitExceeded", "refused"],
    ["EntityTemporarilyUnmodifiable", "refused"],
    ["ConcurrentModification", "refused"],
    ["ServiceFailure", "server error"],
    ["ECONNRESET", "no answer"],
    ["ECONNREFUSED", "no connection"],
  ])("%s (%s)", async (code, kind) => {
    const { patient, calls } = scripted({ update: [failure(code, kind), PROFILE] });
    await patient.update(REQUEST);
    expect(calls).toEqual(["update", "update"]);
  });

  test("NoSuchEntity on create, if the user may be new", async () => {
    const { patient, calls } = scripted({ create: [failure("NoSuchEntity", "refused"), PROFILE] });
    await patient.create(REQUEST, true);
    expect(calls).toEqual(["create", "create"]);
  });
});

describe("an answer that may be stale", () => {
  const gone = () => failure("NoSuchEntity", "refused");
  const recent = { since: new Date(Date.now() - 5_000).toISOString() };
  const old = { since: "2026-01-02T03:04:05Z" };

  test.each(["get", "delete"] as const)(
    "is asked again by %s of a profile that was made moments ago",
    async (operation) => {
      const { patient, calls } = scripted({ [operation]: [gone(), PROFILE] });
      await patient[operation]("alice", recent);
      expect(calls).toEqual([operation, operation]);
    },
  );

  test.each(["get", "delete"] as const)("is a proof for %s of one that was made long ago", async (operation) => {
    const { patient, calls } = scripted({ [operation]: [gone(), PROFILE] });
    await expect(patient[operation]("alice", old)).rejects.toMatchObject({ code: "NoSuchEntity" });
    expect(calls).toEqual([operation]);
  });

  test("goes by the server's clock: by one that is a day ahead, a profile of now is a day old", async () => {
    const { patient, calls, clock } = scripted({ get: [gone(), PROFILE] });
    const ahead = Date.now() + 86_400_000;
    clock.observe(Date.now(), Date.now(), new Date(ahead).toUTCString());
    await expect(patient.get("alice", recent)).rejects.toMatchObject({ code: "NoSuchEntity" });
    await patient.get("alice", { since: new Date(ahead).toISOString() });
    expect(calls).toEqual(["get", "get"]);
  });

  test("is no surprise after a deletion whose answer was lost", async () => {
    const { patient, calls } = scripted({ delete: [failure("ECONNRESET", "no answer"), gone()] });
    await expect(patient.delete("alice", recent)).rejects.toMatchObject({ code: "NoSuchEntity" });
    expect(calls).toEqual(["delete", "delete"]);
  });

  test("does not pass for that of a user who is missing, where a create was answered by nobody", async () => {
    const { patient, calls } = scripted({ create: [failure("ECONNRESET", "no answer"), gone(), PROFILE] });
    await patient.create(REQUEST, false);
    expect(calls).toEqual(["create", "create", "create"]);
  });
});

describe("is tried once:", () => {
  test.each<[string, FailureKind]>([
    ["PasswordPolicyViolation", "refused"],
    ["AccessDenied", "refused"],
    ["SignatureDoesNotMatch", "refused"],
    ["LimitExceeded", "refused"],
    ["ValidationError", "refused"],
    ["CredentialsProviderError", "local"],
  ])("%s (%s)", async (code, kind) => {
    const { patient, calls } = scripted({ update: [failure(code, kind)] });
    await expect(patient.update(REQUEST)).rejects.toMatchObject({ code, message: "as scripted" });
    expect(calls).toEqual(["update"]);
  });

  test("NoSuchEntity on create, if the user has been there", async () => {
    const { patient, calls } = scripted({ create: [failure("NoSuchEntity", "refused")] });
    await expect(patient.create(REQUEST, false)).rejects.toMatchObject({ code: "NoSuchEntity" });
    expect(calls).toEqual(["create"]);
  });
});

test("a trouble that lasts ends with the budget, and the error says how long it was tried", async () => {
  const { patient, calls } = scripted({ update: [failure("ServiceFailure", "server error")] }, 3000);
  await expect(patient.update(REQUEST)).rejects.toThrow(/given up after \d+ attempts in \d+ seconds/);
  expect(calls.length).toBeGreaterThan(1);
});

test("an operation that waits says for whom, for what and until when", async () => {
  const { patient, lines } = scripted({ update: [failure("ServiceFailure", "server error")] }, 10_000);
  await expect(patient.update(REQUEST)).rejects.toMatchObject({ code: "ServiceFailure" });
  expect(lines[0]).toMatch(
    /^Waiting for IAM user "alice": ServiceFailure \(server error\)\. Trying again until \d\d:\d\d:\d\d\.$/,
  );
});

describe("a create whose profile exists already", () => {
  const exists = failure("EntityAlreadyExists", "refused");
  const lost = failure("ECONNRESET", "no answer");
  const now = () => ({ ...PROFILE, createDate: new Date(Date.now() + 1000).toISOString() });

  test("is ours, and is made sure of, if an answer was lost and the profile is not older than that call", async () => {
    const { patient, calls, clock } = scripted({ create: [lost, exists], get: [now()] });
    agreeing(clock);
    expect(await patient.create(REQUEST, true)).toMatchObject({ passwordResetRequired: true });
    expect(calls).toEqual(["create", "create", "get", "update"]);
  });

  test("is not ours if it is older, whatever was lost", async () => {
    const { patient, calls, clock } = scripted({ create: [lost, exists] });
    agreeing(clock);
    await expect(patient.create(REQUEST, true)).rejects.toMatchObject({ code: "EntityAlreadyExists" });
    expect(calls).toEqual(["create", "create", "get"]);
  });

  test.each([
    ["throttled", failure("Throttling", "refused")],
    ["without a connection", failure("ECONNREFUSED", "no connection")],
    ["the first one", undefined],
  ])("is not ours, however new, if no answer was lost: %s", async (_name, first) => {
    const { patient, calls, clock } = scripted({ create: first ? [first, exists] : [exists], get: [now()] });
    agreeing(clock);
    await expect(patient.create(REQUEST, true)).rejects.toMatchObject({ code: "EntityAlreadyExists" });
    expect(calls).not.toContain("get");
    expect(calls).not.toContain("update");
  });
});

describe("an operation with bounds of its own", () => {
  test("is given up when its time is over, whatever the setting allows", async () => {
    const { patient, calls } = scripted({ update: [failure("Throttling", "refused")] });
    const running = within({ until: Date.now() + 300 }, () => patient.update(REQUEST));
    await expect(running).rejects.toThrow("given up after");
    const before = calls.length;
    await expect(within({ until: Date.now() - 1 }, () => patient.update(REQUEST))).rejects.toThrow("after 1 attempts");
    expect(calls).toHaveLength(before + 1);
  });

  test("that is cancelled tries nothing again, and says what may have been done", async () => {
    const { patient, calls } = scripted({ create: [failure("ECONNRESET", "no answer")] });
    const cancelled = new AbortController();
    const running = within({ cancelled: cancelled.signal }, () => patient.create(REQUEST, true));
    cancelled.abort();
    await expect(running).rejects.toMatchObject({ code: "Cancelled", kind: "local" });
    expect(calls).toEqual([]);
    const other = scripted({ create: [failure("ECONNRESET", "no answer")] });
    const later = new AbortController();
    const waiting = within({ cancelled: later.signal }, () => other.patient.create(REQUEST, true));
    setTimeout(() => later.abort(), 50);
    await expect(waiting).rejects.toThrow("AWS may have carried it out all the same");
  });

  test("that is cancelled no longer waits for its turn at an adapted rate", async () => {
    const { patient, calls } = scripted({ update: [failure("Throttling", "refused"), PROFILE] });
    // Throttled once, the rate of all is so low that most of these wait for their turn.
    await patient.update(REQUEST);
    const cancelled = new AbortController();
    const started = Date.now();
    const all = Array.from({ length: 12 }, () =>
      within({ cancelled: cancelled.signal }, () => patient.update(REQUEST)),
    );
    setTimeout(() => cancelled.abort(), 100);
    const ends = await Promise.allSettled(all);
    expect(ends.filter(({ status }) => status === "rejected").length).toBeGreaterThan(5);
    expect(Date.now() - started).toBeLessThan(1500);
    expect(calls.length).toBeLessThan(9);
  });
});
