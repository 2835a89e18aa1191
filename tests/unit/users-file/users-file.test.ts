import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { stringify } from "yaml";
import { skeleton } from "../../../provider/src/users-file/skeleton.ts";
import {
  checkUsersFile,
  describe as line,
  readUsersFile,
  UsersFileError,
} from "../../../provider/src/users-file/users-file.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "users-file-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string): string {
  const path = join(folder, "users.yaml");
  writeFileSync(path, text);
  return path;
}

function read(text: string) {
  return readUsersFile(write(text)).users;
}

/** What is told of a text, each without the folder. */
function told(text: string): string[] {
  return checkUsersFile(write(text)).problems.map((problem) => line(problem).replace(`${folder}/`, ""));
}

const DEFAULTS = { existing: false, adoptExisting: false, passwordResetRequired: true };
const AGE = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

describe("an entry", () => {
  test("is a name; all else has a default", () => {
    expect(read("users:\n  - name: alice\n")).toEqual([{ name: "alice", ...DEFAULTS }]);
  });

  test("that sets no password says nothing of a reset, unless it names it", () => {
    const taken = { existing: true, adoptExisting: true, randomPassword: false };
    const [alice, bob, carol] = read(
      stringify({
        users: [
          { name: "alice", ...taken },
          { name: "bob", ...taken, passwordResetRequired: false },
          { name: "carol", ...taken, ageRecipients: AGE },
        ],
      }),
    );
    expect(alice).toEqual({ name: "alice", ...taken });
    expect(bob).toEqual({ name: "bob", ...taken, passwordResetRequired: false });
    expect(carol).toMatchObject({ passwordResetRequired: true });
  });

  test("says all there is to say", () => {
    const entry = {
      name: "bob",
      path: "/x/",
      tags: { team: "a" },
      permissionsBoundary: "arn:aws:iam::123456789012:policy/b",
      forceDestroy: true,
      groups: ["developers"],
      allowPasswordChange: false,
      existing: false,
      adoptExisting: true,
      passwordResetRequired: false,
      randomPassword: false,
      ageRecipients: [AGE],
      passwordLength: 30,
      allowConfusableCharacters: true,
      rotationTriggers: { quarter: "2026-Q4" },
    };
    expect(read(stringify({ users: [entry] }))).toEqual([entry]);
    expect(read(JSON.stringify({ users: [entry] }))).toEqual([entry]);
  });

  test("may be written by anchors, aliases and merge keys", () => {
    const text =
      "users:\n  - &base { name: alice, path: /a/ }\n  - { <<: *base, name: bob }\n  - name: carol\n    tags: &t { a: b }\n  - { name: dave, tags: *t }\n";
    expect(read(text)).toEqual([
      { name: "alice", path: "/a/", ...DEFAULTS },
      { name: "bob", path: "/a/", ...DEFAULTS },
      { name: "carol", tags: { a: "b" }, ...DEFAULTS },
      { name: "dave", tags: { a: "b" }, ...DEFAULTS },
    ]);
  });

  test.each([
    ["a byte order mark", "\ufeffusers:\n  - name: alice\n"],
    ["Windows line ends", "users:\r\n  - name: alice\r\n"],
    ["JSON with tabs", '{\n\t"users": [\n\t\t{ "name": "alice" }\n\t]\n}\n'],
    ["a schema for editors", '{ "$schema": "./schema.json", "users": [{ "name": "alice" }] }'],
    ["a document marker", "---\nusers:\n  - name: alice\n"],
    ["a list alone", "- name: alice\n"],
  ])("may stand in a file with %s", (_, text) => {
    expect(read(text)).toEqual([{ name: "alice", ...DEFAULTS }]);
  });
});

test("a mistake is told at its place, however many entries there are", () => {
  const names = Array.from({ length: 250 }, (_, index) => `  - name: user-${index}\n`);
  names[149] = "  - nam: user-149\n";
  const problems = [
    'users.yaml:151:5: the key "name" is missing: the IAM user who signs in',
    'users.yaml:151:5: unknown key "nam". Did you mean "name"?',
  ];
  expect(told(`users:\n${names.join("")}`)).toEqual(problems);
  expect(told(names.join("").replace(/^ {2}/gm, ""))).toEqual(problems.map((line) => line.replace("151:5", "150:3")));
});

describe("an entry of the AWS CLI", () => {
  const taken = {
    name: "alice",
    existing: true,
    adoptExisting: true,
    allowPasswordChange: false,
    randomPassword: false,
  };

  test.each([
    ["one", (entry: object) => entry],
    ["a list", (entry: object) => [entry]],
    ["among ours", (entry: object) => ({ users: [entry] })],
  ])("updates a profile that exists: %s", (_, shape) => {
    const [user] = read(
      JSON.stringify(shape({ UserName: "alice", Password: "Pass-word-01!", PasswordResetRequired: true })),
    );
    expect(user).toMatchObject({ ...taken, passwordResetRequired: true });
    expect(user?.password?.reveal()).toBe("Pass-word-01!");
  });

  test("leaves alone what it does not name", () => {
    expect(read("UserName: alice\n")).toEqual([taken]);
  });

  test("that was not filled in says so of each key", () => {
    expect(told('{\n    "UserName": "",\n    "Password": "",\n    "PasswordResetRequired": true\n}')).toEqual([
      'users.yaml:2:17: "UserName" must be the name of an IAM user: 1 to 64 characters of A-Z a-z 0-9 _ + = , . @ -',
      'users.yaml:3:17: "Password" must be a text of 1 to 128 characters',
    ]);
  });

  test("cannot have keys of ours", () => {
    expect(told("- UserName: alice\n  path: /a/")).toEqual([
      'users.yaml:2:3: unknown key "path". The keys are UserName, Password, PasswordResetRequired',
    ]);
  });
});

describe("a password in clear", () => {
  const text = "users:\n  - name: alice\n    password: Clear-Text-01!\n";

  test("is a warning that names the line, and says how to make it a secret", () => {
    expect(told(text)).toEqual([
      'users.yaml:3:5: warning: the password of "alice" stands here in clear. Make it a secret of the stack ' +
        "(pulumi config set --secret initialPassword:alice), and remove it here",
    ]);
  });

  test("does not show itself by accident", () => {
    const { users, warnings } = readUsersFile(write(text));
    expect(users[0]?.password?.reveal()).toBe("Clear-Text-01!");
    const shown = [JSON.stringify(users), inspect(users, { depth: 9 }), `${users[0]?.password}`, inspect(warnings)];
    for (const one of shown) expect(one).not.toContain("Clear-Text");
  });

  test.each([
    "users:\n  - name: alice\n    password: *Clear-Text\n",
    "users:\n  - name: alice\n    password: @Clear-Text\n",
    'users:\n  - name: alice\n    password: "Clear-Text\\q"\n',
    "users:\n  - name: alice\n    password: Clear-Text: x\n",
    "users:\n  - name: alice\n    password: !Clear-Text x\n",
    "users:\n  - name: alice\n    password: 'Clear-Text\n",
    "users:\n  - name: alice\n    password: [Clear-Text]\n",
    "users:\n  - name: alice\n    password: Clear-Text€\n",
    "users:\n  - name: alice\n    password: Clear-Text\n    password: Clear-Text\n",
    `users:\n  - name: alice\n    password: ${"Clear-Text".repeat(20)}\n`,
    "users:\n  - name: alice\n    pgpKey: Clear-Text\n",
    "UserName: alice\nPassword: {Clear-Text: 1}\n",
  ])("is in no error: %j", (mistaken) => {
    const problems = checkUsersFile(write(mistaken)).problems;
    expect(problems.some(({ severity }) => severity === "error")).toBe(true);
    expect(JSON.stringify(problems)).not.toContain("Clear-Text");
  });
});

describe("a mistake is told with file, line, column and key", () => {
  test.each<[string, string[]]>([
    ["alice", ['users.yaml:1:1: the file must hold the key "users" with a list of entries']],
    ["- alice", ['users.yaml:1:3: an entry must have keys, at least "name", such as - name: alice']],
    ["users: alice", ['users.yaml:1:8: "users" must be a list of entries, each with a "name"']],
    ["users:", ['users.yaml:1:7: "users" must be a list of entries, each with a "name"']],
    [
      "user:\n  - name: a",
      [
        'users.yaml:1:1: the file must hold the key "users" with a list of entries',
        'users.yaml:1:1: unknown key "user". Did you mean "users"?',
      ],
    ],
    ["users:\n  - path: /a/", ['users.yaml:2:5: the key "name" is missing: the IAM user who signs in']],
    ["users:\n  - name: a\n    pth: /a/", ['users.yaml:3:5: unknown key "pth". Did you mean "path"?']],
    [
      "users:\n  - name: a\n    constructor: x",
      [
        expect.stringContaining(
          'users.yaml:3:5: unknown key "constructor". The keys are name, existing, path',
        ) as never,
      ],
    ],
    ["users:\n  - name: 12\n", ['users.yaml:2:11: "name" must be a text, not a number. Put it in quotes']],
    ["users:\n  - name: true\n", ['users.yaml:2:11: "name" must be a text, not a boolean. Put it in quotes']],
    [
      'users:\n  - name: "bo b"\n',
      ['users.yaml:2:11: "name" must be the name of an IAM user: 1 to 64 characters of A-Z a-z 0-9 _ + = , . @ -'],
    ],
    ["users:\n  - name: a\n    existing: yes!", ['users.yaml:3:15: "existing" must be true or false']],
    ["users:\n  - name: a\n    path: no", ['users.yaml:3:11: "path" must begin and end with /, such as /contractors/']],
    [
      "users:\n  - name: a\n    groups: [x, 1]",
      ['users.yaml:3:17: each of "groups" must be a text, not a number. Put it in quotes'],
    ],
    [
      "users:\n  - name: a\n    groups: [x, all people]",
      [
        'users.yaml:3:17: each of "groups" must be the name of an IAM group: 1 to 128 characters of A-Z a-z 0-9 _ + = , . @ -',
      ],
    ],
    [
      "users:\n  - name: a\n    tags: { a: 1 }",
      ['users.yaml:3:16: "a" must be a text, not a number. Put it in quotes'],
    ],
    ["users:\n  - name: a\n    tags: x", ['users.yaml:3:11: "tags" must be a map']],
    ["users:\n  - name: a\n    pgpKey: 5", ['users.yaml:3:13: "pgpKey" must be a key, or a list of keys']],
    [
      "users:\n  - name: a\n    passwordLength: 7",
      ['users.yaml:3:21: "passwordLength" must be a whole number from 8 to 128'],
    ],
    ["users:\n  - name: a\n  - name: A", ['users.yaml:3:11: the user "A" is listed twice. Remove one of the two']],
    ["users:\n  - name: a\n  - UserName: a", ['users.yaml:3:15: the user "a" is listed twice. Remove one of the two']],
    [
      "users:\n  - name: a\n    existing: true\n    path: /x/",
      ['users.yaml:4:5: "path" cannot be set for "a", who exists already. Remove "path" or "existing"'],
    ],
    [
      "users:\n  - name: a\n    pgpKey: age1x",
      ["users.yaml:3:5: pgpKey is an age recipient. Give it as ageRecipients."],
    ],
    [
      `users:\n  - name: a\n    ageRecipients: ${AGE}\n    password: x`,
      [
        "users.yaml:4:5: password cannot be given beside ageRecipients: a recipient is for a generated password. Remove one of them.",
        expect.stringContaining("users.yaml:4:5: warning: ") as never,
      ],
    ],
    [
      "users:\n  - name: a\n    password: x\n    existing: true\n    path: /x/",
      [
        expect.stringContaining("users.yaml:3:5: warning: ") as never,
        'users.yaml:5:5: "path" cannot be set for "a", who exists already. Remove "path" or "existing"',
      ],
    ],
    [
      "users:\n  - name: a\n    tags: &t { a/b: 1 }\n  - name: b\n    tags: *t",
      ['users.yaml:3:21: "a/b" must be a text, not a number. Put it in quotes'],
    ],
    ["users:\n  - name: a\n    name: b", ["users.yaml:3:5: a key that is there already. Remove one of the two"]],
    [
      "users: []\n---\nusers: []",
      ["users.yaml:2:1: a second document. A users file has only one: remove what follows ---"],
    ],
    [
      "users:\n  - name: a\n    path: *p",
      [expect.stringContaining("users.yaml:3:11: an alias (*…) without its anchor") as never],
    ],
  ])("%j", (text, mistakes) => {
    expect(told(text)).toEqual(mistakes);
  });

  test("of a file that cannot be read", () => {
    mkdirSync(join(folder, "folder"));
    expect(() => readUsersFile(join(folder, "none.yaml"))).toThrow(
      "none.yaml:1:1: cannot be read: there is no such file",
    );
    expect(() => readUsersFile(join(folder, "folder"))).toThrow("folder:1:1: cannot be read: it is a folder");
  });

  test("together with every other, in the order of the file", () => {
    const error = (() => {
      try {
        return read("users:\n  - nme: a\n  - name: b\n    x: 1\n");
      } catch (thrown) {
        return thrown as UsersFileError;
      }
    })() as UsersFileError;
    expect(error).toBeInstanceOf(UsersFileError);
    expect(error.problems.map((problem) => problem.line)).toEqual([2, 2, 4]);
    expect(error.message.split("\n")).toHaveLength(3);
  });
});

describe("for any entries", () => {
  const entry = fc.record(
    {
      name: fc.stringMatching(/^[A-Za-z0-9_+=,.@-]{1,20}$/),
      adoptExisting: fc.boolean(),
      passwordResetRequired: fc.boolean(),
      groups: fc.array(fc.stringMatching(/^[A-Za-z0-9_+=,.@-]{1,20}$/)),
      tags: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string()),
      path: fc.constantFrom("/", "/a/", "/a/b/"),
      passwordLength: fc.integer({ min: 8, max: 128 }),
    },
    { requiredKeys: ["name"], noNullPrototype: true },
  );
  const entries = fc.uniqueArray(entry, { selector: ({ name }) => name.toLowerCase(), minLength: 1 });

  test("what is written is read, as YAML and as JSON", () => {
    fc.assert(
      fc.property(entries, fc.constantFrom(stringify, JSON.stringify), (users, write) => {
        expect(read(write({ users }))).toEqual(users.map((user) => ({ ...DEFAULTS, ...user })));
      }),
      { numRuns: 200 },
    );
  });

  test("a slip in a key is told by its name and line", () => {
    const slip = fc.tuple(entries, fc.nat(), fc.nat(), fc.constantFrom("x", "_", "Q"));
    fc.assert(
      fc.property(slip, ([users, who, at, letter]) => {
        const lines = stringify({ users }, { defaultKeyType: "PLAIN" }).split("\n");
        const keyed = lines.flatMap((text, index) =>
          /^ {2}[ -] (adopt|password|path|groups|tags)\w*:/.test(text) ? [index] : [],
        );
        const index = keyed[who % Math.max(keyed.length, 1)];
        if (index === undefined) return;
        const [, before = "", key = "", after = ""] = /^( {2}[ -] )(\w+)(:.*)$/.exec(lines[index] ?? "") ?? [];
        const slipped = key.slice(0, at % key.length) + letter + key.slice(at % key.length);
        lines[index] = `${before}${slipped}${after}`;
        expect(told(lines.join("\n"))).toContain(
          `users.yaml:${index + 1}:5: unknown key "${slipped}". Did you mean "${key}"?`,
        );
      }),
      { numRuns: 200 },
    );
  });
});

test.each(["yaml", "json"] as const)("the starter file in %s is without mistakes", (format) => {
  const { users, problems } = checkUsersFile(write(skeleton(format)));
  expect(problems).toEqual([]);
  // The last one's password stays, so nobody is made to choose another.
  expect(users.map(({ passwordResetRequired }) => passwordResetRequired)).toEqual([true, true, undefined]);
  expect(users.map(({ name }) => name)).toEqual(["alice", "bob", "carol"]);
});
