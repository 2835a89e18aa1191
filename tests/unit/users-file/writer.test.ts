import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse } from "yaml";
import { checkUsersFile } from "../../../provider/src/users-file/users-file.ts";
import { type ExistingUser, type Format, usersFileOf } from "../../../provider/src/users-file/writer.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "written-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function readBack(users: ExistingUser[], format: Format, about: string[] = []) {
  const file = join(folder, "users.yaml");
  writeFileSync(file, usersFileOf(users, format, about));
  return checkUsersFile(file);
}

/** Allowed names that YAML, of the one version or the other, could take for something else than a text. */
const AWKWARD =
  "null Null yes no on off y N true = == - -- --- . .. ... 1e3 0x10 0o17 010 1_000 1.5 .5 12. +1 -1 + .inf -.inf .nan NaN 2001-01-01 @a ,a a,b -a _ 1,2 685_230.15 190e0".split(
    " ",
  );
const LONGEST = "A".repeat(64);

test("an entry says that user and profile stay as they are, and what it was told lies behind it as a comment", () => {
  const remarks = ["pgpKey: keybase:alice", "passwordLength: 30\n- name: mal\u0085lory"];
  expect(usersFileOf([{ name: "alice", remarks }, { name: "bob" }], "yaml", ["Of a test."])).toBe(
    `# yaml-language-server: $schema=./node_modules/pulumi-aws-login-profile/users-file.schema.json
# Of a test.

users:
  - name: alice
    existing: true
    adoptExisting: true
    randomPassword: false
    allowPasswordChange: false
    # pgpKey: keybase:alice
    # passwordLength: 30\\u{000A}- name: mal\\u{0085}lory
  - name: bob
    existing: true
    adoptExisting: true
    randomPassword: false
    allowPasswordChange: false
`,
  );
});

test.each(["yaml", "json"] as const)("awkward names are read back as they are, from %s", (format) => {
  const names = [...AWKWARD, LONGEST].filter(
    (name, index, all) => all.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === index,
  );
  const { users, problems } = readBack(
    names.map((name) => ({ name })),
    format,
  );
  expect(problems).toEqual([]);
  expect(users).toEqual(
    names.map((name) => ({
      name,
      existing: true,
      adoptExisting: true,
      randomPassword: false,
      allowPasswordChange: false,
    })),
  );
});

test("names are texts for a reader of YAML 1.1, too", () => {
  const text = usersFileOf(
    AWKWARD.map((name) => ({ name })),
    "yaml",
    [],
  );
  const { users } = parse(text, { version: "1.1" }) as { users: ExistingUser[] };
  expect(users.map(({ name }) => name)).toEqual(AWKWARD);
  // PyYAML takes it for a value of a kind that it does not know.
  expect(text).toContain('- name: "="\n');
});

test("any names are read back, and the check finds no mistake", () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_+=,.@-]{1,64}$/);
  const remarks = fc.array(fc.string({ unit: "binary-ascii" }), { maxLength: 2 });
  const user = fc.record({ name, remarks }, { requiredKeys: ["name"], noNullPrototype: true });
  const users = fc.uniqueArray(user, { selector: (one) => one.name.toLowerCase() });
  fc.assert(
    fc.property(users, fc.constantFrom<Format>("yaml", "json"), (written, format) => {
      const { users: found, problems } = readBack(written, format, ["About."]);
      expect(problems).toEqual([]);
      expect(found.map((one) => one.name)).toEqual(written.map((one) => one.name));
    }),
    { numRuns: 20 },
  );
});
