import { expect, test } from "@jest/globals";
import { debug, flag, hashCost, policyCheck, retrySettings, seconds } from "../../../provider/src/aws/settings.ts";
import { DEFAULT_COST } from "../../../provider/src/passwords/hash.ts";

const settings = (values: Record<string, string>) => (key: string) => values[key];

test("what is not set has its default", () => {
  const none = settings({});
  expect([hashCost(none), policyCheck(none), debug(none)]).toEqual([DEFAULT_COST, true, false]);
  expect(retrySettings(none)).toEqual({ timeout: 120_000 });
});

test("retries are limited as @pulumi/aws words it", () => {
  const values = { "aws-login-profile:retryTimeout": "2.5", "aws:maxRetries": "3", "aws:retryMode": "standard" };
  expect(retrySettings(settings(values))).toEqual({ timeout: 2500, attempts: 3, adaptive: false });
});

test("aws:maxRetries 0 is as if it were not set, as for @pulumi/aws", () => {
  expect(retrySettings(settings({ "aws:maxRetries": "0" }))).toEqual({ timeout: 120_000 });
});

test.each([
  [retrySettings, "aws-login-profile:retryTimeout", "soon", "a number of seconds, 0 or more"],
  [retrySettings, "aws-login-profile:retryTimeout", "-1", "a number of seconds, 0 or more"],
  [retrySettings, "aws-login-profile:retryTimeout", "", "a number of seconds, 0 or more"],
  [retrySettings, "aws:maxRetries", "many", "a whole number, not"],
  [retrySettings, "aws:maxRetries", "-1", "a whole number, not"],
  [retrySettings, "aws:retryMode", "legacy", "adaptive or standard"],
  [hashCost, "aws-login-profile:hashCost", "1.5", "a whole number from 1 to 20"],
  [hashCost, "aws-login-profile:hashCost", "0", "a whole number from 1 to 20"],
  [hashCost, "aws-login-profile:hashCost", "21", "a whole number from 1 to 20"],
  [policyCheck, "aws-login-profile:policyCheck", "no", "true or false"],
  [debug, "aws-login-profile:debug", "1", "true or false"],
])("%p: %s set to %j is an error that says what it must be", (read, key, value, what) => {
  expect(() => read(settings({ [key]: value }))).toThrow(`The setting ${key} must be ${what}`);
});

test("an empty flag is one that is not set, an empty number is a mistake", () => {
  expect(flag(settings({ "aws:insecure": "" }), "aws:insecure", false)).toBe(false);
  expect(() => seconds(settings({ "aws-login-profile:readTimeout": "" }), "readTimeout", 60)).toThrow(
    "must be a number",
  );
});
