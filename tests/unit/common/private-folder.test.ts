import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { LEFT_BEHIND_MS } from "../../../provider/src/common/limits.ts";
import { OWNED_NAME, ownedName, PrivateFolder } from "../../../provider/src/common/private-folder.ts";

const CONTENT = Buffer.from("content");
const IS_ROOT = process.getuid?.() === 0;

let parent: string;
let first: string;
let second: string;
let folder: PrivateFolder;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "private-folder-"));
  first = join(parent, "first");
  second = join(parent, "deep", "second");
  folder = new PrivateFolder([first, second]);
});

afterEach(() => {
  chmodSync(parent, 0o700);
  rmSync(parent, { recursive: true, force: true });
});

test("a file is written, listed, read and removed, and nobody else can read it or its folder", () => {
  folder.write("file", CONTENT);
  expect(folder.list()).toEqual(["file"]);
  expect(folder.read("file")).toEqual(CONTENT);
  expect([statSync(first), statSync(join(first, "file"))].map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600]);
  expect(existsSync(second)).toBe(false);
  folder.remove("file");
  folder.remove("file");
  expect([folder.list(), folder.read("file")]).toEqual([[], undefined]);
});

test("a file is replaced as a whole", () => {
  folder.write("file", CONTENT);
  folder.write("file", Buffer.from("other"));
  expect([folder.read("file")?.toString(), readdirSync(first)]).toEqual(["other", ["file"]]);
});

const OF_ANOTHER = 12345;

/** What makes a place one that is not used, and what is said of it. */
const SPOILT: Record<string, [spoil: (place: string) => void, reason: RegExp]> = {
  "that others may read": [
    (place) => {
      mkdirSync(place);
      chmodSync(place, 0o750);
    },
    /others have access to it \(mode 750\)/,
  ],
  "that is a link": [
    (place) => {
      mkdirSync(`${place}-target`, { mode: 0o700 });
      symlinkSync(`${place}-target`, place);
    },
    /it is no folder, but a link or a file/,
  ],
  "that is a file": [(place) => writeFileSync(place, ""), /it cannot be written \(EEXIST\)/],
  "below a file": [
    (place) => {
      rmSync(join(place, ".."), { recursive: true });
      writeFileSync(join(place, ".."), "");
    },
    /it cannot be written \(ENOTDIR\)/,
  ],
  // To give a folder away takes root.
  ...(IS_ROOT && {
    "of somebody else": [
      (place: string) => {
        mkdirSync(place, { mode: 0o700 });
        chownSync(place, OF_ANOTHER, OF_ANOTHER);
      },
      /it belongs to another user \(12345\)/,
    ],
  }),
  // Root may write everywhere.
  ...(!IS_ROOT && {
    "that cannot be written": [
      (place: string) => {
        mkdirSync(place);
        chmodSync(place, 0o500);
      },
      /it cannot be written \(EACCES\)/,
    ],
  }),
};

test.each(Object.entries(SPOILT))("a folder %s is passed over, for the next place", (_, [spoil, reason]) => {
  const spoilt = join(parent, "own", "spoilt");
  mkdirSync(join(spoilt, ".."));
  spoil(spoilt);
  new PrivateFolder([spoilt, first]).write("file", CONTENT);
  expect(new PrivateFolder([spoilt, first]).read("file")).toEqual(CONTENT);
  expect(readdirSync(first)).toEqual(["file"]);
  expect(new PrivateFolder([spoilt, first]).list()).toEqual(["file"]);
  expect(() => new PrivateFolder([spoilt]).write("file", CONTENT)).toThrow(reason);
});

test("where no place can be used, the error names each, and says what to do", () => {
  for (const place of [first, join(parent, "deep")]) writeFileSync(place, "");
  expect(() => folder.write("file", CONTENT)).toThrow(
    [
      "a folder is needed that only you can read, for what program and provider hand to each other, and none can be used:",
      `- ${first}: it cannot be written (EEXIST)`,
      `- ${second}: it cannot be written (ENOTDIR)`,
      "Make one of them writable, or set TMPDIR to a folder of your own.",
    ].join("\n"),
  );
});

test.each<[string, (file: string) => void]>([
  ["is a link", (file) => symlinkSync(join(parent, "elsewhere"), file)],
  ["is a folder", (file) => mkdirSync(file)],
  [
    "others may read",
    (file) => {
      linkSync(join(parent, "elsewhere"), file);
      chmodSync(file, 0o640);
    },
  ],
])("what %s is not read", (_, put) => {
  folder.write("other", CONTENT);
  writeFileSync(join(parent, "elsewhere"), CONTENT, { mode: 0o600 });
  put(join(first, "file"));
  expect(folder.read("file")).toBeUndefined();
});

test("a file is found in whatever place it is", () => {
  new PrivateFolder([second]).write("file", CONTENT);
  expect(folder.read("file")).toEqual(CONTENT);
  expect(new PrivateFolder([first]).read("file")).toBeUndefined();
});

test.each(["../file", "/etc/passwd", ".hidden", "a/b", "a\\b", "", "a\0b", ".."])(
  "%j is the name of no file",
  (name) => {
    expect(() => folder.read(name)).toThrow(TypeError);
    expect(() => folder.write(name, CONTENT)).toThrow(TypeError);
    expect(() => folder.remove(name)).toThrow(TypeError);
  },
);

test("a name of its owner's is never the same twice", () => {
  const [one, other] = [ownedName("key"), ownedName("key")];
  expect(one).toMatch(OWNED_NAME);
  expect(one).not.toBe(other);
  expect(one.split("-").slice(0, -1)).toEqual(other.split("-").slice(0, -1));
});

test("what killed processes left is swept, by kind, process and age", () => {
  const live = ownedName("key");
  const dead = live.replace(`-${process.pid}-`, "-999999999-");
  const [, machine = ""] = OWNED_NAME.exec(live) ?? [];
  const elsewhere = dead.replace(machine, "00000000");
  const old = elsewhere.replace(/.$/, "x");
  const otherKind = dead.replace("key", "other");
  for (const name of [live, dead, elsewhere, old, otherKind]) folder.write(name, CONTENT);
  const longAgo = new Date(Date.now() - LEFT_BEHIND_MS - 1000);
  utimesSync(join(first, old), longAgo, longAgo);
  folder.sweep("key");
  expect(folder.list().sort()).toEqual([live, elsewhere, otherKind].sort());
});
