/**
 * The engine or the provider is killed at a random moment of an `up`, or the user interrupts the engine. What the user is
 * told to do then must reach the declared state: IAM holds the declared profiles and no others, the state knows them by
 * their dates, no profile was deleted that another resource holds, and nobody's own password was undone.
 *
 * `SEED` and `CRASHES` in the environment choose the moments and how many runs are killed.
 */
import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { disturbed, killEngine, killProvider, randomFrom } from "../support/kills.ts";
import type { Call } from "../support/recording-proxy.ts";
import { type Outcome, Stack, type StoredResource } from "../support/stack.ts";

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const CRASHES = Number(process.env.CRASHES ?? 3);
const PROFILES = 20;
/** Of these, so many are declared as before, by users who have chosen a password of their own. */
const BYSTANDERS = 4;
const PASSWORDS = { FIRST: "Crash-Secret-0001!", SECOND: "Crash-Secret-0002?" };
/** So that most moments lie within some calls. */
const CALL_MS = 150;

interface Profile {
  name: string;
  userName: string;
  /** Left out: the profile is adopted with the password that it has. */
  password?: keyof typeof PASSWORDS;
  adoptExisting?: true;
}

/** What a run that is killed was to do. */
interface Work {
  before: Profile[];
  after: Profile[];
  /** Whether it is told to replace what does not change. */
  replaces?: true;
  /** Whether a profile may be deleted by the resource that has it and is to leave it. */
  deletes?: true;
  /** How many calls it takes. */
  calls: number;
  /** The passwords of each profile, those of before included. */
  version: number;
}

interface Round extends Work {
  /** Resources that were deleted and not yet created again: the engine tells their next check nothing of before. */
  pending: Set<string>;
}

const first = (users: string[]) => users.map((userName): Profile => ({ name: userName, userName, password: "FIRST" }));

const WORKS: Record<string, (users: string[]) => Work> = {
  creates: (users) => ({ before: [], after: first(users), calls: users.length, version: 1 }),
  rotates: (users) => ({
    before: first(users),
    after: first(users).map((profile) => ({ ...profile, password: "SECOND" })),
    calls: users.length,
    version: 2,
  }),
  "renames resources without an alias": (users) => ({
    before: first(users),
    after: users.map((userName, index) => {
      const renamed: Profile = { name: `renamed-${userName}`, userName, adoptExisting: true };
      return index % 4 === 0 ? renamed : { ...renamed, password: "FIRST" };
    }),
    calls: 2.5 * users.length,
    version: 0,
  }),
  "exchanges users between two resources": (users) => ({
    before: first(users),
    after: users.map((name, index) => ({ name, userName: users[index ^ 1] ?? "", password: "SECOND" })),
    deletes: true,
    calls: 2 * users.length,
    version: 2,
  }),
  "gives resources other users": (users) => ({
    before: first(users),
    after: users.map((name) => ({ name, userName: `${name}-next`, password: "FIRST" })),
    deletes: true,
    calls: 2 * users.length,
    version: 2,
  }),
  "is told to replace": (users) => ({
    before: first(users),
    after: first(users),
    replaces: true,
    deletes: true,
    calls: 2 * users.length,
    version: 2,
  }),
};

let iam: EmbeddedIam;
/** How long an undisturbed `up` takes here, in milliseconds. */
let usual: number;
/** By what the run was to do. */
const survived = new Map<string, number>();
const hits = new Map<string, number>();

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  iam.refuse(() => delay(CALL_MS, undefined));
  const { stack, users } = await newStack("usual");
  declare(stack, first(users));
  const started = Date.now();
  expect(await up(stack)).toMatchObject({ code: 0 });
  usual = Date.now() - started;
  stack.remove();
});

afterAll(async () => {
  for (const work of Object.keys(WORKS)) {
    const all = rounds.filter((round) => round.work === work).length;
    if (all === 0) continue;
    const missed = all - (hits.get(work) ?? 0);
    console.log(
      `Crashes: ${survived.get(work) ?? 0} of ${all} survived, of a run that ${work}; ${missed} found nothing to kill`,
    );
  }
  console.log(`SEED=${SEED}, an undisturbed run takes ${usual} ms`);
  await iam.stop();
});

/** A stack, and users of its own. */
async function newStack(name: string): Promise<{ stack: Stack; users: string[] }> {
  const users = Array.from({ length: PROFILES }, (_, number) => `${name}-${number}`);
  await iam.createUsers(users);
  return { stack: await Stack.create(iam.environment), users };
}

function declare(stack: Stack, profiles: Profile[]): void {
  stack.program(`
for (const { name, userName, password, adoptExisting } of ${JSON.stringify(profiles)}) {
  const given = password === undefined ? {} : { password: process.env[password], passwordResetRequired: true };
  new LoginProfile(name, { userName, adoptExisting, ...given });
}`);
}

const up = (stack: Stack, ...args: string[]) => stack.up(...args, PASSWORDS);

/** A moment among the calls of the run that begins now; a few are before the first of them, or after the last. */
function momentOf({ at, calls, apart }: { at: number; calls: number; apart: number }): Promise<unknown> {
  if (at < BEFORE_THE_CALLS) return delay((at / BEFORE_THE_CALLS) * usual);
  const number = Math.ceil(((at - BEFORE_THE_CALLS) / (1 - BEFORE_THE_CALLS)) * calls);
  let count = 0;
  return new Promise<void>((resolve) => {
    iam.refuse(({ operation }) => {
      if (operation.endsWith("LoginProfile") && ++count === number) {
        setTimeout(() => resolve(), apart * 2 * CALL_MS);
      }
      return delay(CALL_MS, undefined);
    });
  });
}
const BEFORE_THE_CALLS = 0.1;

/** What there is before the run that is killed, and the users who have a password of their own by then. */
async function begun(
  stack: Stack,
  plan: (users: string[]) => Work,
  users: string[],
): Promise<{ round: Round; owners: string[] }> {
  const work = plan(users.slice(BYSTANDERS));
  const bystanders = work.before.length === 0 ? [] : first(users.slice(0, BYSTANDERS));
  const before = [...work.before, ...bystanders];
  const after = [...work.after, ...bystanders];
  if (before.length > 0) {
    declare(stack, before);
    expect(await up(stack)).toMatchObject({ code: 0 });
  }
  const adopted = after.filter(({ password }) => password === undefined);
  const owners = [...bystanders, ...adopted].map(({ userName }) => userName);
  for (const userName of owners) await iam.changePassword(userName, "Own-Choice-0001!");
  return { round: { ...work, before, after, pending: new Set() }, owners };
}

const isMoving = ({ before }: Work) => {
  const names = before.slice(0, -BYSTANDERS).map(({ name }) => name);
  return (resource: StoredResource) => names.includes(nameOf(resource));
};
const replaced = ({ urn }: StoredResource) => ["--replace", urn];

/** The last password that IAM was sent for each user is the one that is declared, and none for those who have their own. */
function expectSent(calls: Call[], { after, replaces }: Work, owners: string[]): void {
  const sent = calls.filter(({ parameters }) => parameters.Password !== undefined);
  const last = new Map(sent.map(({ parameters }) => [parameters.UserName, parameters.Password]));
  expect(owners.filter((user) => last.has(user))).toEqual([]);
  // Those who were not reached have it from before.
  if (replaces) return;
  const others = after.filter(({ userName }) => !owners.includes(userName));
  const declared = others.map(({ userName, password }) => [userName, password && PASSWORDS[password]]);
  expect(others.map(({ userName }) => [userName, last.get(userName)])).toEqual(declared);
}

/** Runs, and sees to it that no more profiles are deleted than those which their resource, and no other one, leaves. */
async function upWithinRights(
  stack: Stack,
  work: Round,
  ...args: string[]
): Promise<{ outcome: Outcome; calls: Call[] }> {
  const before = stack.loginProfiles();
  iam.takeCalls();
  const outcome = await up(stack, ...args);
  stack.mendCheckpoint();
  const calls = iam.takeProfileCalls();
  for (const resource of stack.loginProfiles()) {
    if (resource.pendingReplacement) work.pending.add(nameOf(resource));
  }
  expectOnlyItsOwnDeleted(before, calls, work, args.includes("--replace"));
  return { outcome, calls };
}

function expectOnlyItsOwnDeleted(before: StoredResource[], calls: Call[], work: Work, isReplaced: boolean): void {
  const declared = new Map(work.after.map(({ name, userName }) => [name, userName]));
  const isMeant = (resource: StoredResource) => declared.get(nameOf(resource)) === resource.outputs?.userName;
  // What is deleted and to be created again has no profile.
  const holding = before.filter(({ pendingReplacement }) => pendingReplacement !== true);
  const users = (of: StoredResource[]) => new Set(of.map(({ outputs }) => outputs?.userName as string));
  const held = isReplaced ? new Set<string>() : users(holding.filter(isMeant));
  const left = users(isReplaced ? holding : holding.filter((resource) => !isMeant(resource)));
  const mayGo = work.deletes ? [...left].filter((user) => !held.has(user)) : [];
  const asked = calls.filter(({ operation }) => operation === "DeleteLoginProfile");
  const user = ({ parameters }: Call) => parameters.UserName ?? "";
  expect(asked.map(user).filter((one) => !mayGo.includes(one))).toEqual([]);
  // One that is not found is asked for again.
  const deleted = asked.filter(({ status }) => status !== 404).map(user);
  expect(deleted).toHaveLength(new Set(deleted).size);
}

function nameOf({ urn }: StoredResource): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The users whose profiles are in the state as they are declared: for them nothing is left to do. */
function settled(stack: Stack, { after, replaces, version }: Work): string[] {
  // Which of them have been replaced, nobody can tell: they are replaced again.
  if (replaces) return [];
  const declared = new Map(after.map(({ name, userName }) => [name, userName]));
  return stack
    .loginProfiles()
    .filter(({ pendingReplacement, outputs }) => pendingReplacement !== true && outputs?.passwordVersion >= version)
    .filter((resource) => declared.get(nameOf(resource)) === resource.outputs?.userName)
    .map(({ outputs }) => outputs?.userName);
}

/** One more run reaches the declared state: by itself, or after what its error says to do. The calls it took. */
async function heal(stack: Stack, work: Round, ...args: string[]): Promise<Call[]> {
  const again = await upWithinRights(stack, work, ...args);
  if (again.outcome.code === 0) return again.calls;
  // What is adopted anyway, or was there before, needs no advice.
  expect(work.after.some(({ adoptExisting }) => adoptExisting)).toBe(false);
  expect(again.outcome.output).toMatch(
    /Could not create .*EntityAlreadyExists.*Set adoptExisting to true.*interrupted while/,
  );
  declare(
    stack,
    work.after.map((profile) => ({ ...profile, adoptExisting: true })),
  );
  const adopting = await upWithinRights(stack, work, ...args);
  expect(adopting.outcome).toMatchObject({ code: 0 });
  return [...again.calls, ...adopting.calls];
}

/** IAM holds the declared profiles, and the state knows just these. */
async function expectDeclared(stack: Stack, declared: Profile[], users: string[]): Promise<void> {
  const inIam = await iam.createDatesOf(users);
  expect([...inIam.keys()].sort()).toEqual(declared.map(({ userName }) => userName).sort());
  const inState = stack.loginProfiles();
  expect(inState.map(nameOf).sort()).toEqual(declared.map(({ name }) => name).sort());
  expect(new Map(inState.map(({ outputs }) => [outputs?.userName, outputs?.createDate]))).toEqual(inIam);
  expect(await stack.preview("--expect-no-changes", PASSWORDS)).toMatchObject({ code: 0 });
  expect(Object.values(PASSWORDS).flatMap((password) => stack.occurrences(password))).toEqual([]);
}

async function expectNothingLeftOver(stack: Stack, users: string[]): Promise<void> {
  expect(await stack.destroy(PASSWORDS)).toMatchObject({ code: 0 });
  expect(await iam.loginProfilesOf(users)).toEqual(new Map());
  stack.remove();
}

const random = randomFrom(SEED);
const kinds = Object.entries(WORKS);
const start = Math.floor(random() * kinds.length);
const kindOf = (number: number) => {
  const [work, plan] = kinds[number % kinds.length] as (typeof kinds)[number];
  return { work, plan };
};
const rounds = Array.from({ length: CRASHES }, (_, number) => ({
  number,
  victim: (random() < 0.5 ? "engine" : "provider") as "engine" | "provider",
  ...kindOf(start + number),
  at: random(),
  apart: random(),
}));

describe(`a run killed at a random moment, SEED=${SEED}`, () => {
  test.each(rounds)(
    "$number: the $victim dies at $at of a run that $work",
    async ({ number, victim, work: kind, plan, ...moment }) => {
      const { stack, users: some } = await newStack(`crash-${number}`);
      const users = [...some, ...some.map((user) => `${user}-next`)];
      await iam.createUsers(users.slice(some.length));
      const { round, owners } = await begun(stack, plan, some);
      const replacing = round.replaces ? stack.loginProfiles().filter(isMoving(round)).flatMap(replaced) : [];

      declare(stack, round.after);
      let calls: Call[] = [];
      const command = async () => {
        const killed = await upWithinRights(stack, round, ...replacing);
        ({ calls } = killed);
        return killed.outcome;
      };
      const end = victim === "engine" ? killEngine : killProvider;
      const { outcome, hit } = await disturbed(stack, command, momentOf({ ...moment, calls: round.calls }), end);
      if (hit) hits.set(kind, (hits.get(kind) ?? 0) + 1);
      iam.refuse(() => delay(CALL_MS, undefined));
      // The lock of the engine that was killed; without one there is nothing to cancel, and that is fine.
      await stack.pulumi("cancel", "--yes");

      // Who has all that is declared may have obeyed by now.
      const done = settled(stack, round);
      for (const userName of done) await iam.changePassword(userName, "Own-Choice-0002!");
      const healing = outcome.code === 0 ? [] : await heal(stack, round, ...replacing);
      expect(healing.filter(({ parameters }) => done.includes(parameters.UserName ?? ""))).toEqual([]);
      expectSent([...calls, ...healing], round, owners);
      await expectDeclared(stack, round.after, users);
      for (const resource of stack.loginProfiles()) {
        if (!owners.includes(resource.outputs?.userName) && !round.pending.has(nameOf(resource)))
          expect(resource.outputs?.passwordVersion).toBeGreaterThanOrEqual(round.version);
      }
      await expectNothingLeftOver(stack, users);
      survived.set(kind, (survived.get(kind) ?? 0) + 1);
    },
  );
});

test("interrupted once, a run finishes what is under way, and one more run does the rest", async () => {
  const { stack, users } = await newStack("interrupted");
  declare(stack, first(users));
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
    () => up(stack),
    firstCall,
    async (engine) => {
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
  expect(await up(stack)).toMatchObject({ code: 0 });
  await expectDeclared(stack, first(users), users);
  await expectNothingLeftOver(stack, users);
});
