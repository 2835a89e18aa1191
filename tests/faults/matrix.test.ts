/**
 * Each of the four operations against each fault, once, several times and for ever: how the run
 * ends, what IAM holds then, and how many calls it took. Afterwards, one run without faults heals all.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { drawnShare } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import {
  BUSY,
  error,
  FaultProxy,
  type Operation,
  READ_TIMEOUT_S,
  RETRY_TIMEOUT_S,
  TRANSIENT,
} from "../support/fault-proxy.ts";
import { SCRATCH } from "../support/lab.ts";
import { Stack } from "../support/stack.ts";

const FIRST = "First-Secret-0001!";
const SECOND = "Second-Secret-0002?";
/** Each read that fails for ever has a run of its own. */
const RETRY_TIMEOUT_OF_READS_S = 3;

const FINAL = {
  AccessDenied: error("AccessDenied", 403),
  LimitExceeded: error("LimitExceeded", 409),
  PasswordPolicyViolation: error("PasswordPolicyViolation", 400),
  InvalidClientTokenId: error("InvalidClientTokenId", 403),
};
/** The codes under which a fault that lasts is reported. */
const REPORTED: Record<string, string> = {
  "500": "InternalFailure",
  "503": "ServiceUnavailable",
  "too slow": "ETIMEDOUT",
  reset: "ECONNRESET",
  "lost answer": "ECONNRESET",
};

interface Cell {
  operation: Operation;
  fault: string;
  effect: Record<string, unknown>;
  /** Undefined: for ever. */
  times: number | undefined;
  user: string;
  /** `ok`, or what the error must contain. */
  expected: string;
  /** Calls of the operation, where the number is fixed; `many` where the end is not that of one operation given up. */
  calls: number | "many" | undefined;
}

const all: Cell[] = [];

function add(
  operation: Operation,
  fault: string,
  effect: Record<string, unknown>,
  rows: [times: number | undefined, expected: string, calls?: number | "many"][],
) {
  for (const [times, expected, calls] of rows) {
    const user = `${operation.slice(0, 3).toLowerCase()}-${all.length}`;
    all.push({ operation, fault, effect, times, expected, calls, user });
  }
}

for (const operation of [
  "CreateLoginProfile",
  "GetLoginProfile",
  "UpdateLoginProfile",
  "DeleteLoginProfile",
] as const) {
  for (const [fault, effect] of Object.entries({ ...TRANSIENT, ...(/Update|Delete/.test(operation) ? BUSY : {}) })) {
    const given = `${REPORTED[fault] ?? (/answer/.test(fault) ? "" : fault)}`;
    add(operation, fault, effect, [
      [1, "ok", 2],
      [3, "ok", 4],
      [undefined, given],
    ]);
  }
  for (const [fault, effect] of Object.entries(FINAL)) {
    if (fault === "PasswordPolicyViolation" && /Get|Delete/.test(operation)) continue;
    add(operation, fault, effect, [
      [1, fault, 1],
      [undefined, fault, 1],
    ]);
  }
}
const noSuchEntity = error("NoSuchEntity", 404);
add("CreateLoginProfile", "NoSuchEntity", noSuchEntity, [
  [1, "ok", 2],
  [3, "ok", 4],
  [undefined, "There is no such IAM user"],
]);
add("CreateLoginProfile", "EntityAlreadyExists", error("EntityAlreadyExists", 409), [
  [1, "Set adoptExisting to true", 1],
  [undefined, "Set adoptExisting to true", 1],
]);
// The fallback finds the profile there, so the update is tried again; each time for as long as a user may be new.
add("UpdateLoginProfile", "NoSuchEntity", noSuchEntity, [
  [1, "ok", 2],
  [undefined, "Something else creates and deletes it", "many"],
]);
// Asked again where the profile was made moments ago.
add("DeleteLoginProfile", "NoSuchEntity", noSuchEntity, [
  [1, "ok", "many"],
  [undefined, "ok", "many"],
]);

/** Two of five cells in a row, and so at least one of the three of each fault, another one for each operation. */
const cells = drawnShare(all, 0.4, "cells of the fault matrix");

/** Throttling slows down all of a process, so its cells have runs of their own. */
const GROUPS = [
  ["throttling", cells.filter(({ fault }) => fault === "Throttling")],
  ["other faults", cells.filter(({ fault }) => fault !== "Throttling")],
] as const;

let iam: EmbeddedIam;
let faults: FaultProxy;
let stack: Stack;
/** What was seen, by user. */
const seen = new Map<string, { end: string; calls: number; resetRequired: boolean | undefined }>();

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  faults = await FaultProxy.start(iam.address);
  iam.forwardTo(faults.url);
  await iam.createUsers(cells.map(({ user }) => user));
  // The first request of all takes the proxy long enough to look like a fault.
  await fetch(`${faults.url}/`, { method: "POST", body: "Action=ListUsers&Version=2010-05-08" });
});

async function newStack(): Promise<void> {
  stack = await Stack.create(iam.environment);
  const settings = [`readTimeout=${READ_TIMEOUT_S}`, `retryTimeout=${RETRY_TIMEOUT_S}`, "policyCheck=false"];
  const plain = settings.flatMap((setting) => ["--plaintext", `aws-login-profile:${setting}`]);
  expect(await stack.pulumi("config", "set-all", ...plain)).toMatchObject({ code: 0 });
}

function removeStack(): void {
  expect([FIRST, SECOND].flatMap((password) => stack.occurrences(password))).toEqual([]);
  stack.remove();
}

afterAll(async () => {
  const rows = cells.map((cell) => {
    const { end = "", calls = 0 } = seen.get(cell.user) ?? {};
    return `| ${cell.operation} | ${cell.fault} | ${cell.times ?? "for ever"} | ${cell.expected || "an error"} | ${end.slice(0, 60)} | ${calls} |`;
  });
  const head = "| operation | fault | times | expected | seen | calls |\n|---|---|---|---|---|---|";
  writeFileSync(join(SCRATCH, "fault-matrix.md"), `${[head, ...rows].join("\n")}\n`);
  console.log(`Fault matrix: ${cells.length} cells, in ${join(SCRATCH, "fault-matrix.md")}`);
  await faults.stop();
  await iam.stop();
});

/** Declares a profile for each of the cells. */
function declare(of: Cell[], args: string): void {
  stack.program(`
for (const user of ${JSON.stringify(of.map(({ user }) => user))}) {
  new LoginProfile(user, { userName: user, ${args} });
}`);
}

/** Puts the cells' faults in place, runs, and notes how each cell ended. */
async function runWithFaults(of: Cell[], command: () => Promise<{ output: string }>): Promise<void> {
  await faults.set(
    of.map(({ operation, user, effect, times }) => ({
      operation,
      userName: user,
      effect,
      ...(times === undefined ? {} : { times }),
    })),
  );
  iam.takeCalls();
  const { output } = await command();
  await faults.set([]);
  const calls = iam.takeCalls();
  const resetRequired = await resetFlags(of);
  for (const { user, operation } of of) {
    const failure = new RegExp(`Could not \\w+ the login profile of IAM user "${user}": (.*)`).exec(output)?.[1];
    seen.set(user, {
      end: failure ?? "ok",
      calls: calls.filter((call) => call.operation === operation && call.parameters.UserName === user).length,
      resetRequired: resetRequired.get(user),
    });
  }
}

/** The reset flag of each user who has a profile. */
function resetFlags(of: Cell[]): Promise<Map<string, boolean>> {
  return iam.loginProfilesOf(of.map(({ user }) => user));
}

/** The name of a cell as a test's name. */
const named = (of: Cell[]) =>
  of.map((cell) => [cell.fault, cell.times ?? "for ever", cell.expected || "an error", cell] as const);

function expectEnd({ user, expected, calls, times }: Cell): void {
  const found = seen.get(user);
  if (expected === "ok") expect(found?.end).toBe("ok");
  else expect(found?.end).toMatch(new RegExp(`.*${expected}`));
  if (expected !== "ok" && times === undefined && calls === undefined)
    expect(found?.end).toMatch(/given up after \d+ attempts in \d+ seconds/);
  if (typeof calls === "number") expect(found?.calls).toBe(calls);
}

describe.each(GROUPS)("%s:", (_name, group) => {
  describe("create", () => {
    const of = group.filter(({ operation }) => operation === "CreateLoginProfile");
    beforeAll(async () => {
      await newStack();
      declare(of, "password: process.env.PASSWORD, passwordResetRequired: true");
      await runWithFaults(of, () => stack.up("--continue-on-error", { PASSWORD: FIRST }));
    });

    afterAll(removeStack);

    test.each(named(of))("%s, %s: %s", (_fault, _times, _expected, cell) => {
      expectEnd(cell);
      if (cell.expected === "ok") expect(seen.get(cell.user)?.resetRequired).toBe(true);
    });

    test("is healed by one run that adopts what is left", async () => {
      declare(of, "password: process.env.PASSWORD, passwordResetRequired: true, adoptExisting: true");
      expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
      expect(await resetFlags(of)).toEqual(new Map(of.map(({ user }) => [user, true])));
    });
  });

  describe("update", () => {
    const of = group.filter(({ operation }) => operation === "UpdateLoginProfile");
    beforeAll(async () => {
      await newStack();
      declare(of, "password: process.env.PASSWORD, passwordResetRequired: false");
      expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
      declare(of, "password: process.env.PASSWORD, passwordResetRequired: true");
      await runWithFaults(of, () => stack.up("--continue-on-error", { PASSWORD: SECOND }));
    });

    afterAll(removeStack);

    test.each(named(of))("%s, %s: %s", (_fault, _times, _expected, cell) => {
      expectEnd(cell);
      if (cell.expected === "ok") expect(seen.get(cell.user)?.resetRequired).toBe(true);
    });

    test("is healed by one run more", async () => {
      expect(await stack.up({ PASSWORD: SECOND })).toMatchObject({ code: 0 });
      expect(await resetFlags(of)).toEqual(new Map(of.map(({ user }) => [user, true])));
      for (const { outputs } of stack.loginProfiles()) expect(outputs).toMatchObject({ passwordVersion: 2 });
    });
  });

  describe("read", () => {
    const of = group.filter(({ operation }) => operation === "GetLoginProfile");
    beforeAll(async () => {
      await newStack();
      declare(of, "password: process.env.PASSWORD, passwordResetRequired: true");
      expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
      // A read that fails ends a refresh, so each of those has a run of its own.
      const passing = of.filter(({ expected }) => expected === "ok");
      await runWithFaults(passing, () => stack.refresh());
      await stack.pulumi("config", "set", "aws-login-profile:retryTimeout", String(RETRY_TIMEOUT_OF_READS_S));
      // A refresh goes by the settings of the last update.
      expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
      for (const cell of of.filter(({ expected }) => expected !== "ok")) {
        await runWithFaults([cell], () => stack.refresh("--target", `**LoginProfile::${cell.user}`));
      }
    });

    afterAll(removeStack);

    test.each(named(of))("%s, %s: %s", (_fault, _times, _expected, cell) => {
      expectEnd(cell);
      // Whatever was read or not, nothing applied was lost.
      const stored = stack.loginProfiles().find(({ id }) => id === cell.user);
      expect(stored?.outputs).toMatchObject({
        passwordVersion: 1,
        passwordResetPending: true,
        passwordHash: expect.anything(),
      });
    });
  });

  describe("delete", () => {
    const of = group.filter(({ operation }) => operation === "DeleteLoginProfile");
    beforeAll(async () => {
      await newStack();
      declare(of, "password: process.env.PASSWORD");
      expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
      await runWithFaults(of, () => stack.destroy("--continue-on-error"));
    });

    afterAll(removeStack);

    test.each(named(of))("%s, %s: %s", (_fault, _times, _expected, cell) => {
      expectEnd(cell);
      if (cell.expected === "ok" && cell.fault !== "NoSuchEntity")
        expect(seen.get(cell.user)?.resetRequired).toBeUndefined();
    });

    test("is healed by one run more", async () => {
      expect(await stack.destroy()).toMatchObject({ code: 0 });
      expect(stack.loginProfiles()).toEqual([]);
    });
  });
});
