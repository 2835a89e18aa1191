import { expect, test } from "@jest/globals";
import { UNKNOWN } from "../../provider/src/unknown.ts";
import { validate } from "../../provider/src/validation.ts";

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

test.each([
  [{ userName: undefined }, "userName is required: give the name of an IAM user."],
  [{ userName: 42 }, "userName must be a string, not a number."],
  [{ userName: ["alice"] }, "userName must be a string, not an array."],
  [
    { userName: "" },
    "userName must not be empty: IAM would change the password of whoever makes the call. Give the name of an IAM user.",
  ],
  [{ userName: "a".repeat(65) }, "userName must have at most 64 characters, this one has 65. Shorten it."],
  [
    { userName: "al ice" },
    "userName must not contain the character at position 3 (U+0020). Use only A-Z a-z 0-9 _ + = , . @ -.",
  ],
  [
    { userName: "alice😀" },
    "userName must not contain the character at position 6 (U+1F600). Use only A-Z a-z 0-9 _ + = , . @ -.",
  ],
  [{ password: 7 }, "password must be a string, not a number."],
  [{ password: { value: "x" } }, "password must be a string, not an object."],
  [
    { password: "" },
    "password must not be empty. Give 1 to 128 characters, or leave password out to keep the one in IAM.",
  ],
  [{ password: "x".repeat(129) }, "password must have at most 128 characters, this one has 129. Shorten it."],
  [
    { password: "abc\u0000def" },
    "password must not contain the character at position 4 (U+0000). Use only tab, line feed, carriage return and U+0020 to U+00FF.",
  ],
  [
    { password: "€uro" },
    "password must not contain the character at position 1 (U+20AC). Use only tab, line feed, carriage return and U+0020 to U+00FF.",
  ],
  [
    { passwordResetRequired: "yes" },
    "passwordResetRequired must be true or false, not a string. A setting of the stack is read as one by config.getBoolean.",
  ],
  [{ adoptExisting: 1 }, "adoptExisting must be true or false, not a number."],
  [{ passwrod: "x" }, "passwrod is not an argument of LoginProfile. Did you mean password?"],
  [{ Password: "x" }, "Password is not an argument of LoginProfile. Did you mean password?"],
  [{ user_name: "x" }, "user_name is not an argument of LoginProfile. Did you mean userName?"],
  [{ user: "x" }, "user is not an argument of LoginProfile. Did you mean userName?"],
  [{ resetRequired: true }, "resetRequired is not an argument of LoginProfile. Did you mean passwordResetRequired?"],
  [
    { tags: {} },
    "tags is not an argument of LoginProfile. Remove it, or use one of userName, password, passwordResetRequired, adoptExisting.",
  ],
  [{ createDate: "x" }, "createDate is an output of LoginProfile and cannot be set. Remove it."],
])("rejects %j", (args, reason) => {
  expect(validate({ ...valid, ...args }).map((problem) => problem.reason)).toEqual([reason]);
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
