/**
 * The engine or the provider is killed, or the user interrupts the engine, at a random moment of
 * an `up`. What the user is told to do then must reach the declared state, with nothing left over.
 *
 * `SEED` and `CRASHES` in the environment choose the moments and how many runs are killed.
 */
import type { ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { descendants } from "../support/processes.ts";
import { Stack } from "../support/stack.ts";

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const CRASHES = Number(process.env.CRASHES ?? 2);
const PROFILES = 20;
const FIRST = "Crash-Secret-0001!";
const SECOND = "Crash-Secret-0002?";
/** So that most moments lie within some calls. */
const CALL_MS = 150;

let iam: EmbeddedIam;
/** How long an undisturbed `up` takes here, in milliseconds. */
let usual: number;
let survived = 0;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  iam.refuse(() => delay(CALL_MS, undefined));
  const { stack } = await newStack("usual");
  const started = Date.now();
  expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
  usual = Date.now() - started;
  stack.remove();
});

afterAll(async () => {
  console.log(`Crashes: ${survived} of ${CRASHES} survived, SEED=${SEED}, an undisturbed run takes ${usual} ms`);
  await iam.stop();
});

/** A stack that declares profiles for users of its own. */
async function newStack(name: string): Promise<{ stack: Stack; users: string[] }> {
  const users = Array.from({ length: PROFILES }, (_, number) => `${name}-${number}`);
  await iam.createUsers(users);
  const stack = await Stack.create(iam.environment);
  declare(stack, users);
  return { stack, users };
}

function declare(stack: Stack, users: string[], more = ""): void {
  stack.program(`
for (const user of ${JSON.stringify(users)}) {
  new LoginProfile(user, { userName: user, password: process.env.PASSWORD, passwordResetRequired: true${more} });
}`);
}

/** Numbers between 0 and 1 that a seed fixes (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs a command of the engine and does something to it after a time; false where it had ended before. */
async function disturbed<T>(
  stack: Stack,
  command: () => Promise<T>,
  after: number,
  disturb: (engine: ChildProcess) => Promise<boolean>,
): Promise<{ outcome: T; hit: boolean }> {
  let hit = Promise.resolve(false);
  stack.onStart = (engine) => {
    hit = delay(after).then(() => (engine.exitCode === null ? disturb(engine) : false));
  };
  const outcome = await command();
  stack.onStart = () => {};
  return { outcome, hit: await hit };
}

/** Kills the engine and all it has started, as when a machine goes down. */
async function killEngine(engine: ChildProcess): Promise<boolean> {
  const started = await descendants(engine.pid as number);
  const isKilled = engine.kill("SIGKILL");
  for (const { pid } of started) kill(pid);
  return isKilled;
}

async function killProvider(engine: ChildProcess): Promise<boolean> {
  const provider = (await descendants(engine.pid as number)).find(({ command }) => /dynamic-provider/.test(command));
  return provider !== undefined && kill(provider.pid);
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    // It ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** The last password that IAM was sent for each user. */
function passwordsSent(): Map<string | undefined, string | undefined> {
  const sent = iam.takeCalls().filter(({ parameters }) => parameters.Password !== undefined);
  return new Map(sent.map(({ parameters }) => [parameters.UserName, parameters.Password]));
}

/** One more run reaches the declared state: by itself, or after what its error says to do. */
async function expectHealing(stack: Stack, users: string[], password: string): Promise<void> {
  // The lock of the engine that was killed; without one there is nothing to cancel, and that is fine.
  await stack.pulumi("cancel", "--yes");
  const again = await stack.up({ PASSWORD: password });
  if (again.code !== 0) {
    expect(again.output).toMatch(
      /Could not create .*EntityAlreadyExists.*Set adoptExisting to true.*interrupted while/,
    );
    declare(stack, users, ", adoptExisting: true");
    expect(await stack.up({ PASSWORD: password })).toMatchObject({ code: 0 });
  }
}

async function expectDeclaredState(stack: Stack, users: string[], version: number): Promise<void> {
  expect(await iam.loginProfilesOf(users)).toEqual(new Map(users.map((user) => [user, true])));
  expect(stack.loginProfiles().map(({ id, outputs }) => [id, outputs?.passwordVersion])).toEqual(
    expect.arrayContaining(users.map((user) => [user, version])),
  );
  expect(stack.loginProfiles()).toHaveLength(users.length);
  expect(await stack.preview("--expect-no-changes", { PASSWORD: version === 1 ? FIRST : SECOND })).toMatchObject({
    code: 0,
  });
  expect(stack.occurrences(FIRST)).toEqual([]);
  expect(stack.occurrences(SECOND)).toEqual([]);
}

async function expectNothingLeftOver(stack: Stack, users: string[]): Promise<void> {
  expect(await stack.destroy({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
  expect(await iam.loginProfilesOf(users)).toEqual(new Map());
  stack.remove();
}

describe(`a run killed at a random moment, SEED=${SEED}`, () => {
  const random = randomFrom(SEED);
  const rounds = Array.from({ length: CRASHES }, (_, number) => ({
    number,
    victim: (random() < 0.5 ? "engine" : "provider") as "engine" | "provider",
    work: (number % 2 === 0 ? "creates" : "rotates") as "creates" | "rotates",
    moment: random(),
  }));

  test.each(rounds)(
    "$number: the $victim dies at $moment of a run that $work",
    async ({ number, victim, work, moment }) => {
      const { stack, users } = await newStack(`crash-${number}`);
      iam.takeCalls();
      if (work === "rotates") expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
      const password = work === "rotates" ? SECOND : FIRST;
      await disturbed(
        stack,
        () => stack.up({ PASSWORD: password }),
        moment * usual,
        victim === "engine" ? killEngine : killProvider,
      );
      await expectHealing(stack, users, password);
      const sent = passwordsSent();
      expect(users.map((user) => sent.get(user))).toEqual(users.map(() => password));
      await expectDeclaredState(stack, users, work === "rotates" ? 2 : 1);
      await expectNothingLeftOver(stack, users);
      survived++;
    },
  );
});

test("interrupted once, a run finishes what is under way, and one more run does the rest", async () => {
  const { stack, users } = await newStack("interrupted");
  iam.takeCalls();
  const moments = new EventEmitter();
  const [firstCall, interrupted] = [once(moments, "call"), once(moments, "interrupted")];
  iam.refuse(async ({ operation }) => {
    if (operation !== "CreateLoginProfile") return undefined;
    moments.emit("call");
    await interrupted;
    // Time for the engine to take note.
    await delay(2000);
    return undefined;
  });
  const { outcome } = await disturbed(
    stack,
    () => stack.up({ PASSWORD: FIRST }),
    0,
    async (engine) => {
      await firstCall;
      const isKilled = engine.kill("SIGINT");
      moments.emit("interrupted");
      return isKilled;
    },
  );
  iam.refuse(() => undefined);
  expect(outcome.code).not.toBe(0);
  const created = await iam.loginProfilesOf(users);
  expect(created.size).toBeGreaterThan(0);
  expect(created.size).toBeLessThan(PROFILES);
  // All that IAM holds is in the state: nothing needs to be adopted.
  expect(
    stack
      .loginProfiles()
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...created.keys()].sort());
  expect(await stack.up({ PASSWORD: FIRST })).toMatchObject({ code: 0 });
  await expectDeclaredState(stack, users, 1);
  await expectNothingLeftOver(stack, users);
});
