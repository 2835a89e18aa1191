/** What is there already, brought into a stack of the bootstrap program: from the account, and from a stack of @pulumi/aws. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { drawnOne } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { ROOT } from "../support/lab.ts";
import { PagingProxy } from "../support/paging-proxy.ts";
import { Plugins } from "../support/plugins.ts";
import { type Finished, run } from "../support/processes.ts";
import { Stack } from "../support/stack.ts";

const COMMAND = join(ROOT, "provider", "dist", "cli.js");
const THEIRS = "Chosen-Before-Us-01!";

let iam: EmbeddedIam;
let pages: PagingProxy;
let plugins: Plugins;
let stack: Stack | undefined;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  pages = await PagingProxy.start(iam.address, 100);
  iam.forwardTo(pages.url);
  plugins = await Plugins.start(iam.unrecordedEnvironment);
});

afterAll(async () => {
  await plugins.stop();
  await pages.close();
  await iam.stop();
});

afterEach(() => stack?.remove());

async function bootstrap(): Promise<Stack> {
  stack = await Stack.create({ ...iam.environment, ...plugins.environment }, ".");
  return stack;
}

/** Runs our command in the folder of a stack. */
async function command(where: Stack, args: string[], input = ""): Promise<Finished> {
  const ended = await run("node", [COMMAND, ...args], { cwd: where.folder, env: where.environment, input });
  expect(ended).toMatchObject({ code: 0 });
  return ended;
}

async function succeeds<T extends { code: number | null }>(running: Promise<T>): Promise<T> {
  const outcome = await running;
  expect(outcome).toMatchObject({ code: 0 });
  return outcome;
}

/** How often each operation was called since the last time this was asked. */
function counts(): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { operation } of iam.takeCalls()) counted[operation] = (counted[operation] ?? 0) + 1;
  return counted;
}

/** Users with login profiles of their own choice; the first one has still to obey a reset. */
async function peopleThere(names: string[]): Promise<Map<string, boolean>> {
  await iam.createUsers(names);
  for (const name of names) await iam.createLoginProfile(name, THEIRS);
  await iam.awsCli("iam", "update-login-profile", "--user-name", names[0] ?? "", "--password-reset-required");
  return iam.loginProfilesOf(names);
}

test.each(drawnOne([5], () => [300]))(
  "%i discovered users are adopted in one run, which reads each profile once and changes nothing",
  async (count) => {
    const names = Array.from({ length: count }, (_, index) => `found-${count}-${index}`);
    const before = await peopleThere(names);
    await iam.createUsers([`without-${count}`]);
    const adopting = await bootstrap();
    iam.takeCalls();

    const started = performance.now();
    const { stderr } = await command(adopting, ["discover", "--output", "users.yaml", "--force"]);
    const discovered = performance.now();
    const { ListUsers: listed, GetLoginProfile: read, ...others } = counts();
    expect(others).toEqual({});
    expect(stderr).toMatch(/with a console password, \d+ without\.\nWritten to users\.yaml\.\n$/);
    await command(adopting, ["check", "--strict", "users.yaml"]);
    const entries = readFileSync(join(adopting.folder, "users.yaml"), "utf8");
    expect(entries).not.toContain(`without-${count}`);
    const users = entries.match(/^ {2}- name: /gm)?.length ?? 0;

    const checked = performance.now();
    const { output } = await succeeds(adopting.up());
    const adopted = performance.now();
    const calls = iam.takeCalls();
    expect(output).toContain(`Adopted the existing login profile of IAM user "${names[0]}".`);
    expect(
      calls.filter(({ operation }) => operation !== "GetCallerIdentity").map(({ operation }) => operation),
    ).toEqual(Array(users).fill("GetLoginProfile"));
    expect(JSON.stringify(calls.map(({ parameters }) => parameters))).not.toContain("Password");
    expect(await iam.loginProfilesOf(names)).toEqual(before);
    for (const name of names.slice(0, 2)) {
      const { AttachedPolicies } = await iam.awsCli("iam", "list-attached-user-policies", "--user-name", name);
      expect(AttachedPolicies).toEqual([]);
    }
    const [held, ...besides] = adopting.resources().filter(({ type }) => /:LoginProfiles?$/.test(type));
    expect(besides).toEqual([]);
    expect(Object.keys(held?.outputs?.profiles)).toHaveLength(users);

    await succeeds(adopting.up("--expect-no-changes"));
    expect(counts().GetLoginProfile).toBeUndefined();
    const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
    console.log(
      `${users} users: discover ${seconds(started, discovered)} (ListUsers ${listed}, GetLoginProfile ${read}), ` +
        `up ${seconds(checked, adopted)} (GetLoginProfile ${users})`,
    );
  },
);

test("what a stack of @pulumi/aws holds is forgotten by the commands that are printed, and adopted", async () => {
  const names = ["theirs-1", "Theirs.2@example.com"];
  const before = await peopleThere(names);
  const moving = await bootstrap();
  await succeeds(moving.pulumi("stack", "import", "--file", exportWith(moving, names)));
  const exported = await succeeds(moving.pulumi("stack", "export"));

  const { stdout: script, stderr } = await command(
    moving,
    ["from-terraform", "-", "--output", "users.yaml", "--force"],
    exported.stdout,
  );
  expect(stderr).toBe("<stdin>: 2 login profiles of Pulumi.\n2 users written to users.yaml.\n");
  await succeeds(run("sh", ["-e"], { cwd: moving.folder, env: moving.environment, input: script }));
  expect(moving.resources().filter(({ type }) => type.endsWith("UserLoginProfile"))).toEqual([]);

  iam.takeCalls();
  await succeeds(moving.up());
  const { GetCallerIdentity: _, ...called } = counts();
  expect(called).toEqual({ GetLoginProfile: names.length });
  expect(await iam.loginProfilesOf(names)).toEqual(before);
});

/** The path of a stack's state, in which each user has a login profile of @pulumi/aws; one of them is protected. */
function exportWith(of: Stack, names: string[]): string {
  const project = "urn:pulumi:dev::console-users::";
  const type = "aws:iam/userLoginProfile:UserLoginProfile";
  const provider = `${project}pulumi:providers:aws::default_7_48_0`;
  const root = `${project}pulumi:pulumi:Stack::console-users-dev`;
  const profiles = names.map((user, index) => ({
    urn: `${project}${type}::o'neil's $profile "${index}"`,
    custom: true,
    id: user,
    type,
    parent: root,
    provider: `${provider}::0b0d5a2a-0000-4000-8000-000000000000`,
    inputs: { user, passwordLength: 20 },
    outputs: { id: user, user, passwordLength: 20, passwordResetRequired: false },
    ...(index === 0 ? { protect: true } : {}),
  }));
  const resources = [
    { urn: root, custom: false, type: "pulumi:pulumi:Stack" },
    {
      urn: provider,
      custom: true,
      id: "0b0d5a2a-0000-4000-8000-000000000000",
      type: "pulumi:providers:aws",
      inputs: {},
      outputs: {},
    },
    ...profiles,
  ];
  const path = join(of.folder, "theirs.json");
  writeFileSync(path, JSON.stringify({ version: 3, deployment: { manifest: MANIFEST, resources } }));
  return path;
}

const MANIFEST = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
