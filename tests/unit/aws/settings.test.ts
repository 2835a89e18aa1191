import { expect, test } from "@jest/globals";
import {
  retrySettings,
  SETTINGS,
  type SettingName,
  setting,
  stackSettings,
} from "../../../provider/src/aws/settings.ts";
import { DEFAULT_COST } from "../../../provider/src/passwords/hash.ts";

const settings = (values: Record<string, string>) => stackSettings((key) => values[key]);

test("what is not set has its default", () => {
  const none = settings({});
  expect((["hashCost", "policyCheck", "debug", "keybaseUrl"] as const).map((name) => setting(none, name))).toEqual([
    DEFAULT_COST,
    true,
    false,
    "https://keybase.io",
  ]);
  expect(retrySettings(none)).toEqual({ timeout: 120_000 });
});

test("retries are limited as @pulumi/aws words it", () => {
  const values = { "aws-login-profile:retryTimeout": "2.5", "aws:maxRetries": "3", "aws:retryMode": "standard" };
  expect(retrySettings(settings(values))).toEqual({ timeout: 2500, attempts: 3, adaptive: false });
});

test("aws:maxRetries 0 is as if it were not set, as for @pulumi/aws", () => {
  expect(retrySettings(settings({ "aws:maxRetries": "0" }))).toEqual({ timeout: 120_000 });
});

test("the URL of a server has no slash at its end", () => {
  const source = settings({ "aws-login-profile:keybaseUrl": "http://127.0.0.1:8080//" });
  expect(setting(source, "keybaseUrl")).toBe("http://127.0.0.1:8080");
});

test.each<[SettingName, string, string]>([
  ["retryTimeout", "soon", "a number of seconds, 0 or more"],
  ["retryTimeout", "-1", "a number of seconds, 0 or more"],
  ["retryTimeout", "", "a number of seconds, 0 or more"],
  ["maxRetries", "many", "a whole number, not"],
  ["maxRetries", "-1", "a whole number, not"],
  ["retryMode", "legacy", "adaptive or standard"],
  ["hashCost", "1.5", "a whole number from 1 to 20"],
  ["hashCost", "0", "a whole number from 1 to 20"],
  ["hashCost", "21", "a whole number from 1 to 20"],
  ["hashCost", "", "a whole number from 1 to 20"],
  ["policyCheck", "no", "true or false"],
  ["debug", "1", "true or false"],
  ["keybaseUrl", "keybase.io", "the URL of a server, such as https://keybase.io"],
])(
  "%s set to %j is an error that says what it must be, under the name of the one who reads it",
  (name, value, what) => {
    const key = `${SETTINGS[name].namespace}:${name}`;
    expect(() => setting(settings({ [key]: value }), name)).toThrow(`The setting ${key} must be ${what}`);
    const source = { read: () => value, nameOf: () => "another-name" };
    expect(() => setting(source, name)).toThrow(/^The setting another-name must be .* pulumi config set another-name /);
  },
);

test("an empty flag is one that is not set, an empty number is a mistake", () => {
  expect(setting(settings({ "aws:insecure": "" }), "insecure")).toBe(false);
  expect(() => setting(settings({ "aws-login-profile:readTimeout": "" }), "readTimeout")).toThrow("must be a number");
});
