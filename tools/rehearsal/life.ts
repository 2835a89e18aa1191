/** What is seen of a profile that a stranger's program declares, up to its end. */
import assert from "node:assert/strict";
import type { InlineProgram, Step } from "../../tests/support/languages.ts";
import type { Stack } from "../../tests/support/stack.ts";
import type { Rehearsal } from "./rehearsal.ts";
import type { Stranger } from "./stranger.ts";

export const PASSWORD = "Rehearsed-Secret-01!";

/** A profile that is there does not change, and goes with its stack. */
export async function expectLife(rehearsal: Rehearsal, stack: Stack, user: string): Promise<void> {
  const { iam } = rehearsal;
  const { LoginProfile: live } = await iam.awsCli("iam", "get-login-profile", "--user-name", user);
  assert.equal(live.PasswordResetRequired, true);
  await expectNothing(rehearsal, stack);
  await succeeds(stack.destroy());
  await assert.rejects(iam.awsCli("iam", "get-login-profile", "--user-name", user), /NoSuchEntity/);
  assert.deepEqual(stack.occurrences(PASSWORD), []);
}

/** The same as expectLife, of a program that takes its steps one by one. */
export async function expectLifeBySteps({ iam }: Rehearsal, program: InlineProgram, userName: string): Promise<void> {
  const up: Step = { command: "up", profiles: [{ userName, password: PASSWORD, passwordResetRequired: true }] };
  const created = await program.carryOut(up);
  assert.deepEqual([created.error, created.changes], [undefined, { create: 2 }]);
  const { LoginProfile: live } = await iam.awsCli("iam", "get-login-profile", "--user-name", userName);
  assert.equal(live.PasswordResetRequired, true);
  iam.takeCalls();
  assert.deepEqual((await program.carryOut(up)).changes, { same: 2 });
  assert.deepEqual(iam.takeProfileCalls(), []);
  assert.equal((await program.carryOut({ command: "destroy" })).error, undefined);
  await assert.rejects(iam.awsCli("iam", "get-login-profile", "--user-name", userName), /NoSuchEntity/);
}

export async function expectNothing({ iam }: Rehearsal, stack: Stack): Promise<void> {
  iam.takeCalls();
  await succeeds(stack.up("--expect-no-changes"));
  assert.deepEqual(iam.takeProfileCalls(), []);
}

/** Deploys a program that declares one console user; tells the user's name. */
export async function onlyUserOf({ iam }: Rehearsal, stack: Stack): Promise<string> {
  iam.takeCalls();
  await succeeds(stack.up());
  const [created, ...others] = iam.takeProfileCalls();
  assert.deepEqual([created?.operation, created?.parameters.Password, others], ["CreateLoginProfile", PASSWORD, []]);
  return created?.parameters.UserName ?? "";
}

export async function configured(person: Stranger, folder: string): Promise<Stack> {
  const stack = await person.stack(folder);
  await succeeds(stack.setSecret("password", PASSWORD));
  return stack;
}

export async function succeeds(
  running: Promise<{ code: number | null; output: string; stdout: string }>,
): Promise<string> {
  const { code, output, stdout } = await running;
  if (code !== 0) throw new Error(output);
  return stdout;
}
