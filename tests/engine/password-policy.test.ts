import { createServer, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "@jest/globals";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { freePort } from "../support/processes.ts";
import { Stack } from "../support/stack.ts";

const WEAK = "weak-password";
const STRONG = "Strong-Password-01!";
/** How long an answer is waited for where nothing else is set. */
const READ_TIMEOUT_MS = 60_000;

const test = drawnTest(0.5);

let iam: EmbeddedIam;
let stack: Stack;
/** Accepts connections and never says a word. */
let silent: Server;

beforeAll(async () => {
  silent = createServer().listen(0, "127.0.0.1");
  iam = await EmbeddedIam.start();
  for (const name of ["alice", "bob"]) await iam.awsCli("iam", "create-user", "--user-name", name);
});

afterAll(() => {
  silent.close();
  return iam.stop();
});

function silentPort(): number {
  const address = silent.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

beforeEach(async () => {
  stack = await Stack.create(iam.environment);
  stack.program(`
new LoginProfile("alice", { userName: "alice", password: process.env.PASSWORD, passwordResetRequired: true });
new LoginProfile("bob", { userName: "bob", password: process.env.PASSWORD, passwordResetRequired: true });
`);
  iam.takeCalls();
});

afterEach(async () => {
  await stack.destroy();
  expect([WEAK, STRONG].flatMap((password) => stack.occurrences(password))).toEqual([]);
  stack.remove();
});

const policyReads = () => iam.takeCalls().filter(({ operation }) => operation === "GetAccountPasswordPolicy").length;

describe("a policy that asks for much", () => {
  beforeAll(() =>
    iam.awsCli(
      ...["iam", "update-account-password-policy", "--minimum-password-length", "14", "--require-symbols"],
      ...["--require-numbers", "--require-uppercase-characters", "--require-lowercase-characters"],
    ),
  );
  afterAll(() => iam.awsCli("iam", "delete-account-password-policy"));

  test("fails the preview of a weak password and names each broken rule, in one call", async () => {
    const { code, output } = await stack.preview({ PASSWORD: WEAK });
    expect(code).not.toBe(0);
    expect(output).toContain(
      "has a problem: password breaks the account's password policy, which asks for at least 14 characters, " +
        "a digit (0 to 9), an upper-case letter (A to Z). Choose another password.",
    );
    expect(policyReads()).toBe(1);
  });

  test("lets a strong password pass, and warns once that users may not change theirs", async () => {
    const { code, output } = await stack.preview({ PASSWORD: STRONG });
    expect(code).toBe(0);
    expect(output.match(/warning: passwordResetRequired is set for IAM user/g)).toHaveLength(1);
    expect(output).toContain("iam:ChangePassword");
  });

  test("is not read for a password that did not change", async () => {
    await stack.up({ PASSWORD: STRONG });
    iam.takeCalls();
    expect(await stack.up("--expect-no-changes", { PASSWORD: STRONG })).toMatchObject({ code: 0 });
    expect(policyReads()).toBe(0);
  });

  test("is not read when aws-login-profile:policyCheck is false", async () => {
    await stack.pulumi("config", "set", "aws-login-profile:policyCheck", "false");
    expect(await stack.preview({ PASSWORD: WEAK })).toMatchObject({ code: 0 });
    expect(policyReads()).toBe(0);
  });

  test("explains a password that IAM refuses", async () => {
    await stack.pulumi("config", "set", "aws-login-profile:policyCheck", "false");
    iam.refuse(({ operation }) =>
      operation === "CreateLoginProfile"
        ? {
            status: 400,
            code: "PasswordPolicyViolation",
            message: "Password should have at least one uppercase letter",
          }
        : undefined,
    );
    const { code, output } = await stack.up({ PASSWORD: WEAK });
    iam.refuse(() => undefined);
    expect(code).not.toBe(0);
    expect(output).toContain("PasswordPolicyViolation: Password should have at least one uppercase letter.");
    expect(output).toContain(
      "The account's policy asks for at least 14 characters, a digit (0 to 9), an upper-case letter",
    );
  });
});

describe("an account without a policy of its own", () => {
  test("has AWS's default rules, which fail the preview of a weak password, in one call", async () => {
    const { code, output } = await stack.preview({ PASSWORD: WEAK });
    expect(code).not.toBe(0);
    expect(output).toContain(
      "password breaks the account's password policy, which asks for 3 of the four kinds of characters: " +
        "upper-case letters, lower-case letters, digits, symbols",
    );
    expect(policyReads()).toBe(1);
  });

  test("lets a strong password pass, and warns once that users may not change theirs", async () => {
    const { code, output } = await stack.preview({ PASSWORD: STRONG });
    expect(code).toBe(0);
    expect(output.match(/warning: passwordResetRequired is set for IAM user/g)).toHaveLength(1);
    expect(policyReads()).toBe(1);
  });
});

describe("no policy to be had", () => {
  test("because it may not be read: the server decides", async () => {
    iam.refuse(({ operation }) =>
      operation === "GetAccountPasswordPolicy"
        ? {
            status: 403,
            code: "AccessDenied",
            message: "User is not authorized to perform: iam:GetAccountPasswordPolicy",
          }
        : undefined,
    );
    const outcome = await stack.up({ PASSWORD: WEAK });
    iam.refuse(() => undefined);
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.output).not.toMatch(/GetAccountPasswordPolicy|warning/);
  });

  test.each([
    ["nobody listens", async () => ({ AWS_ENDPOINT_URL: `http://127.0.0.1:${await freePort()}` })],
    ["there are no credentials", async () => ({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" })],
    ["nobody answers", async () => ({ AWS_ENDPOINT_URL: `http://127.0.0.1:${silentPort()}` })],
  ])("because %s: the preview succeeds, and waits two seconds at most", async (_, environment) => {
    const started = Date.now();
    expect(await stack.preview({ PASSWORD: WEAK }, await environment())).toMatchObject({ code: 0 });
    // The two seconds are held to in the lifecycle's unit tests; without them it would be the minutes of the SDK.
    expect(Date.now() - started).toBeLessThan(READ_TIMEOUT_MS);
  });
});
