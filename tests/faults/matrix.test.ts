/**
 * Each of the four operations against each fault, once, several times and for ever: how the run
 * ends, what IAM and the state hold then, and how many calls it took. Afterwards, one run without faults heals all, and leaves
 * alone what was done. With a resource for each profile, and with one for all of them.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { drawnOne, drawnShare } from "../support/drawn.ts";
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
import { type Outcome, Stack } from "../support/stack.ts";

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

/** One resource for each profile, or one for all. */
type Kind = "LoginProfile" | "LoginProfiles";

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

interface Group {
  kind: Kind;
  name: string;
  operation: Operation;
  cells: Cell[];
}

const OPERATIONS = ["CreateLoginProfile", "UpdateLoginProfile", "GetLoginProfile", "DeleteLoginProfile"] as const;

/** By operation. Throttling slows down all of a process, so its cells have runs of their own. */
function grouped(kind: Kind, name: "throttling" | "other faults", cells: Cell[]): Group[] {
  return OPERATIONS.map((operation) => {
    const isMeant = (cell: Cell) =>
      cell.operation === operation && (cell.fault === "Throttling") === (name === "throttling");
    return { kind, name, operation, cells: cells.filter(isMeant) };
  });
}

/** The same cells, of other users, and one without a fault for each operation. */
const calm = OPERATIONS.map(
  (operation): Cell => ({
    operation,
    fault: "none",
    effect: {},
    times: 0,
    user: `calm-${operation}`,
    expected: "ok",
    calls: 1,
  }),
);
const ofMany = [...all, ...calm].map((cell) => ({ ...cell, user: `many-${cell.user}` }));

/** Two of five cells in a row, and so at least one of the three of each fault, another one for each operation. */
const drawn = drawnShare(all, 0.4, "cells of the fault matrix");

const groups = [
  ...grouped("LoginProfile", "throttling", drawn),
  ...grouped("LoginProfile", "other faults", drawn),
  // All in one resource, they take no longer than a few.
  ...drawnOne(grouped("LoginProfiles", "other faults", ofMany), () => grouped("LoginProfiles", "throttling", ofMany)),
];
const cells = groups.flatMap((group) => group.cells);

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
  stack.useOwnTemporaryFolder();
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
    return `| ${cell.user} | ${cell.operation} | ${cell.fault} | ${cell.times ?? "for ever"} | ${cell.expected || "an error"} | ${end.slice(0, 60)} | ${calls} |`;
  });
  const head = "| user | operation | fault | times | expected | seen | calls |\n|---|---|---|---|---|---|---|";
  writeFileSync(join(SCRATCH, "fault-matrix.md"), `${[head, ...rows].join("\n")}\n`);
  console.log(`Fault matrix: ${cells.length} cells, in ${join(SCRATCH, "fault-matrix.md")}`);
  await faults.stop();
  await iam.stop();
});

/** Declares a profile for each of the cells. */
function declare(kind: Kind, of: Cell[], args: string): void {
  const users = JSON.stringify(of.map(({ user }) => user));
  stack.program(
    kind === "LoginProfile"
      ? `for (const user of ${users}) new LoginProfile(user, { userName: user, ${args} });`
      : `new LoginProfiles("team", { profiles: Object.fromEntries(${users}.map((user) => [user, { ${args} }])) });`,
  );
}

/** What the state says of each profile, by user. */
function stored(kind: Kind): Map<string, Record<string, any>> {
  if (kind === "LoginProfile") return new Map(stack.loginProfiles().map(({ id = "", outputs = {} }) => [id, outputs]));
  const { profiles = {}, passwordHashes: passwordHash } =
    stack.resources().find(({ type }) => type.endsWith(":LoginProfiles"))?.outputs ?? {};
  return new Map(Object.entries(profiles).map(([user, profile]) => [user, { ...(profile as object), passwordHash }]));
}

/** Puts the cells' faults in place, runs, and notes how each cell ended. */
async function runWithFaults(of: Cell[], command: () => Promise<{ output: string }>): Promise<void> {
  const faulty = of.filter(({ times }) => times !== 0);
  await faults.set(
    faulty.map(({ operation, user, effect, times }) => ({
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

/** A run that heals the others does nothing to those with whom all went well. */
async function healed(of: Cell[], command: () => Promise<Outcome>): Promise<void> {
  iam.takeCalls();
  expect(await command()).toMatchObject({ code: 0 });
  const changed = iam.takeCalls().filter(({ operation }) => /(Create|Update|Delete)LoginProfile/.test(operation));
  const done = of.filter(({ expected }) => expected === "ok").map(({ user }) => user);
  expect(changed.map(({ parameters }) => parameters.UserName ?? "").filter((user) => done.includes(user))).toEqual([]);
}

const STEPS: Record<Operation, (kind: Kind, of: Cell[]) => void> = {
  CreateLoginProfile: (kind, of) => {
    beforeAll(async () => {
      await newStack();
      declare(kind, of, "password: process.env.PASSWORD, passwordResetRequired: true");
      await runWithFaults(of, () => stack.up("--continue-on-error", { PASSWORD: FIRST }));
    });

    test.each(named(of))("%s, %s: %s", (_fault, _times, _expected, cell) => {
      expectEnd(cell);
      if (cell.expected === "ok") expect(seen.get(cell.user)?.resetRequired).toBe(true);
      expect(stored(kind).get(cell.user)?.passwordVersion).toBe(cell.expected === "ok" ? 1 : undefined);
    });

    test("is healed by one run that adopts what is left", async () => {
      declare(kind, of, "password: process.env.PASSWORD, passwordResetRequired: true, adoptExisting: true");
      await healed(of, () => stack.up({ PASSWORD: FIRST }));
      expect(await resetFlags(of)).toEqual(new Map(of.map(({ user }) => [user, true])));
    });
  },

  UpdateLoginProfile: (kind, of) => {
    beforeAll(async () => {
      await newStack();
      declare(kind, of, "password: process.env.PASSWORD, passwordResetRequired: false");
      expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
      declare(kind, of, "password: process.env.PASSWORD, passwordResetRequired: true");
      await runWithFaults(of, () => stack.up("--continue-on-error", { PASSWORD: SECOND }));
    });

    test.each(named(of))("%s, %s: %s", (_fault, _times, _expected, cell) => {
      expectEnd(cell);
      if (cell.expected === "ok") expect(seen.get(cell.user)?.resetRequired).toBe(true);
      expect(stored(kind).get(cell.user)?.passwordVersion).toBe(cell.expected === "ok" ? 2 : 1);
    });

    test("is healed by one run more", async () => {
      await healed(of, () => stack.up({ PASSWORD: SECOND }));
      expect(await resetFlags(of)).toEqual(new Map(of.map(({ user }) => [user, true])));
      for (const { passwordVersion } of stored(kind).values()) expect(passwordVersion).toBe(2);
    });
  },

  GetLoginProfile: (kind, of) => {
    beforeAll(async () => {
      await newStack();
      declare(kind, of, "password: process.env.PASSWORD, passwordResetRequired: true");
      expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
      // A read that fails ends a refresh, so each of those has a run of its own, but where one resource reads all.
      const passing = of.filter(({ expected }) => expected === "ok");
      await runWithFaults(passing, () => stack.refresh());
      await stack.pulumi("config", "set", "aws-login-profile:retryTimeout", String(RETRY_TIMEOUT_OF_READS_S));
      // A refresh goes by the settings of the last update.
      expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
      const failing = of.filter(({ expected }) => expected !== "ok");
      if (kind === "LoginProfiles") return runWithFaults(failing, () => stack.refresh());
      for (const cell of failing) {
        await runWithFaults([cell], () => stack.refresh("--target", `**LoginProfile::${cell.user}`));
      }
    });

    test.each(named(of))("%s, %s: %s", (_fault, _times, _expected, cell) => {
      expectEnd(cell);
      // Whatever was read or not, nothing applied was lost.
      expect(stored(kind).get(cell.user)).toMatchObject({
        passwordVersion: 1,
        passwordResetPending: true,
        passwordHash: expect.anything(),
      });
    });
  },

  DeleteLoginProfile: (kind, of) => {
    beforeAll(async () => {
      await newStack();
      declare(kind, of, "password: process.env.PASSWORD");
      expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
      await runWithFaults(of, () => stack.destroy("--continue-on-error"));
    });

    test.each(named(of))("%s, %s: %s", (_fault, _times, _expected, cell) => {
      expectEnd(cell);
      if (cell.expected === "ok" && cell.fault !== "NoSuchEntity")
        expect(seen.get(cell.user)?.resetRequired).toBeUndefined();
      if (cell.expected !== "ok") expect(stored(kind).get(cell.user)?.passwordVersion).toBe(1);
    });

    test("is healed by one run more", async () => {
      // What IAM denied and still holds is deleted after all.
      await healed(
        of.filter(({ fault }) => fault !== "NoSuchEntity"),
        () => stack.destroy(),
      );
      expect(stored(kind)).toEqual(new Map());
    });
  },
};

describe.each(groups.map((group) => [group.kind, group.name, group.operation, group] as const))(
  "%s, %s, %s:",
  (_kind, _name, operation, { kind, cells: of }) => {
    STEPS[operation](kind, of);

    afterAll(removeStack);
  },
);
