import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { Stack } from "../support/stack.ts";

/** Counts and bytes do not depend on the machine, so they are asserted; times do, so they are printed. */
const PROFILES = 50;
/** Of the checkpoint, its own frame and the stack's resource included. Measured: 1,816 after create, 1,819 after rotation; the account is 28. */
const STATE_LIMIT = 1830;

let iam: EmbeddedIam;
let stack: Stack;
const users = Array.from({ length: PROFILES }, (_, index) => `user-${String(index).padStart(4, "0")}`);
const times: string[] = [];

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  stack = await Stack.create(iam.environment);
  await iam.createUsers(users);
  writeFileSync(join(stack.folder, "users.json"), JSON.stringify(users));
  stack.program(`
for (const userName of require("./users.json")) {
  new LoginProfile(userName, {
    userName, password: process.env.PASSWORD + userName, passwordResetRequired: process.env.RESET === "true",
  });
}`);
});

afterAll(async () => {
  stack.remove();
  await iam.stop();
  console.log(`${PROFILES} profiles: ${times.join(", ")}`);
});

/** Runs a command of the engine; tells the calls besides the one for the account's password policy, counted by operation. */
async function callsOf(what: string, running: () => Promise<{ code: number | null }>): Promise<Record<string, number>> {
  iam.takeCalls();
  const started = performance.now();
  expect(await running()).toMatchObject({ code: 0 });
  times.push(`${what} ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const counts: Record<string, number> = {};
  for (const { operation } of iam.takeProfileCalls()) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

describe("fifty profiles", () => {
  const FIRST = { PASSWORD: "First-Password-1-of-", RESET: "true" };
  const OTHER_FLAG = { ...FIRST, RESET: "false" };
  const SECOND = { PASSWORD: "Second-Password-2-of-", RESET: "false" };

  test("are created by one call each, and take no more state than they did", async () => {
    expect(await callsOf("create", () => stack.up(FIRST))).toEqual({ CreateLoginProfile: PROFILES });
    times.push(`state ${Math.round(Buffer.byteLength(stack.checkpoint()) / PROFILES)} B each`);
    expect(Buffer.byteLength(stack.checkpoint()) / PROFILES).toBeLessThanOrEqual(STATE_LIMIT);
    // The constructor keeps traces short, but not the one that tells where the program declares a profile.
    for (const profile of stack.loginProfiles()) expect(profile.sourcePosition).toMatch(/index\.js#\d+/);
  });

  test("that did not change cost no call, in preview and in up", async () => {
    expect(await callsOf("preview", () => stack.preview("--expect-no-changes", FIRST))).toEqual({});
    expect(await callsOf("up", () => stack.up("--expect-no-changes", FIRST))).toEqual({});
  });

  test("are given another flag, and other passwords, by one call each", async () => {
    const once = { UpdateLoginProfile: PROFILES };
    expect(await callsOf("flag", () => stack.up(OTHER_FLAG))).toEqual(once);
    expect(await callsOf("rotate", () => stack.up(SECOND))).toEqual(once);
    times.push(`state ${Math.round(Buffer.byteLength(stack.checkpoint()) / PROFILES)} B each`);
    expect(Buffer.byteLength(stack.checkpoint()) / PROFILES).toBeLessThanOrEqual(STATE_LIMIT);
  });

  test("are read and deleted by one call each", async () => {
    expect(await callsOf("refresh", () => stack.refresh(SECOND))).toEqual({ GetLoginProfile: PROFILES });
    expect(await callsOf("destroy", () => stack.destroy(SECOND))).toEqual({ DeleteLoginProfile: PROFILES });
  });
});

test("a program that loads the package loads no module of the AWS SDK", async () => {
  stack.program(`
const loaded = Object.keys(require.cache).filter((file) => /node_modules\\/(@aws-sdk|@smithy|@aws-crypto)\\//.test(file));
module.exports = { files: Object.keys(require.cache).length, loaded };
`);
  expect(await stack.up()).toMatchObject({ code: 0 });
  const { files, loaded } = JSON.parse((await stack.pulumi("stack", "output", "--json")).stdout);
  expect(files).toBeGreaterThan(10);
  expect(loaded).toEqual([]);
});
