import { expect, test } from "@jest/globals";
import { UNKNOWN } from "../../../provider/src/common/unknown.ts";
import { validate } from "../../../provider/src/lifecycle/validation.ts";

const valid = { userName: "alice", password: "secret" };

test.each([
  ["all that is allowed in a user name", { userName: "AZaz09_+=,.@-" }],
  ["the longest user name", { userName: "a".repeat(64) }],
  ["the shortest password", { password: " " }],
  ["the longest password", { password: "ÿ".repeat(128) }],
  ["tab, line feed and carriage return in a password", { password: "\t\n\r" }],
  ["no password", { password: undefined }],
  ["both flags", { passwordResetRequired: false, adoptExisting: true }],
  ["values not known yet", { userName: UNKNOWN, password: UNKNOWN, passwordResetRequired: UNKNOWN }],
])("accepts %s", (_, args) => {
  expect(validate({ ...valid, ...args })).toEqual([]);
});

const ALLOWED_IN_NAME = "Use only A-Z a-z 0-9 _ + = , . @ -.";
const ALLOWED_IN_PASSWORD = "Use only tab, line feed, carriage return and U+0020 to U+00FF.";
const BOOLEAN_ADVICE = "A setting of the stack is read as one by config.getBoolean.";
const ARGUMENTS =
  "userName, password, passwordResetRequired, adoptExisting, connection, pgpKey, ageRecipients, passwordLength, allowConfusableCharacters, rotationTriggers";

/** A value at fault, under the argument's name, with the whole message. */
const BAD_INPUTS: [argument: string, value: unknown, message: string][] = [
  ["userName", undefined, "userName is required: give the name of an IAM user."],
  [
    "userName",
    "",
    "userName must not be empty: IAM would change the password of whoever makes the call. Give the name of an IAM user.",
  ],
  ...(
    [
      [42, "a number"],
      [true, "a boolean"],
      [["alice"], "an array"],
      [{ name: "alice" }, "an object"],
    ] as const
  ).map(([value, kind]) => ["userName", value, `userName must be a string, not ${kind}.`] as [string, unknown, string]),
  ["userName", "a".repeat(65), "userName must have at most 64 characters, this one has 65. Shorten it."],
  ["userName", "a".repeat(200), "userName must have at most 64 characters, this one has 200. Shorten it."],
  ...(
    [
      ["al ice", 3, "0020"],
      [" alice", 1, "0020"],
      ["alice ", 6, "0020"],
      ["alice\n", 6, "000A"],
      ["\talice", 1, "0009"],
      ["al/ice", 3, "002F"],
      ["al:ice", 3, "003A"],
      ["al*ce", 3, "002A"],
      ["#alice", 1, "0023"],
      ["alice!", 6, "0021"],
      ["user$", 5, "0024"],
      ["<user>", 1, "003C"],
      ["al'ice", 3, "0027"],
      ["ålice", 1, "00E5"],
      ["aliceß", 6, "00DF"],
      ["аlice", 1, "0430"],
      ["alice😀", 6, "1F600"],
      ["alice\u0000", 6, "0000"],
      ["arn:aws:iam::123456789012:user/alice", 4, "003A"],
    ] as const
  ).map(
    ([name, position, codePoint]) =>
      [
        "userName",
        name,
        `userName must not contain the character at position ${position} (U+${codePoint}). ${ALLOWED_IN_NAME}`,
      ] as [string, unknown, string],
  ),
  [
    "password",
    "",
    "password must not be empty. Give 1 to 128 characters, or leave password out to keep the one in IAM.",
  ],
  ["password", "x".repeat(129), "password must have at most 128 characters, this one has 129. Shorten it."],
  ["password", "ÿ".repeat(500), "password must have at most 128 characters, this one has 500. Shorten it."],
  ...(
    [
      [7, "a number"],
      [false, "a boolean"],
      [["secret"], "an array"],
      [{ result: "secret" }, "an object"],
    ] as const
  ).map(([value, kind]) => ["password", value, `password must be a string, not ${kind}.`] as [string, unknown, string]),
  ...(
    [
      ["abc\u0000def", 4, "0000"],
      ["\u0001", 1, "0001"],
      ["bell\u0007", 5, "0007"],
      ["back\u0008", 5, "0008"],
      ["vt\u000b", 3, "000B"],
      ["ff\u000c", 3, "000C"],
      ["esc\u001b[0m", 4, "001B"],
      ["unit\u001f", 5, "001F"],
      ["Ā", 1, "0100"],
      ["€uro", 1, "20AC"],
      ["dash—", 5, "2014"],
      ["quote”", 6, "201D"],
      ["bom\ufeff", 4, "FEFF"],
      ["zero\u200bwidth", 5, "200B"],
      ["пароль", 1, "043F"],
      ["密码", 1, "5BC6"],
      ["smile😀", 6, "1F600"],
      ["😀😀", 1, "1F600"],
      ["lone\ud83d", 5, "D83D"],
    ] as const
  ).map(
    ([password, position, codePoint]) =>
      [
        "password",
        password,
        `password must not contain the character at position ${position} (U+${codePoint}). ${ALLOWED_IN_PASSWORD}`,
      ] as [string, unknown, string],
  ),
  ...["passwordResetRequired", "adoptExisting"].flatMap(
    (flag) =>
      [
        [flag, "yes", `${flag} must be true or false, not a string. ${BOOLEAN_ADVICE}`],
        [flag, "true", `${flag} must be true or false, not a string. ${BOOLEAN_ADVICE}`],
        [flag, 1, `${flag} must be true or false, not a number.`],
        [flag, [], `${flag} must be true or false, not an array.`],
        [flag, {}, `${flag} must be true or false, not an object.`],
      ] as [string, unknown, string][],
  ),
  ...Object.entries({
    passwrod: "password",
    Password: "password",
    pasword: "password",
    pass_word: "password",
    passwd: "password",
    username: "userName",
    UserName: "userName",
    user_name: "userName",
    user: "userName",
    resetRequired: "passwordResetRequired",
    passwordReset: "passwordResetRequired",
    password_reset_required: "passwordResetRequired",
    PasswordResetRequired: "passwordResetRequired",
    adoptExistin: "adoptExisting",
  }).map(
    ([name, nearest]) =>
      [name, "x", `${name} is not an argument of LoginProfile. Did you mean ${nearest}?`] as [string, unknown, string],
  ),
  ["tags", {}, `tags is not an argument of LoginProfile. Remove it, or use one of ${ARGUMENTS}.`],
  ["length", 20, `length is not an argument of LoginProfile. Remove it, or use one of ${ARGUMENTS}.`],
  ...["passwordHash", "passwordVersion", "passwordResetPending", "createDate"].map(
    (name) =>
      [name, "x", `${name} is an output of LoginProfile and cannot be set. Remove it.`] as [string, unknown, string],
  ),
];

test("the table holds at least 60 bad inputs", () => {
  expect(BAD_INPUTS.length).toBeGreaterThanOrEqual(60);
});

test.each(BAD_INPUTS)("rejects %s: %j", (argument, value, message) => {
  expect(validate({ ...valid, [argument]: value }).map(({ reason }) => reason)).toEqual([message]);
});

test("reports every mistake of one resource together", () => {
  const problems = validate({ userName: "a b".repeat(30), password: "", passwrod: "x", adoptExisting: "no" });
  expect(problems.map(({ property }) => property)).toEqual([
    "passwrod",
    "userName",
    "userName",
    "password",
    "adoptExisting",
  ]);
});

test("marks what may hold a password as secret, and nothing else", () => {
  const problems = validate({ userName: "", password: "", passwrod: "x", adoptExisting: "no" });
  expect(problems.filter(({ secret }) => secret).map(({ property }) => property)).toEqual(["passwrod", "password"]);
});

test("never quotes a part of a password", () => {
  const [problem] = validate({ ...valid, password: "Zebra\u0007Quagga" });
  for (const part of ["Zebra", "Quagga", "Z", "Q"]) expect(problem?.reason).not.toContain(part);
});
