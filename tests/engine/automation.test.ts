import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { ROOT } from "../support/lab.ts";
import { run } from "../support/processes.ts";
import { Stack } from "../support/stack.ts";

const PASSWORD = "Inline-Secret-01!";

let iam: EmbeddedIam;
beforeAll(async () => {
  iam = await EmbeddedIam.start();
});
afterAll(() => iam.stop());

test("inline programs of the Automation API work, several runs in one process", async () => {
  await iam.awsCli("iam", "create-user", "--user-name", "inline");
  const stack = await Stack.create(iam.environment);
  iam.takeCalls();
  const { code, stdout, stderr } = await run(
    "node",
    [join(ROOT, "tests", "support", "inline-program.ts"), stack.folder, "inline"],
    { cwd: stack.folder, env: { ...stack.environment, PASSWORD } },
  );
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([
    { create: 2 },
    { create: 2 },
    1,
    { same: 2 },
    { same: 1, update: 1 },
    2,
    { delete: 2 },
  ]);
  expect(iam.takeProfileCalls().map(({ operation }) => operation)).toEqual([
    "CreateLoginProfile",
    "UpdateLoginProfile",
    "DeleteLoginProfile",
  ]);
  expect(stack.filesWith(PASSWORD)).toEqual([]);
  stack.remove();
});
