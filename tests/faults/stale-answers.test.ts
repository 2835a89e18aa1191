/**
 * Each operation against each fault, and then answers as of a moment before: once or twice IAM does not find the profile
 * that is there. How the run ends is as without them, nobody's own password is undone, and the state holds what IAM holds.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { drawnShare, IS_WHOLE } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import {
  BUSY,
  FaultProxy,
  type Operation,
  READ_TIMEOUT_S,
  RETRY_TIMEOUT_S,
  TRANSIENT,
} from "../support/fault-proxy.ts";
import { SCRATCH } from "../support/lab.ts";
import type { Call } from "../support/recording-proxy.ts";
import { Stack } from "../support/stack.ts";

const FIRST = "First-Secret-0001!";
const SECOND = "Second-Secret-0002?";
/** Where each fault lasts for ever. */
const SHORT_RETRY_TIMEOUT_S = 3;
const STALE = { status: 404, code: "NoSuchEntity", message: "Not known here yet" };

/** Where the fault is, and which calls do not find the profile afterwards. */
const WAYS = {
  create: ["CreateLoginProfile", ["GetLoginProfile", "UpdateLoginProfile"]],
  adopt: ["GetLoginProfile", ["GetLoginProfile", "UpdateLoginProfile"]],
  password: ["UpdateLoginProfile", ["GetLoginProfile", "UpdateLoginProfile"]],
  flag: ["UpdateLoginProfile", ["GetLoginProfile", "UpdateLoginProfile"]],
  read: ["GetLoginProfile", ["GetLoginProfile"]],
  delete: ["DeleteLoginProfile", ["GetLoginProfile", "DeleteLoginProfile"]],
} as const satisfies Record<string, [Operation, Operation[]]>;
type Way = keyof typeof WAYS;

interface Cell {
  way: Way;
  fault: string;
  effect: Record<string, unknown>;
  /** Undefined: for ever, and the stale answers are those of the refresh that follows. */
  times: 1 | undefined;
  stale: number;
  user: string;
}

const all: Cell[] = [];
for (const way of Object.keys(WAYS) as Way[]) {
  const [operation] = WAYS[way];
  for (const [fault, effect] of Object.entries({ ...TRANSIENT, ...(/Update|Delete/.test(operation) ? BUSY : {}) })) {
    // A read that fails for ever ends the refresh of all, and a profile that is not created is not refreshed.
    const outlasts = /Update|Delete/.test(operation) && fault !== "Throttling";
    for (const times of outlasts ? ([1, undefined] as const) : ([1] as const)) {
      for (const stale of [1, 2]) all.push({ way, fault, effect, times, stale, user: `${way}-${all.length}` });
    }
  }
}

/** Throttling slows down all of a process, so where there is much of it, it has runs of its own. */
const isThrottled = ({ fault }: Cell) => fault === "Throttling";
// A deletion whose answer was lost is believed to be done where the profile is not found.
const passing = all.filter(({ way, fault, times }) => times === 1 && !(way === "delete" && fault === "reset"));
const GROUPS: [string, Cell[]][] = IS_WHOLE
  ? [
      ["after throttling", passing.filter(isThrottled)],
      ["after other faults that pass", passing.filter((cell) => !isThrottled(cell))],
      ["after faults that outlast the run", all.filter(({ times }) => times === undefined)],
    ]
  : [["after faults that pass", drawnShare(passing, 0.2, "cells of the stale answers")]];
const cells = GROUPS.flatMap(([, group]) => group);

let iam: EmbeddedIam;
let faults: FaultProxy;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  faults = await FaultProxy.start(iam.address);
  iam.forwardTo(faults.url);
  // The first request of all takes the proxy long enough to look like a fault.
  await fetch(`${faults.url}/`, { method: "POST", body: "Action=ListUsers&Version=2010-05-08" });
});

const rows: string[] = [];

afterAll(async () => {
  const head =
    "| operation | fault | times | stale answers after | given | seen | calls |\n|---|---|---|---|---|---|---|";
  writeFileSync(join(SCRATCH, "stale-answers.md"), `${[head, ...rows].join("\n")}\n`);
  console.log(`Stale answers: ${cells.length} cells, in ${join(SCRATCH, "stale-answers.md")}`);
  await faults.stop();
  await iam.stop();
});

describe.each(GROUPS)("%s,", (_name, group) => {
  const users = group.map(({ user }) => user);
  const of = (...ways: Way[]) => group.filter(({ way }) => ways.includes(way));
  const lasting = group.filter(({ times }) => times === undefined);
  const deleted = of("delete");
  const kept = of("create", "adopt", "password", "flag", "read");
  let stack: Stack;
  /** All that the user read of the runs with faults, and the calls of these. */
  let output: string;
  let calls: Call[];
  /** How many stale answers each user was given. */
  const given = new Map<string, number>();

  /** The cells' profiles, all but those to be deleted; `more` are arguments as source text. */
  function declare(some: Cell[], more = ""): void {
    const declared = some.map(({ way, user }) => ({ way, user }));
    stack.program(`
const { FIRST, SECOND, STEP } = process.env;
for (const { way, user } of ${JSON.stringify(declared)}) {
  new LoginProfile(user, {
    userName: user,
    password: STEP === "2" && way === "password" ? SECOND : FIRST,
    passwordResetRequired: STEP === "2" && way === "flag" ? false : true,
    adoptExisting: way === "adopt"${more},
  });
}`);
  }

  /** From here on, calls that come after a user's fault do not find the profile, as often as the cell says. */
  function answerStale(): void {
    const byUser = new Map(group.map((cell) => [cell.user, { ...cell, faults: 0 }]));
    iam.refuse(({ operation, parameters }) => {
      const cell = byUser.get(parameters.UserName ?? "");
      if (cell === undefined) return undefined;
      const [failing, blind] = WAYS[cell.way];
      if (operation === failing && (cell.times === undefined || cell.faults < cell.times)) {
        cell.faults++;
        return undefined;
      }
      // The refresh reads.
      if (cell.times === undefined && operation !== "GetLoginProfile") return undefined;
      if (cell.faults === 0 || cell.stale === 0 || !(blind as readonly string[]).includes(operation)) return undefined;
      cell.stale--;
      given.set(cell.user, (given.get(cell.user) ?? 0) + 1);
      return STALE;
    });
  }

  beforeAll(async () => {
    await iam.createUsers(users);
    for (const { user } of of("adopt")) await iam.createLoginProfile(user, "Theirs-Before-0001!");
    stack = await Stack.create(iam.environment);
    const retryTimeout = lasting.length > 0 ? SHORT_RETRY_TIMEOUT_S : RETRY_TIMEOUT_S;
    const settings = [`readTimeout=${READ_TIMEOUT_S}`, `retryTimeout=${retryTimeout}`, "policyCheck=false"];
    const plain = settings.flatMap((setting) => ["--plaintext", `aws-login-profile:${setting}`]);
    expect(await stack.pulumi("config", "set-all", ...plain)).toMatchObject({ code: 0 });
    declare(of("password", "flag", "delete"));
    expect(await stack.up({ FIRST, SECOND, STEP: "1" })).toMatchObject({ code: 0 });
    for (const { user } of of("flag")) await iam.changePassword(user, "Their-Own-Choice-1!");

    iam.takeCalls();
    answerStale();
    const rules = group.map(({ way, user: userName, effect, times }) => ({
      operation: WAYS[way][0],
      userName,
      effect,
      ...(times === undefined ? {} : { times }),
    }));
    await faults.set(rules);
    declare([...kept, ...deleted]);
    const steps = [
      await stack.up("--continue-on-error", { FIRST, SECOND, STEP: "2" }),
      await stack.destroy("--continue-on-error", "--target", "**LoginProfile::delete-*"),
      // While the profiles are so new that one which is not found may still be there.
      await stack.refresh(),
    ];
    await faults.set([]);
    iam.refuse(() => undefined);
    output = steps.map((step) => step.output).join("");
    calls = iam.takeProfileCalls();
    for (const { way, fault, times, stale, user } of group) {
      const made = callsFor(user).map(({ operation }) => operation.replace("LoginProfile", ""));
      const row = [
        way,
        fault,
        times ?? "for ever",
        stale,
        given.get(user) ?? 0,
        endOf(user).slice(0, 60),
        made.join(" "),
      ];
      rows.push(`| ${row.join(" | ")} |`);
    }
  });

  afterAll(() => {
    expect([FIRST, SECOND].flatMap((password) => stack.occurrences(password))).toEqual([]);
    stack.remove();
  });

  const callsFor = (user: string) => calls.filter(({ parameters }) => parameters.UserName === user);
  const endOf = (user: string) =>
    new RegExp(`Could not \\w+ the login profile of IAM user "${user}": (.*)`).exec(output)?.[1] ?? "ok";

  test.each(group.map((cell) => [cell.way, cell.fault, cell.times ?? "for ever", cell.stale, cell] as const))(
    "%s, %s, %s, %d stale",
    async (way, _fault, times, _stale, { user }) => {
      if (times === 1) expect(endOf(user)).toBe("ok");
      else expect(endOf(user)).not.toBe("ok");
      const inIam = (await iam.createDatesOf([user])).get(user);
      const inState = stack.loginProfiles().find(({ id }) => id === user)?.outputs;
      const sent = callsFor(user).filter(({ operation }) => operation === "UpdateLoginProfile");
      const passwords = new Set(sent.flatMap(({ parameters: { Password } }) => Password ?? []));
      if (way !== "delete") {
        expect(callsFor(user).filter(({ operation }) => operation === "DeleteLoginProfile")).toEqual([]);
        // The profile was there all the time, so what CreateLoginProfile carries is of no effect.
        const may = { create: [FIRST], adopt: [FIRST], password: [SECOND], flag: [], read: [] }[way];
        expect([...passwords].filter((password) => !(may as string[]).includes(password))).toEqual([]);
      }
      if (times === 1) expect(inIam !== undefined).toBe(way !== "delete");
      // After the refresh.
      expect(inState?.createDate).toBe(inIam);
      if (way === "password" && times === 1) expect([...passwords]).toEqual([SECOND]);
      if (way === "flag" && times === 1) expect(inState?.passwordResetPending).toBe(false);
    },
  );

  test("one run more does what failed, and nothing else", async () => {
    declare(kept, ' || way === "create"');
    expect(await stack.up({ FIRST, SECOND, STEP: "2" })).toMatchObject({ code: 0 });
    const failed = new Set(lasting.map(({ user }) => user));
    expect(iam.takeProfileCalls().filter(({ parameters }) => !failed.has(parameters.UserName ?? ""))).toEqual([]);
    const inIam = await iam.createDatesOf(users);
    const inState = new Map(stack.loginProfiles().map(({ id = "", outputs }) => [id, outputs?.createDate]));
    expect(inIam).toEqual(inState);
    expect([...inIam.keys()].sort()).toEqual(kept.map(({ user }) => user).sort());
  });

  test("a destroy leaves nothing over", async () => {
    expect(await stack.destroy()).toMatchObject({ code: 0 });
    expect(await iam.createDatesOf(users)).toEqual(new Map());
  });
});
