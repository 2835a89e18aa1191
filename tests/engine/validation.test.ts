import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { Stack } from "../support/stack.ts";

const PASSWORD = "Mistaken-Secret-01!";

let iam: EmbeddedIam;
let stack: Stack;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
});
afterAll(() => iam.stop());
beforeEach(async () => {
  stack = await Stack.create(iam.environment);
});
afterEach(() => {
  expect(stack.occurrences(PASSWORD)).toEqual([]);
  stack.remove();
});

test("every mistake of a resource is reported in one preview, under its property, and nothing is called", async () => {
  stack.program(`
new LoginProfile("profile", { userName: "bo b", password: process.env.PASSWORD + "\\u20ac", adoptExisting: "no", tag: 1 });
`);
  const { code, output } = await stack.preview({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain("property userName value {bo b} has a problem: userName must not contain");
  expect(output).toContain("property adoptExisting value {no} has a problem: adoptExisting must be true or false");
  expect(output).toContain("has a problem: password must not contain the character at position 20 (U+20AC).");
  expect(output).toContain("has a problem: tag is not an argument of LoginProfile.");
  expect(iam.takeCalls()).toEqual([]);
});

test("a password under a misspelt name is named, and its value shown nowhere", async () => {
  stack.program('new LoginProfile("profile", { userName: "alice", passwrod: process.env.PASSWORD });');
  const { code, output } = await stack.preview({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain("passwrod is not an argument of LoginProfile. Did you mean password?");
  expect(output).toContain("password is needed to create a login profile");
});

test("a password of the wrong type is rejected without showing it", async () => {
  stack.program('new LoginProfile("profile", { userName: "alice", password: [process.env.PASSWORD] });');
  const { code, output } = await stack.preview({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain("password must be a string, not an array.");
});

test("a setting that decides the account and is not supported is refused, not passed over", async () => {
  await iam.awsCli("iam", "create-user", "--user-name", "alice");
  await stack.pulumi("config", "set", "--path", "aws:assumeRoles[0].roleArn", "arn:aws:iam::111111111111:role/other");
  stack.program('new LoginProfile("profile", { userName: "alice", password: process.env.PASSWORD });');
  const { code, output } = await stack.up({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain("The stack's configuration sets aws:assumeRoles, which pulumi-aws-login-profile does not");
  expect(iam.takeCalls()).toEqual([]);
});
