import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { drawnOne } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { ROOT } from "../support/lab.ts";
import { command, folderOutside, install, type Manager, PROVIDER_TEXT, pack } from "../support/packed.ts";
import { Stack, type StoredResource } from "../support/stack.ts";

const NAME = "pulumi-aws-login-profile";
/** Later than any real one, so that the test holds for each release to come. */
const LATER = "99.0.0";
const PASSWORD = "Upgraded-Secret-01!";

let iam: EmbeddedIam;
let folder: string;
let current: string;
let later: string;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  folder = folderOutside();
  current = await pack(folder);
  later = await pack(folder, LATER);
  await install("npm", join(folder, "npm"), current);
  // For the stack that stays with it: a copy, which takes a fraction of a second where npm takes ten.
  await command("cp", ["-a", "npm", "state"], folder);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await iam.stop();
});

/** A stack in a folder of its own within the program's, so that several use the same installed package. */
function stackIn(program: string, name: string, environment: NodeJS.ProcessEnv = {}): Promise<Stack> {
  const own = join(program, name);
  mkdirSync(own);
  writeFileSync(join(own, "package.json"), '{ "main": "index.js" }');
  return Stack.createIn(own, { ...iam.environment, ...environment });
}

function operations(): string[] {
  return iam.takeProfileCalls().map(({ operation }) => operation);
}

function installedManifest(program: string): Record<string, any> {
  return JSON.parse(readFileSync(join(program, "node_modules", NAME, "package.json"), "utf8"));
}

const managers = drawnOne<Manager>(["npm", "pnpm"], () => []);

describe.each(managers)("a stack of one release, with a later one installed by %s", (manager) => {
  let program: string;
  let kept: Stack;
  let emptied: Stack;

  beforeAll(async () => {
    program = join(folder, manager);
    if (!existsSync(program)) await install(manager, program, current);
    expect(installedManifest(program).version).not.toBe(LATER);
    kept = await createdStack("kept");
    emptied = await createdStack("emptied");
    await install(manager, program, later);
    expect(installedManifest(program).version).toBe(LATER);
  });

  async function createdStack(name: string): Promise<Stack> {
    const user = `${manager}-${name}`;
    await iam.awsCli("iam", "create-user", "--user-name", user);
    const stack = await stackIn(program, name, { USER_NAME: user });
    stack.program('new LoginProfile("profile", { userName: process.env.USER_NAME, password: process.env.PASSWORD });');
    expect(await stack.up({ PASSWORD })).toMatchObject({ code: 0 });
    return stack;
  }

  test("the text in the state leads to a provider with all its methods", async () => {
    expect(kept.loginProfiles()[0]?.outputs?.__provider).toBe(PROVIDER_TEXT);
    expect(installedManifest(program).exports).toHaveProperty(["./provider"]);
    writeFileSync(join(program, "text.cjs"), PROVIDER_TEXT);
    const types =
      "Object.fromEntries(Object.entries(require('./text.cjs').handler()).map(([name, value]) => [name, typeof value]))";
    const printed = await command("node", ["--print", `JSON.stringify(${types})`], program);
    expect(JSON.parse(printed)).toMatchObject({
      check: "function",
      diff: "function",
      create: "function",
      read: "function",
      update: "function",
      delete: "function",
    });
  });

  test("a preview finds nothing to change, without a call to IAM", async () => {
    iam.takeCalls();
    expect(await kept.preview("--expect-no-changes", { PASSWORD })).toMatchObject({ code: 0 });
    expect(iam.takeProfileCalls()).toEqual([]);
  });

  test("another password updates the profile in place, with the later release's code", async () => {
    iam.takeCalls();
    expect(await kept.up({ PASSWORD: `${PASSWORD}2` })).toMatchObject({ code: 0 });
    const calls = iam.takeProfileCalls();
    expect(calls).toMatchObject([
      { operation: "UpdateLoginProfile", userAgent: expect.stringContaining(`${NAME}/${LATER}`) },
    ]);
    expect(kept.loginProfiles()[0]?.outputs).toMatchObject({ __provider: PROVIDER_TEXT, passwordVersion: 2 });
  });

  test("a refresh keeps what stands for the password", async () => {
    const before = decrypted(await kept.pulumi("stack", "export", "--show-secrets"));
    iam.takeCalls();
    expect(await kept.refresh()).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["GetLoginProfile"]);
    expect(before.passwordVersion).toBeGreaterThan(0);
    expect(decrypted(await kept.pulumi("stack", "export", "--show-secrets"))).toEqual(before);
  });

  test("destroy deletes the profile", async () => {
    iam.takeCalls();
    expect(await kept.destroy()).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["DeleteLoginProfile"]);
    expect(kept.loginProfiles()).toEqual([]);
  });

  test("a program that declares nothing any more deletes the profile", async () => {
    writeFileSync(join(emptied.folder, "index.js"), "");
    iam.takeCalls();
    expect(await emptied.up()).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["DeleteLoginProfile"]);
    expect(emptied.loginProfiles()).toEqual([]);
  });
});

/** What an export tells of the profile's password, in plain text: the same hash is encrypted anew each time. */
function decrypted({ stdout }: { stdout: string }): Record<string, any> {
  const resources: StoredResource[] = JSON.parse(stdout).deployment.resources;
  const { passwordHash, passwordVersion } = resources.find(({ type }) => type.endsWith(":LoginProfile"))?.outputs ?? {};
  expect(passwordHash.plaintext).toMatch(/^"\$scrypt\$/);
  return { passwordHash: passwordHash.plaintext, passwordVersion };
}

describe("state that release 0.1.0 wrote", () => {
  /**
   * `pulumi stack export` of the program below, run with release 0.1.0. It stands for the states
   * in users' hands: when a change fails here, it is the change that needs mending, not the file.
   */
  const STATE = join(ROOT, "tests", "packaging", "state-0.1.0.json");
  const PROGRAM = `
    new LoginProfile("declared", {
      userName: "state-declared",
      password: process.env.PASSWORD,
      passwordResetRequired: true,
    });
    new LoginProfile("adopted", {
      userName: "state-adopted",
      password: process.env.ADOPTED_PASSWORD,
      adoptExisting: true,
    });
  `;
  let stack: Stack;

  beforeAll(async () => {
    for (const user of ["state-declared", "state-adopted"]) {
      await iam.awsCli("iam", "create-user", "--user-name", user);
      await iam.awsCli("iam", "create-login-profile", "--user-name", user, "--password", PASSWORD);
    }
    stack = await stackIn(join(folder, "state"), "imported");
    stack.program(PROGRAM);
    expect(await stack.pulumi("stack", "import", "--file", STATE)).toMatchObject({ code: 0 });
  });

  test("names the provider by the text that every release answers to, and holds no password", () => {
    const profiles = stack.loginProfiles();
    expect(profiles.map(({ inputs, outputs }) => [inputs?.__provider, outputs?.__provider])).toEqual([
      [PROVIDER_TEXT, PROVIDER_TEXT],
      [PROVIDER_TEXT, PROVIDER_TEXT],
    ]);
    expect(readFileSync(STATE, "utf8")).not.toContain(PASSWORD);
  });

  test("is previewed with the same passwords without a change and without a call to IAM", async () => {
    iam.takeCalls();
    expect(await stack.preview("--expect-no-changes", { PASSWORD })).toMatchObject({ code: 0 });
    expect(iam.takeProfileCalls()).toEqual([]);
  });

  test("is updated in place with other passwords", async () => {
    const passwords = { PASSWORD: `${PASSWORD}2`, ADOPTED_PASSWORD: `${PASSWORD}3` };
    iam.takeCalls();
    expect(await stack.up(passwords)).toMatchObject({ code: 0 });
    const updates = iam.takeProfileCalls().map(({ operation, parameters }) => [operation, parameters.UserName]);
    expect(updates.sort()).toEqual([
      ["UpdateLoginProfile", "state-adopted"],
      ["UpdateLoginProfile", "state-declared"],
    ]);
    const versions = stack.loginProfiles().map(({ id, outputs }) => [id, outputs?.passwordVersion]);
    expect(Object.fromEntries(versions)).toEqual({ "state-declared": 2, "state-adopted": 1 });
    expect(await stack.preview("--expect-no-changes", passwords)).toMatchObject({ code: 0 });
  });

  test("is refreshed and destroyed", async () => {
    iam.takeCalls();
    expect(await stack.refresh()).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["GetLoginProfile", "GetLoginProfile"]);
    expect(await stack.destroy()).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["DeleteLoginProfile", "DeleteLoginProfile"]);
    expect(stack.loginProfiles()).toEqual([]);
  });
});
