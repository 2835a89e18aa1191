import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readUsersFile } from "../../users-file.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "users-file-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const path = join(folder, "users.yaml");
  writeFileSync(path, text);
  return readUsersFile(path);
}

function mistakesIn(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    return (error as Error).message.split("\n");
  }
  return [];
}

test("an entry is a name; all else has a default", () => {
  expect(read("users:\n  - name: alice\n")).toEqual([
    { name: "alice", existing: false, adoptExisting: false, passwordResetRequired: true },
  ]);
});

test("an entry says all there is to say", () => {
  expect(
    read(
      "users:\n  - { name: bob, existing: true, adoptExisting: true, passwordResetRequired: false }\n  - { name: eve, path: /x/ }",
    ),
  ).toMatchObject([{ existing: true, adoptExisting: true, passwordResetRequired: false }, { path: "/x/" }]);
});

describe("a mistake is reported with file, line and key", () => {
  test.each([
    ["", ['users.yaml:1: the file must hold the key "users" with a list of entries']],
    ["- alice", ['users.yaml:1: the file must hold the key "users" with a list of entries']],
    ["users: alice", ['users.yaml:1: "users" must be a list of entries, each with a "name"']],
    [
      "user:\n  - name: a",
      [
        'users.yaml:1: unknown key "user": the file has only "users"',
        'users.yaml:1: "users" must be a list of entries, each with a "name"',
      ],
    ],
    ["users:\n  - alice", ['users.yaml:2: an entry must have keys, at least "name": - name: alice']],
    ["users:\n  - path: /a/", ['users.yaml:2: an entry needs the key "name": the IAM user who signs in']],
    [
      "users:\n  - name: a\n    pth: /a/",
      ['users.yaml:3: unknown key "pth": an entry may have name, path, existing, adoptExisting, passwordResetRequired'],
    ],
    ["users:\n  - name: 12\n", ['users.yaml:2: "name" must be a text that is not empty']],
    ['users:\n  - name: ""\n', ['users.yaml:2: "name" must be a text that is not empty']],
    ["users:\n  - name: a\n    existing: yes!", ['users.yaml:3: "existing" must be true or false']],
    ['users:\n  - name: "bo b"\n', ['users.yaml:2: "name" must have 1 to 64 characters of A-Z a-z 0-9 _ + = , . @ -']],
    [
      "users:\n  - name: a\n    path: nopath",
      ['users.yaml:3: "path" must begin and end with /, such as /contractors/'],
    ],
    [
      "users:\n  - name: a\n    constructor: x",
      [
        'users.yaml:3: unknown key "constructor": an entry may have name, path, existing, adoptExisting, passwordResetRequired',
      ],
    ],
    ["users:\n  - name: a\n  - name: A", ['users.yaml:3: "name": the user "A" is listed twice']],
    ["users:\n  - name: a\n  - name: a", ['users.yaml:3: "name": the user "a" is listed twice']],
    [
      "users:\n  - name: a\n    existing: true\n    path: /x/",
      ['users.yaml:4: "path": the user "a" exists already, so its path is not set here'],
    ],
  ])("%j", (text, mistakes) => {
    expect(mistakesIn(text)).toEqual(mistakes);
  });

  test("of a file that is not there", () => {
    expect(() => readUsersFile(join(folder, "none.yaml"))).toThrow(/^none\.yaml cannot be read: ENOENT/);
  });

  test("of the YAML itself", () => {
    expect(mistakesIn("users:\n  - name: [a\n")[0]).toMatch(/^users\.yaml:3: /);
  });

  test("together with every other", () => {
    expect(mistakesIn("users:\n  - nme: a\n  - name: b\n    x: 1\n")).toHaveLength(3);
  });
});
