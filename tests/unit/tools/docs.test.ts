import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { SETTINGS } from "../../../provider/src/aws/settings.ts";
import { GENERATED_LENGTH, PASSWORD, USER_NAME } from "../../../provider/src/common/limits.ts";
import { ARGUMENTS, type Argument, USER_ARGUMENTS } from "../../../provider/src/lifecycle/arguments.ts";
import { derived } from "../../../tools/docs.ts";
import { declarations, defaultOf } from "../../../tools/source.ts";

test.each(Object.entries(derived({ SETTINGS, ARGUMENTS, USER_ARGUMENTS })))(
  "%s holds what the source says (else: make docs)",
  (file, text) => {
    expect(readFileSync(file, "utf8")).toBe(text);
  },
);

describe("what the source says twice is the same:", () => {
  const declaration = declarations("resources/login-profile.ts", "resources/console-user-parts.ts");
  const [ofProfile, ofUser] = ["LoginProfileArgs", "ConsoleUserArgs"].map((name) => declaration(name).members);
  const table: Record<string, Argument> = ARGUMENTS;
  const userTable: Record<string, Argument> = { ...ARGUMENTS, ...USER_ARGUMENTS };

  test("the arguments of a login profile", () => {
    expect(ofProfile?.map(({ name }) => name).sort()).toEqual(Object.keys(ARGUMENTS).sort());
    expect(ofProfile?.filter(({ isRequired }) => isRequired).map(({ name }) => name)).toEqual(["userName"]);
  });

  test("the arguments of a console user", () => {
    const names = ofUser?.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(USER_ARGUMENTS)));
    expect(Object.keys(userTable)).toEqual(expect.arrayContaining(names ?? []));
  });

  const TYPES: Record<Argument["kind"], string> = {
    text: "string",
    flag: "boolean",
    count: "number",
    texts: "string[]",
    "map of texts": "Record<string,string>",
    map: "Record<string,unknown>",
    keys: "string|string[]",
    connection: "Connection",
  };
  const members = [
    ...(ofProfile ?? []).map((member) => ({ member, argument: table[member.name] })),
    ...(ofUser ?? []).map((member) => ({ member, argument: userTable[member.name] })),
  ];

  test.each(members)("type and default of $member.name", ({ member, argument }) => {
    const isPlain = !member.type.startsWith("pulumi.Input<");
    const type = member.type
      .replace(/pulumi\.Input<(\w+)>/g, "$1")
      .replace(/^pulumi\.Input<(.*)>$/, "$1")
      .replace(/\s*\|\s*undefined|\s/g, "");
    expect([type, isPlain]).toEqual([TYPES[argument?.kind ?? "text"], argument?.decides ?? false]);
    if (argument?.usual !== undefined) expect(defaultOf(member)).toMatch(new RegExp(`^${argument.usual}\\b`));
  });

  test.each([
    ["userName", USER_NAME],
    ["password", PASSWORD],
    ["passwordLength", GENERATED_LENGTH],
  ])("the limits of %s", (name, { least, most }) => {
    for (const { member } of members.filter((one) => one.member.name === name))
      expect(member.doc).toContain(`${least} to ${most}`);
  });

  test("the characters of a user name", () => {
    for (const { member } of members.filter((one) => one.member.name === "userName"))
      expect(member.doc).toContain(`\`${USER_NAME.allowed}\``);
  });
});
