/**
 * Nobody between program and provider sees a password: all who can look on at a run do, in each way that a run can take, and
 * then what they saw is searched.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { drawnTest, IS_WHOLE } from "../support/drawn.ts";
import { drawnPasswords, SEED } from "../support/drawn-passwords.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { DYNAMIC } from "../support/front-ends.ts";
import { occurrencesIn, SEARCHABLE_LENGTH } from "../support/leaks.ts";
import { ONLOOKERS, Onlookers } from "../support/onlookers.ts";
import { Plugins } from "../support/plugins.ts";
import { descendants } from "../support/processes.ts";
import { Stack } from "../support/stack.ts";

const PEOPLE = IS_WHOLE ? 40 : 6;

interface Person {
  user: string;
  first: string;
  second: string;
}

let iam: EmbeddedIam;
let plugins: Plugins;
let stack: Stack;
let onlookers: Onlookers;
/** Where the passwords are, outside of all that is searched. */
let outside: string;
let people: Person[];
/** Which of their passwords is declared. */
let which: "first" | "second" = "first";

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  plugins = await Plugins.start(iam.unrecordedEnvironment);
  // Some of them are found in formats, too, that no form that is searched for is of; those are told from chance by length.
  const pairs = [{ least: SEARCHABLE_LENGTH }, { least: 12, isPlain: true }].flatMap((options) =>
    drawnPasswords(PEOPLE / 2, SEED, options),
  );
  people = pairs.map((passwords, index) => ({ user: `person-${index}`, ...passwords }));
  await iam.createUsers([...people.map(({ user }) => user), "late"]);
  outside = mkdtempSync(join(tmpdir(), "leaks-"));
  stack = await Stack.create({ ...iam.environment, ...plugins.environment });
  await stack.pulumi("config", "set", "aws-login-profile:policyCheck", "false");
  onlookers = new Onlookers(stack);
});

afterAll(async () => {
  rmSync(outside, { recursive: true, force: true });
  stack.remove();
  await plugins.stop();
  await iam.stop();
});

/** A program that declares all people, one as a console user and a third in one resource; `more` is source text. */
function declareAll(more = ""): void {
  const input = join(outside, "people.json");
  writeFileSync(input, JSON.stringify(people.map((person) => ({ user: person.user, password: person[which] }))));
  stack.program(`${DYNAMIC.consoleUser}
const people = JSON.parse(require("node:fs").readFileSync(${JSON.stringify(input)}, "utf8"));
pulumi.runtime.registerResourceTransform(${onlookers.transform("{ props: { ...props, adoptExisting: true }, opts }")});
const transforms = [${onlookers.transform("{ props, opts: { ...opts, additionalSecretOutputs: ['createDate'] } }")}];
const team = new pulumi.ComponentResource("test:index:Team", "team", {}, { transforms });
const later = (of) => ({ password: Promise.resolve(of.password) });
const profiles = people.map((of, index) => [index, of.user, index % 2 === 0 ? { password: of.password } : later(of)]);
const many = Object.fromEntries(profiles.filter(([index]) => index % 3 === 1).map(([, user, own]) => [user, own]));
new LoginProfiles("many", { profiles: many }, { transforms });
people.forEach(({ user, password }, index) => {
  if (user in many) return;
  if (index === 0) new ConsoleUser(user, { userName: user, existing: true, password, adoptExisting: true });
  else if (index % 2 === 0) new LoginProfile(user, { userName: user, password }, { transforms });
  else new LoginProfile(user, { userName: user, password: Promise.resolve(password) }, { parent: team });
});
const late = { userName: "late", password: people.at(-1).password };
${more}`);
}

/** The detailed log is too much for a message. */
async function succeeds(command: string, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await onlookers.during(
    command,
    ...args,
    ...(command === "preview" ? [] : ["--yes"]),
  );
  const errors = `${stdout}${stderr}`.split("\n").filter((line) => !line.startsWith("{"));
  expect({ code, ...(code !== 0 && { errors }) }).toEqual({ code: 0 });
}

/** What IAM was sent, by user. */
function sent(): Record<string, string | undefined> {
  const calls = iam.takeCalls().filter(({ parameters }) => parameters.Password !== undefined);
  return Object.fromEntries(calls.map(({ parameters }) => [parameters.UserName, parameters.Password]));
}

/** Compared as a whole, so that a failure of this test prints no password either. */
function expectAllSent(): void {
  const found = sent();
  expect(people.filter((person) => found[person.user] !== person[which]).map(({ user }) => user)).toEqual([]);
}

/** Keys that were not removed. */
function keys(): string[] {
  return readdirSync(onlookers.temporary, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.includes("seal-"),
  );
}

test("a preview and an update, with transforms of the stack, of a component and of a resource", async () => {
  declareAll();
  await succeeds("up");
  expectAllSent();
  expect(keys()).toEqual([]);
});

const drawn = drawnTest(0.5);

drawn("a rotation by a saved plan", async () => {
  which = "second";
  declareAll();
  const plan = join(stack.folder, "onlookers", "plan.json");
  await succeeds("preview", "--save-plan", plan);
  await succeeds("up", "--skip-preview", "--plan", plan);
  expectAllSent();
  expect(keys()).toEqual([]);
});

drawn("a refresh that runs the program, and an update without changes", async () => {
  declareAll();
  await succeeds("refresh", "--run-program");
  await succeeds("up", "--refresh", "--run-program", "--expect-no-changes");
  expect([sent(), keys()]).toEqual([{}, []]);
});

drawn("an import that a transform asks for, which fails", async () => {
  declareAll(`pulumi.runtime.registerResourceTransform(({ name, props, opts }) =>
  name === "late" ? { props, opts: { ...opts, import: "late" } } : undefined);
new LoginProfile("late", late);`);
  const { code, output } = await onlookers.during("up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(output).toContain("importing failed");
  // What stood in the checkpoint meanwhile, opened.
  const pending = onlookers.artefacts.find(({ text }) => /"pending_operations":.*"importing"/s.test(text));
  const now = stack.checkpoint();
  stack.putCheckpoint(pending?.text ?? "");
  const opened = await stack.pulumi("stack", "export", "--show-secrets");
  stack.putCheckpoint(now);
  expect(JSON.parse(opened.stdout).deployment.pending_operations).toMatchObject([{ type: "importing" }]);
  onlookers.note("checkpoint, opened", opened.stdout);
});

drawn("a create that the engine is killed in, and the run that follows", async () => {
  declareAll('new LoginProfile("late", late);');
  const killed = new Promise<void>((resolve) => {
    stack.onStart = (engine) =>
      iam.refuse(async ({ operation, parameters }) => {
        if (operation !== "CreateLoginProfile" || parameters.UserName !== "late") return undefined;
        const started = await descendants(engine.pid as number);
        for (const pid of [engine.pid as number, ...started.map((child) => child.pid)]) process.kill(pid, "SIGKILL");
        resolve();
        return { status: 500, code: "ServiceFailure", message: "Nobody is there to hear this." };
      });
  });
  expect((await onlookers.during("up", "--yes", "--skip-preview")).code).not.toBe(0);
  await killed;
  stack.onStart = () => {};
  iam.refuse(() => undefined);
  expect(JSON.parse(stack.checkpoint()).checkpoint.latest.pending_operations).toMatchObject([{ type: "creating" }]);
  await stack.pulumi("cancel", "--yes");
  declareAll('new LoginProfile("late", late);');
  await succeeds("up", "--skip-preview");
  // What the killed program left is swept.
  expect(keys()).toEqual([]);
});

test("a destruction that runs the program; and nobody has seen a password", async () => {
  declareAll();
  await succeeds("destroy", "--run-program");
  expect(keys()).toEqual([]);

  const { artefacts } = onlookers;
  const passwords = people.flatMap(({ first, second }) => [first, second]);
  expect(occurrencesIn(artefacts, passwords)).toEqual([]);
  const bytes = artefacts.reduce((sum, { text }) => sum + text.length, 0);
  console.log(
    `Nobody in between, seed ${SEED}: ${passwords.length} passwords searched in ${artefacts.length} artefacts ` +
      `(${Math.round(bytes / 1e6)} MB): 0 occurrences`,
  );
  // Each of them has seen the profiles; of OpenTelemetry's, the calls about them.
  const seeing = artefacts.filter(({ text }) => /person-1|ResourceProvider\/Check/.test(text)).map(({ name }) => name);
  expect(ONLOOKERS.filter((kind) => !seeing.some((name) => name.startsWith(kind)))).toEqual([]);
});
