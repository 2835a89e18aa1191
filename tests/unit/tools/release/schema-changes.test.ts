import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { breakingChanges, mayBreak, releaseBefore } from "../../../../tools/release/schema-changes.ts";

const text = readFileSync("provider/schema.json", "utf8");
const PROFILE = "aws-login-profile:index:LoginProfile";

/** What is said of a change to the schema of today. */
function saidOf(change: (schema: any) => void): string[] {
  const changed = JSON.parse(text);
  change(changed);
  return breakingChanges(JSON.parse(text), changed);
}

describe("the schema against that of the last release:", () => {
  test.each<[string, (schema: any) => void, RegExp]>([
    ["a resource is gone", (s) => delete s.resources[PROFILE], /no resource any more/],
    ["an argument is gone", (s) => delete s.resources[PROFILE].inputProperties.pgpKey, /no argument .*pgpKey/],
    ["an output is gone", (s) => delete s.resources[PROFILE].properties.createDate, /no output .*createDate/],
    [
      "an output may be missing",
      (s) => s.resources[PROFILE].required.splice(s.resources[PROFILE].required.indexOf("userName"), 1),
      /may be missing: userName/,
    ],
    ["an argument is needed", (s) => s.resources[PROFILE].requiredInputs.push("password"), /required now: .*password/],
    [
      "an argument has another type",
      (s) => Object.assign(s.resources[PROFILE].inputProperties.passwordLength, { type: "string" }),
      /another type of .*passwordLength/,
    ],
    ["a secret is none", (s) => delete s.resources[PROFILE].inputProperties.password.secret, /no secret any more/],
    [
      "a change replaces",
      (s) => Object.assign(s.resources[PROFILE].inputProperties.password, { willReplaceOnChanges: true }),
      /replaces now: .*password/,
    ],
    ["a setting is gone", (s) => delete s.config.variables.region, /no setting any more: region/],
    [
      "a nested property is gone",
      (s) => delete s.types["aws-login-profile:index:Connection"].properties.region,
      /no property of .*Connection any more: region/,
    ],
  ])("%s", (_, change, said) => {
    expect(saidOf(change)).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
  });

  test.each<[string, (schema: any) => void]>([
    ["what is new", (s) => Object.assign(s.resources[PROFILE].inputProperties, { more: { type: "string" } })],
    ["other words", (s) => Object.assign(s.resources[PROFILE].properties.userName, { description: "A name." })],
    ["a new resource", (s) => Object.assign(s.resources, { "aws-login-profile:index:More": {} })],
  ])("%s breaks nothing", (_, change) => expect(saidOf(change)).toEqual([]));
});

test.each([
  ["1.2.3", "2.0.0", true],
  ["1.2.3", "1.3.0", false],
  ["0.1.0", "0.2.0", true],
  ["0.1.0", "0.1.1", false],
  ["0.9.0", "1.0.0", true],
])("from %s to %s a release may break: %s", (older, newer, may) => expect(mayBreak(older, newer)).toBe(may));

test("the release before is the newest of the tags that are older", () => {
  expect(releaseBefore("1.10.0", ["v1.2.0", "v1.9.0", "v1.10.0", "v2.0.0", "sdk/go/v1.9.9", ""])).toBe("1.9.0");
  expect(releaseBefore("0.1.0", ["v0.1.0"])).toBeUndefined();
});
