/**
 * The engine or the provider is killed, once or twice, while it carries out a step of many profiles in one resource, of which
 * the state knows nothing yet. The next run completes the step: what was set is not set again, what its user or somebody
 * else has changed since is left alone, and of profiles that were never its own it says that they exist.
 *
 * `SEED` and `CRASHES` in the environment choose the moments and how many runs are killed.
 */
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { DYNAMIC, type FrontEnd, PLUGIN, pluginEnvironment } from "../support/front-ends.ts";
import { disturbed, killEngine, killProvider, randomFrom } from "../support/kills.ts";
import type { Call } from "../support/recording-proxy.ts";
import { type Outcome, Stack } from "../support/stack.ts";

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const CRASHES = Number(process.env.CRASHES ?? 1);
const PASSWORDS = { FIRST: "Crash-Secret-0001!", SECOND: "Crash-Secret-0002?" };
const OWN_CHOICE = "Own-Choice-0001!";
/** Users with whom the run has something to do. */
const MOVERS = 16;
/** Users with whom it has nothing to do: some have a profile that is declared as before, or one that is not ours. */
const BYSTANDERS = 3;
/** So many calls may be under way when a run is killed: of these nobody knows what came of them. */
const PARALLELISM = 3;
/** So that most moments lie within some calls. */
const CALL_MS = 150;

/** The passwords that are declared, by user. */
type Profiles = Record<string, keyof typeof PASSWORDS>;

/** What a run that is killed was to do. */
interface Work {
  before: Profiles;
  after: Profiles;
  /** Users whose profiles somebody else has made. */
  theirs?: string[];
}

const all = (users: string[], password: keyof typeof PASSWORDS): Profiles =>
  Object.fromEntries(users.map((user) => [user, password]));

const WORKS: Record<string, (movers: string[], bystanders: string[]) => Work> = {
  creates: (movers, theirs) => ({ before: {}, after: all([...movers, ...theirs], "FIRST"), theirs }),
  rotates: (movers, others) => ({
    before: all([...movers, ...others], "FIRST"),
    after: { ...all(movers, "SECOND"), ...all(others, "FIRST") },
  }),
  removes: (movers, others) => ({ before: all([...movers, ...others], "FIRST"), after: all(others, "FIRST") }),
  "creates, rotates and removes": (movers, others) => {
    const third = (number: number) => movers.filter((_, index) => index % 3 === number);
    return {
      before: all([...third(1), ...third(2), ...others], "FIRST"),
      after: { ...all(third(0), "FIRST"), ...all(third(1), "SECOND"), ...all(others, "FIRST") },
    };
  },
};

let iam: EmbeddedIam;
let survived = 0;
let hits = 0;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
});

afterAll(async () => {
  const kills = rounds.flatMap(({ kills }) => kills).length;
  console.log(`Crashes of many, SEED=${SEED}: ${survived} of ${rounds.length} survived; ${hits} of ${kills} kills hit`);
  await iam.stop();
});

/** A stack whose temporary files lie among those that are searched for passwords. */
async function newStack(): Promise<Stack> {
  const stack = await Stack.create({ ...iam.environment, ...pluginEnvironment() });
  stack.useOwnTemporaryFolder();
  await stack.pulumi("config", "set", "aws-login-profile:parallelism", String(PARALLELISM));
  return stack;
}

function declare(stack: Stack, { prelude, many }: FrontEnd, profiles: Profiles): void {
  stack.program(`${prelude}
const profiles = ${JSON.stringify(Object.entries(profiles))}.map(([user, password]) =>
  [user, { password: process.env[password], passwordResetRequired: true }]);
new ${many.className}("team", { profiles: Object.fromEntries(profiles) });`);
}

const up = (stack: Stack) => stack.up(PASSWORDS);

/** What the state says of each profile. */
function stored(stack: Stack): Map<string, { createDate: string; passwordVersion: number }> {
  const team = stack.resources().find(({ type }) => type.endsWith(":LoginProfiles"));
  return new Map(Object.entries(team?.outputs?.profiles ?? {}));
}

/** When a call of this number is under way. */
function momentOf({ at, apart }: Kill): Promise<unknown> {
  const number = Math.ceil(at * MOVERS);
  let count = 0;
  return new Promise<void>((resolve) => {
    iam.refuse(({ operation }) => {
      if (/(Create|Update|Delete)LoginProfile/.test(operation) && ++count === number) {
        setTimeout(() => resolve(), apart * 2 * CALL_MS);
      }
      return delay(CALL_MS, undefined);
    });
  });
}

interface Kill {
  victim: "engine" | "provider";
  at: number;
  apart: number;
}

/** The calls of a run that is killed. */
async function killed(stack: Stack, kill: Kill): Promise<{ outcome: Outcome; calls: Call[] }> {
  const end = kill.victim === "engine" ? killEngine : killProvider;
  iam.takeCalls();
  const { outcome, hit } = await disturbed(stack, () => up(stack), momentOf(kill), end);
  if (hit) hits++;
  iam.refuse(() => delay(CALL_MS, undefined));
  // What is under way reaches IAM all the same.
  await delay(2 * CALL_MS);
  // Of slow answers, none tells IAM's clock well enough to know a profile that was made in the second of the call.
  iam.refuse(() => undefined);
  stack.mendCheckpoint();
  // The lock of the engine that was killed; without one there is nothing to cancel, and that is fine.
  await stack.pulumi("cancel", "--yes");
  return { outcome, calls: changesIn(iam.takeCalls()) };
}

function changesIn(calls: Call[]): Call[] {
  return calls.filter(({ operation }) => /(Create|Update|Delete)LoginProfile/.test(operation));
}

const userOf = ({ parameters }: Call) => parameters.UserName ?? "";
const isSending = ({ parameters, status }: Call) => parameters.Password !== undefined && status === 200;

/** Users with whom a killed run was through, as far as can be seen from outside: their call is not among the last ones. */
function through(calls: Call[]): { set: string[]; deleted: string[] } {
  const answered = calls.slice(0, -2 * PARALLELISM).filter(({ status }) => status === 200);
  const isDeletion = ({ operation }: Call) => operation === "DeleteLoginProfile";
  return {
    set: answered.filter((call) => !isDeletion(call)).map(userOf),
    deleted: answered.filter(isDeletion).map(userOf),
  };
}

/** What each user was sent last is what is declared, and all but a few were sent it once. */
function expectSentOnce(runs: Call[][], { before, after, theirs = [] }: Work): void {
  const sent = runs.map(
    (calls) => new Map(calls.filter(isSending).map((call) => [userOf(call), call.parameters.Password])),
  );
  const last = new Map(sent.flatMap((run) => [...run]));
  const changed = Object.entries(after).filter(
    ([user, password]) => before[user] !== password && !theirs.includes(user),
  );
  expect(last).toEqual(new Map(changed.map(([user, password]) => [user, PASSWORDS[password]])));
  sent.forEach((run, number) => {
    const again = sent.slice(number + 1).flatMap((later) => [...later.keys()].filter((user) => run.has(user)));
    expect(new Set(again).size).toBeLessThanOrEqual(PARALLELISM);
  });
}

/** Nothing was deleted but what the resource was to leave, and that once. */
function expectDeletedOnce(calls: Call[], { before, after }: Work): void {
  const deletions = calls.filter(({ operation }) => operation === "DeleteLoginProfile");
  const done = deletions.filter(({ status }) => status === 200).map(userOf);
  expect(done.sort()).toEqual(
    Object.keys(before)
      .filter((user) => !(user in after))
      .sort(),
  );
}

/** IAM holds the declared profiles and those of others, and the state knows the declared ones by their dates. */
async function expectDeclared(stack: Stack, declared: Profiles, users: string[], others: string[]): Promise<void> {
  const inIam = await iam.createDatesOf(users);
  expect([...inIam.keys()].sort()).toEqual([...Object.keys(declared), ...others].sort());
  for (const user of others) inIam.delete(user);
  const inState = stored(stack);
  expect(new Map([...inState].map(([user, { createDate }]) => [user, createDate]))).toEqual(inIam);
  for (const [user, { passwordVersion }] of inState)
    expect({ user, passwordVersion }).toEqual({ user, passwordVersion: declared[user] === "FIRST" ? 1 : 2 });
  expect(await stack.preview("--expect-no-changes", PASSWORDS)).toMatchObject({ code: 0 });
}

/** One more run does the rest, by itself, and says of profiles that are not ours that they exist. */
async function heal(stack: Stack, frontEnd: FrontEnd, { after, theirs = [] }: Work): Promise<Call[]> {
  iam.takeCalls();
  const { code, output } = await up(stack);
  const calls = changesIn(iam.takeCalls());
  const named = [...output.matchAll(/Could not \w+ the login profile of IAM user "([^"]+)": (\w+)/g)];
  expect(new Set(named.map(([, user, reason]) => `${user} ${reason}`))).toEqual(
    new Set(theirs.map((user) => `${user} EntityAlreadyExists`)),
  );
  if (theirs.length === 0) {
    expect({ code, output }).toEqual({ code: 0, output });
    return calls;
  }
  expect(code).not.toBe(0);
  declare(stack, frontEnd, without(after, theirs));
  expect(await up(stack)).toMatchObject({ code: 0 });
  expect(changesIn(iam.takeCalls())).toEqual([]);
  return calls;
}

const without = (profiles: Profiles, users: string[]): Profiles =>
  Object.fromEntries(Object.entries(profiles).filter(([user]) => !users.includes(user)));

const random = randomFrom(SEED);
const kinds = Object.keys(WORKS);
const start = Math.floor(random() * kinds.length);
const aKill = (): Kill => ({
  victim: random() < 0.5 ? "engine" : "provider",
  at: random(),
  apart: random(),
});
const rounds = Array.from({ length: CRASHES }, (_, number) => ({
  number,
  work: kinds[(start + number) % kinds.length] as string,
  kills: random() < 0.25 ? [aKill(), aKill()] : [aKill()],
  frontEnd: random() < 0.5 ? DYNAMIC : PLUGIN,
}));

describe(`a run of many killed at a random moment, SEED=${SEED}`, () => {
  test.each(rounds)("$number: one that $work, $kills.length times, $frontEnd.name", async (round) => {
    const { number, work: kind, kills, frontEnd } = round;
    const users = Array.from({ length: MOVERS + BYSTANDERS }, (_, index) => `many-${number}-${index}`);
    await iam.createUsers(users);
    const stack = await newStack();
    const work = (WORKS[kind] as (typeof WORKS)[string])(users.slice(BYSTANDERS), users.slice(0, BYSTANDERS));
    const others = new Set(work.theirs);
    for (const user of others) await iam.createLoginProfile(user, OWN_CHOICE);
    if (Object.keys(work.before).length > 0) {
      declare(stack, frontEnd, work.before);
      expect(await up(stack)).toMatchObject({ code: 0 });
      for (const user of users.slice(0, BYSTANDERS)) await iam.changePassword(user, OWN_CHOICE);
    }

    declare(stack, frontEnd, work.after);
    const runs: Call[][] = [];
    const settled = new Set(users.slice(0, BYSTANDERS));
    let isDone = false;
    for (const kill of kills) {
      const { outcome, calls } = await killed(stack, kill);
      expect(changing(calls, settled)).toEqual([]);
      runs.push(calls);
      isDone = outcome.code === 0;
      const { set, deleted } = through(calls);
      // Who was told to has chosen a password by now, and somebody else has made a profile of one that was deleted.
      for (const user of set) await iam.changePassword(user, OWN_CHOICE);
      for (const user of deleted.slice(0, 1)) {
        await iam.createLoginProfile(user, OWN_CHOICE);
        others.add(user);
      }
      for (const user of [...set, ...deleted]) settled.add(user);
    }
    if (!isDone) {
      const healing = await heal(stack, frontEnd, work);
      expect(changing(healing, settled)).toEqual([]);
      runs.push(healing);
    }
    expectSentOnce(runs, work);
    expectDeletedOnce(runs.flat(), work);
    const declared = without(work.after, work.theirs ?? []);
    await expectDeclared(stack, declared, users, [...others]);
    // Of what was found settled or done, no note is left.
    expect(
      users.flatMap((user) => stack.filesWith(`"userName":"${user}"`)).filter((file) => /step-/.test(file)),
    ).toEqual([]);

    expect(await stack.destroy(PASSWORDS)).toMatchObject({ code: 0 });
    expect([...(await iam.loginProfilesOf(users)).keys()].sort()).toEqual([...others].sort());
    expect(Object.values(PASSWORDS).flatMap((password) => stack.occurrences(password))).toEqual([]);
    stack.remove();
    survived++;
  });
});

/** What a run did to profiles that were to be left alone. */
function changing(calls: Call[], settled: Set<string>): string[] {
  return calls
    .filter((call) => settled.has(userOf(call)) && call.status === 200)
    .map((call) => `${call.operation} ${userOf(call)}`);
}
