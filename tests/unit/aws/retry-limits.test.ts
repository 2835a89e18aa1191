/** How often a call is made where it fails: told by the requests that arrive. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { Accounts } from "../../../provider/src/aws/accounts.ts";
import { retryLimits } from "../../../provider/src/aws/retry-limits.ts";
import { stackSettings } from "../../../provider/src/aws/settings.ts";
import { awsError, LocalAws } from "../../support/local-aws.ts";

let aws: LocalAws;
let home: string;
const usual = { ...process.env };

beforeAll(async () => {
  aws = await LocalAws.start();
});
afterAll(() => aws.close());

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "home-"));
  mkdirSync(join(home, ".aws"));
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  const keys = { AWS_ACCESS_KEY_ID: "KEY", AWS_SECRET_ACCESS_KEY: "s" };
  Object.assign(process.env, { HOME: home, AWS_ENDPOINT_URL: aws.url, ...keys });
  aws.decide = () => awsError(503, "ServiceUnavailable", "Not now");
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
  for (const name of Object.keys(process.env)) if (!(name in usual)) delete process.env[name];
  Object.assign(process.env, usual);
});

async function attemptsOf(settings: Record<string, string> = {}): Promise<number> {
  const read = (key: string) => ({ "aws-login-profile:retryTimeout": "3", ...settings })[key];
  const account = new Accounts(stackSettings(read), () => {}).reach(undefined);
  await expect(account.profiles.get("alice")).rejects.toThrow("given up after");
  return aws.take().length;
}

const config = (text: string) => writeFileSync(join(home, ".aws", "config"), text);

test("the settings come first, then the environment, then the profile that is named, keys or not", async () => {
  config("[default]\nmax_attempts = 5\n[profile lab]\nmax_attempts = 2\n");
  expect(await attemptsOf()).toBe(5);
  process.env.AWS_PROFILE = "lab";
  expect(await attemptsOf()).toBe(2);
  expect(await attemptsOf({ "aws:maxRetries": "0" })).toBe(2);
  process.env.AWS_MAX_ATTEMPTS = "3";
  expect(await attemptsOf()).toBe(3);
  expect(await attemptsOf({ "aws:maxRetries": "1" })).toBe(1);
});

test("calls to STS keep within them too", async () => {
  process.env.AWS_MAX_ATTEMPTS = "2";
  expect(await attemptsOf({ "aws:assumeRoles": '[{"roleArn":"arn:aws:iam::123456789012:role/r"}]' })).toBe(2);
});

describe("the mode of retries", () => {
  const adaptive = (settings: object, variable: string | undefined, key?: string) => {
    if (variable !== undefined) process.env.AWS_RETRY_MODE = variable;
    return retryLimits({ timeout: 1, ...settings }, { profile: key === undefined ? {} : { retry_mode: key } }).adaptive;
  };

  test.each<[settings: object, variable: string | undefined, key: string | undefined, expected: boolean]>([
    [{}, undefined, undefined, true],
    [{}, undefined, "legacy", false],
    [{}, "adaptive", "standard", true],
    [{}, "legacy", "adaptive", false],
    [{ adaptive: true }, "standard", "standard", true],
    [{ adaptive: false }, "adaptive", undefined, false],
  ])("of settings %j, AWS_RETRY_MODE %p and profile %p adapts the rate: %p", (settings, variable, key, expected) => {
    expect(adaptive(settings, variable, key)).toBe(expected);
  });

  test.each([
    ["wild", undefined, 'The environment variable AWS_RETRY_MODE must be legacy, standard, adaptive, not "wild"'],
    [undefined, "wild", 'The setting retry_mode of the AWS profile "default" must be legacy'],
  ])("is an error where it is none: %p, %p", (variable, key, message) => {
    expect(() => adaptive({}, variable, key)).toThrow(message);
  });
});

test.each(["0", "many", "1.5"])("AWS_MAX_ATTEMPTS %s is an error, as for the AWS CLI", (value) => {
  process.env.AWS_MAX_ATTEMPTS = value;
  expect(() => retryLimits({ timeout: 1 }, { profile: {} })).toThrow(
    `The environment variable AWS_MAX_ATTEMPTS must be a whole number, 1 or more, not "${value}"`,
  );
});
