import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { DEFAULT_COST } from "../../provider/src/password-hash.ts";
import { checkSettings, clientSettings, hashCost, policyCheck, retryTimeout } from "../../provider/src/settings.ts";

const settings = (values: Record<string, string>) => (key: string) => values[key];
const saved = { ...process.env };

beforeEach(() => {
  delete process.env.AWS_REGION;
  delete process.env.AWS_DEFAULT_REGION;
});

afterEach(() => {
  process.env = { ...saved };
});

describe("the region", () => {
  test.each([
    [{ "aws:region": "eu-west-1" }, { AWS_REGION: "eu-west-2", AWS_DEFAULT_REGION: "eu-west-3" }, "eu-west-1"],
    [{}, { AWS_REGION: "eu-west-2", AWS_DEFAULT_REGION: "eu-west-3" }, "eu-west-2"],
    [{}, { AWS_DEFAULT_REGION: "eu-west-3" }, "eu-west-3"],
    [{}, { AWS_REGION: "", AWS_DEFAULT_REGION: "eu-west-3" }, "eu-west-3"],
    [{}, {}, undefined],
  ])("of %j with %j in the environment is %s", (values, environment, region) => {
    Object.assign(process.env, environment);
    expect(clientSettings(settings(values)).region).toBe(region);
  });
});

test("the profile is that of the stack's configuration, else left to the SDK", () => {
  expect(clientSettings(settings({ "aws:profile": "prod" })).profile).toBe("prod");
  expect(clientSettings(settings({}))).not.toHaveProperty("profile");
});

test("every call says by which package it was made", () => {
  expect(clientSettings(settings({})).customUserAgent).toEqual([["pulumi-aws-login-profile", "0.1.0"]]);
});

test("the time-outs are given in seconds, and zero is no limit", () => {
  const values = { "aws-login-profile:readTimeout": "0", "aws-login-profile:connectTimeout": "2.5" };
  expect(clientSettings(settings(values)).requestHandler).toMatchObject({ requestTimeout: 0, connectionTimeout: 2500 });
  expect(clientSettings(settings({})).requestHandler).toMatchObject({
    requestTimeout: 60_000,
    connectionTimeout: 60_000,
  });
});

test("what is not set has its default", () => {
  const none = settings({});
  expect([retryTimeout(none), hashCost(none), policyCheck(none)]).toEqual([120_000, DEFAULT_COST, true]);
  expect(() => checkSettings(none)).not.toThrow();
});

test.each(["assumeRoles", "endpoints", "accessKey", "insecure", "allowedAccountIds", "useFipsEndpoint", "retryMode"])(
  "aws:%s is refused by name",
  (name) => {
    expect(() => checkSettings(settings({ [`aws:${name}`]: "x" }))).toThrow(
      `The stack's configuration sets aws:${name}, which pulumi-aws-login-profile does not support.`,
    );
  },
);

test.each([
  ["retryTimeout", "soon", "a number of seconds, 0 or more"],
  ["readTimeout", "-1", "a number of seconds, 0 or more"],
  ["connectTimeout", "", "a number of seconds, 0 or more"],
  ["hashCost", "1.5", "a whole number from 1 to 20"],
  ["hashCost", "0", "a whole number from 1 to 20"],
  ["policyCheck", "no", "true or false"],
])("aws-login-profile:%s set to %j is an error that says what it must be", (name, value, what) => {
  const key = `aws-login-profile:${name}`;
  expect(() => checkSettings(settings({ [key]: value }))).toThrow(`The setting ${key} must be ${what}`);
});
