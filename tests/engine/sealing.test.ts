/** How the key of sealed passwords comes from the program to the provider, in the ways that programs are run. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { ROOT } from "../support/lab.ts";
import { run } from "../support/processes.ts";
import { Stack } from "../support/stack.ts";

const PASSWORD = "Sealed-Secret-01!";

let iam: EmbeddedIam;
let stack: Stack;
beforeAll(async () => {
  iam = await EmbeddedIam.start();
  await iam.createUsers(["alice", "one", "one-2", "two", "two-2", "three", "three-2"]);
});
afterAll(() => iam.stop());
afterEach(() => stack.remove());

/** What IAM was sent, by user. */
function sent(): unknown[] {
  const calls = iam.takeCalls().filter(({ parameters }) => parameters.Password !== undefined);
  return calls.map(({ parameters }) => [parameters.UserName, parameters.Password]).sort();
}

test("several stacks at once in one process have a key each, which goes with its run, also with one that fails", async () => {
  stack = await Stack.create(iam.environment);
  const temporary = join(stack.folder, "tmp");
  mkdirSync(temporary);
  const place = join(temporary, `pulumi-aws-login-profile-${process.getuid?.()}`);
  const program = join(ROOT, "tests", "support", "inline-stacks.ts");
  const { PULUMI_STACK: _, ...environment } = stack.environment;
  const { code, stdout, stderr } = await run("node", [program, stack.folder, place, "one", "two", "three"], {
    cwd: stack.folder,
    env: { ...environment, TMPDIR: temporary },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({
    changes: [{ create: 3 }, { create: 3 }, { create: 3 }],
    seen: true,
    afterAll: [],
    failed: true,
    afterFailure: [],
  });
  const users = ["one", "two", "three"];
  const expected = users.flatMap((user, index) => [user, `${user}-2`].map((name) => [name, `Inline-Secret-${index}!`]));
  expect(sent()).toEqual(expected.sort());
});

/** Declares Alice's profile, after some more source text. */
function declareAlice(before = "", options = "{}"): void {
  stack.program(`${before}
new LoginProfile("alice", { userName: "alice", password: process.env.PASSWORD, adoptExisting: true }, ${options});`);
}

test("neither temporary folder nor home need be writable, nor the same for program and provider", async () => {
  stack = await Stack.create(iam.environment);
  declareAlice('process.env.TMPDIR = process.env.HOME = "/dev/null";');
  const elsewhere = { PASSWORD, TMPDIR: join(stack.folder, "not-there"), HOME: "/dev/null" };
  expect(await stack.up(elsewhere)).toMatchObject({ code: 0 });
  expect(sent()).toEqual([["alice", PASSWORD]]);
  expect(await stack.destroy()).toMatchObject({ code: 0 });
});

test("where nothing can be written, the preview fails, and says what to do", async () => {
  stack = await Stack.create(iam.environment);
  declareAlice(`require("node:fs").mkdirSync = () => {
  throw Object.assign(new Error("EROFS"), { code: "EROFS", syscall: "mkdir" });
};`);
  const { code, output } = await stack.preview({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain('error: LoginProfile "alice": a folder is needed that only you can read');
  expect(output).toContain("it cannot be written (EROFS)");
  expect(output).toContain("Make one of them writable, or set TMPDIR to a folder of your own.");
  expect(output).not.toMatch(/^\s+at /m);
});

test("what a log shows of a run is no password for another, nor is it ever set as one", async () => {
  stack = await Stack.create(iam.environment);
  const log = join(stack.folder, "grpc.json");
  declareAlice();
  expect(await stack.preview({ PASSWORD, PULUMI_DEBUG_GRPC: log })).toMatchObject({ code: 0 });
  const [copied] = /\u{1F512}sealed:[\w.-]+/u.exec(readFileSync(log, "utf8")) ?? [];
  expect(copied).toBeDefined();
  writeFileSync(join(stack.folder, "copied"), copied ?? "");
  iam.takeCalls();
  const replaced =
    '{ props: { ...props, password: pulumi.secret(require("node:fs").readFileSync("copied", "utf8")) }, opts }';
  declareAlice("", `{ transforms: [({ props, opts }) => (${replaced})] }`);
  const { code, output } = await stack.up({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain("password is sealed, and the key of the run that sealed it is not there.");
  expect(output).not.toContain(copied);
  expect(sent()).toEqual([]);

  const plain = '{ props: { ...props, password: "Set-By-Transform-01!" }, opts }';
  declareAlice("", `{ transforms: [({ props, opts }) => (${plain})] }`);
  expect(await stack.up({ PASSWORD })).toMatchObject({ code: 0 });
  expect(sent()).toEqual([["alice", "Set-By-Transform-01!"]]);
  expect(await stack.destroy()).toMatchObject({ code: 0 });
});

test("a profile that a stack exports as a whole keeps its password out of the state", async () => {
  stack = await Stack.create(iam.environment);
  declareAlice("exports.alice =");
  expect(await stack.up({ PASSWORD })).toMatchObject({ code: 0 });
  const shown = await stack.pulumi("stack", "export", "--show-secrets");
  expect(shown.output).toContain('"passwordHash"');
  expect(shown.output).not.toMatch(new RegExp(`${PASSWORD}|sealed:`));
  expect(await stack.up("--expect-no-changes", { PASSWORD })).toMatchObject({ code: 0 });
  expect(await stack.destroy()).toMatchObject({ code: 0 });
});
