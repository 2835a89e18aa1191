import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { connectionProblems, isSameConnection, secondsOf, wayTo } from "../../../provider/src/aws/connection.ts";
import { isKnown, UNKNOWN } from "../../../provider/src/common/unknown.ts";

const ROLE = "arn:aws:iam::123456789012:role/admin";

test.each([
  undefined,
  UNKNOWN,
  {},
  { region: "cn-north-1", profile: "prod", endpoint: "https://iam.example.com" },
  { region: UNKNOWN, assumeRole: UNKNOWN },
  {
    assumeRole: { roleArn: "arn:aws-cn:iam::123456789012:role/path/to/admin", duration: "1h30m", tags: { team: "a" } },
  },
  { assumeRole: { roleArn: UNKNOWN, policyArns: [UNKNOWN], transitiveTagKeys: ["team"] } },
])("%p is a connection", (connection) => {
  expect(connectionProblems(connection)).toEqual([]);
});

test.each<[connection: unknown, problem: string]>([
  ["prod", "connection must be an object with region, profile, endpoint or assumeRole."],
  [["prod"], "connection must be an object with region, profile, endpoint or assumeRole."],
  [{ region: "" }, "connection.region must be a string that is not empty."],
  [{ profile: 1 }, "connection.profile must be a string that is not empty."],
  [{ endpoint: "iam.example.com" }, "connection.endpoint must be a URL that begins with https:// or http://."],
  [{ zone: "a" }, "connection.zone is not a part of a connection. Use one of region, profile, endpoint, assumeRole."],
  [{ assumeRole: ROLE }, "connection.assumeRole must be an object with at least roleArn."],
  [{ assumeRole: {} }, "connection.assumeRole.roleArn is required: the ARN of the role to assume."],
  [
    { assumeRole: { roleArn: "admin" } },
    "connection.assumeRole.roleArn must be the ARN of a role, such as arn:aws:iam::123456789012:role/admin.",
  ],
  [
    { assumeRole: { roleArn: ROLE, duration: "5m" } },
    "connection.assumeRole.duration must be a time from 15m to 12h, such as 1h30m.",
  ],
  [
    { assumeRole: { roleArn: ROLE, tags: { team: "" } } },
    "connection.assumeRole.tags must be a map of strings, none of them empty.",
  ],
])("%j is a mistake that is told", (connection, problem) => {
  expect(connectionProblems(connection)).toEqual([problem]);
});

test.each(["accessKey", "secretKey", "token", "password"])(
  "%s is refused with the reason, and its value is not shown",
  (name) => {
    const [problem = ""] = connectionProblems({ [name]: "sesame" });
    expect(problem).toContain("no credentials are accepted in it: give a profile or a role.");
    expect(problem).not.toContain("sesame");
  },
);

describe("two connections", () => {
  const connection = fc.record(
    {
      region: fc.string({ minLength: 1 }),
      profile: fc.string({ minLength: 1 }),
      assumeRole: fc.record(
        { roleArn: fc.string(), tags: fc.dictionary(fc.string(), fc.string()) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  const reversed = (value: any): any =>
    typeof value === "object"
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, part]) => [key, reversed(part)]),
        )
      : value;

  test("are the same whatever the order of their keys", () => {
    fc.assert(
      fc.property(connection, (one) => {
        expect(wayTo(reversed(one))).toBe(wayTo(one as any));
      }),
    );
  });

  test("that differ are not the same", () => {
    expect(isSameConnection({ profile: "a" }, { profile: "b" })).toBe(false);
    expect(isSameConnection({ profile: "a" }, undefined)).toBe(false);
    expect(isSameConnection({}, undefined)).toBe(false);
    expect(isSameConnection({ assumeRole: { roleArn: "a" } }, { assumeRole: { roleArn: "b" } })).toBe(false);
    expect(isSameConnection(UNKNOWN, UNKNOWN)).toBe(false);
    expect(isSameConnection(undefined, undefined)).toBe(true);
  });
});

test("a connection is known when each of its parts is", () => {
  expect([undefined, {}, { profile: "a" }].map(isKnown)).toEqual([true, true, true]);
  expect([UNKNOWN, { profile: UNKNOWN }, { assumeRole: { roleArn: UNKNOWN } }].map(isKnown)).toEqual([
    false,
    false,
    false,
  ]);
});

test.each([
  ["1h30m", 5400],
  ["900s", 900],
  ["1.5h", 5400],
  ["15m0.5s", 901],
])("%s is %d seconds", (duration, seconds) => {
  expect(secondsOf(duration)).toBe(seconds);
});
