/** Anchors, aliases and merge keys: how often they may be used, how far they may unfold, and what that takes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Document, parseDocument } from "yaml";
import { readYaml } from "../../../provider/src/users-file/located-yaml.ts";
import { checkUsersFile, describe as line } from "../../../provider/src/users-file/users-file.ts";
import { YamlNodes } from "../../../provider/src/users-file/yaml-nodes.ts";
import { growth, TIMES } from "../../support/growth.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aliases-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function check(text: string) {
  const path = join(folder, "users.yaml");
  writeFileSync(path, text);
  const { users, problems } = checkUsersFile(path);
  return { users, told: problems.map((problem) => line(problem).replace(`${folder}/`, "")) };
}

function entries(count: number, entry: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `  - ${entry(index)}\n`).join("");
}

const MANY = 1000;

describe("hundreds of users may take over", () => {
  test.each<[what: string, first: string, entry: (index: number) => string]>([
    ["an entry, by merge keys", "&usual { name: first, path: /a/ }", (at) => `{ <<: *usual, name: user-${at} }`],
    ["several, by lists of them", "&usual { name: first, path: /a/ }", (at) => `{ <<: [*usual], name: user-${at} }`],
    ["a value, by aliases", "{ name: first, path: &usual /a/ }", (at) => `{ name: user-${at}, path: *usual }`],
  ])("%s", (_, first, entry) => {
    const { users, told } = check(`users:\n  - ${first}\n${entries(MANY, entry)}`);
    expect(told).toEqual([]);
    expect(users).toHaveLength(MANY + 1);
    expect(users.every(({ path }) => path === "/a/")).toBe(true);
  });
});

test("a mistake that is taken over by many is told once, where it stands", () => {
  const text = `users:\n  - &usual { name: first, pth: /a/ }\n${entries(MANY, (at) => `{ <<: *usual, name: user-${at} }`)}`;
  expect(check(text).told).toEqual(['users.yaml:2:27: unknown key "pth". Did you mean "path"?']);
});

describe("what aliases unfold to is limited:", () => {
  const told = (place: string) => [
    `users.yaml:${place}: the aliases (*…) up to this one unfold to more than 250,000 values. ` +
      "Write out what they stand for, or divide the file",
  ];
  const levels = ["ba", "cb", "dc", "ed", "fe", "gf", "hg", "ih"];

  test("a list of lists of lists (a billion laughs)", () => {
    const lines = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const [name, of] of levels) lines.push(`${name}: &${name} [${`*${of},`.repeat(9)}]`);
    expect(check(`${lines.join("\n")}\nusers: *i\n`).told).toEqual(told("6:14"));
  });

  test("a map that is merged into itself over and over", () => {
    const lines = ["a: &a { x: 1 }"];
    for (let level = 1; level < 60; level++) {
      const [name, of] = [`a${level}`, level === 1 ? "a" : `a${level - 1}`];
      lines.push(`${name}: &${name} { <<: [*${of}, *${of}] }`);
    }
    expect(check(`${lines.join("\n")}\nusers: []\n`).told).toEqual(told("16:18"));
  });

  test("entries that each take over all before them", () => {
    const text = `users:\n  - &a0 { name: u0 }\n${entries(2000, (at) => `&a${at + 1} { <<: *a${at}, name: u${at + 1} }`)}`;
    expect(check(text).told).toEqual(told("356:17"));
  });
});

test.each([
  ["in a list", "users: &all\n  - name: a\n    rotationTriggers: { x: *all }\n", "3:28"],
  ["in a merge", "users:\n  - &a\n    name: a\n    <<: *a\n", "4:9"],
])("an alias inside of what it stands for is refused: %s", (_, text, place) => {
  expect(check(text).told).toEqual([
    `users.yaml:${place}: an alias (*…) inside of what it stands for, which would have no end. Remove it`,
  ]);
});

test.each([
  ["a number", "5"],
  ["an alias of a text", "*name"],
  ["a list of texts", "[a, b]"],
])("a merge key takes maps, not %s", (_, value) => {
  expect(check(`users:\n  - name: &name a\n    <<: ${value}\n`).told).toEqual([
    "users.yaml:3:5: << takes a map, or an alias of one, such as <<: *usual",
  ]);
});

test("an alias without its anchor, in a merge key too, is told of as that alone", () => {
  expect(check("users:\n  - name: a\n    <<: *usual\n").told).toEqual([
    "users.yaml:3:9: an alias (*…) without its anchor. A text that begins with * must stand in quotes",
  ]);
});

/** With so many, time in the square of their number is seconds. */
const ALIASES = 4000;

const TEXTS: Record<string, (count: number) => string> = {
  "merge keys of one entry": (count) =>
    `users:\n  - &usual { name: first }\n${entries(count, (at) => `{ <<: *usual, name: user-${at} }`)}`,
  "aliases of one value": (count) =>
    `users:\n  - { name: first, tags: &usual { a: b } }\n${entries(count, (at) => `{ name: user-${at}, tags: *usual }`)}`,
  "anchors with an alias each": (count) =>
    `users:\n${entries(count / 2, (at) => `{ name: a${at}, tags: &t${at} { a: b } }\n  - { name: b${at}, tags: *t${at} }`)}`,
  "lists of merge keys": (count) =>
    `users:\n  - &a { name: a }\n  - &b { name: b }\n${entries(count / 2, (at) => `{ <<: [*a, *b], name: user-${at} }`)}`,
};

describe.each(Object.entries(TEXTS))("4,000 %s are", (_, textOf) => {
  test("resolved in time in proportion to their number", async () => {
    // The library's own part is not measured.
    const documents = new Map(
      [2 * ALIASES, (2 * ALIASES) / TIMES].map(textOf).map((text) => [text, parseDocument(text, OPTIONS)]),
    );
    const resolve = (text: string) => {
      const document = documents.get(text) as Document.Parsed;
      expect(new YamlNodes(document).mistakes).toEqual([]);
      document.toJS({ maxAliasCount: -1 });
    };
    expect(await growth(resolve, textOf, 2 * ALIASES)).toBeLessThan(1.5);
  });

  test("read in time in proportion to their number", async () => {
    const read = (text: string) => expect(readYaml(text).errors).toEqual([]);
    expect(await growth(read, textOf, ALIASES)).toBeLessThan(1.5);
  });
});

const OPTIONS = { merge: true, stringKeys: true, uniqueKeys: false } as const;
