import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { privateFolder } from "../../../provider/src/common/private-folder.ts";
import { SharedRun } from "../../../provider/src/lifecycle/shared-run.ts";

const ADDRESS = "127.0.0.1:4711";
let home: string;
const folderHere = () => privateFolder(home, home);

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "shared-run-"));
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

const process1 = () => new SharedRun(() => ADDRESS, folderHere);

test.each([
  ["held", ["1"]],
  ["taken", ["1"]],
  ["released", []],
] as const)("a profile that one process says is %s is held elsewhere in %j for another", (fate, accounts) => {
  process1().note("Alice", "1", fate, "urn:a");
  expect(process1().elsewhere("alice", undefined)).toEqual(accounts);
  expect(process1().elsewhere("bob", undefined)).toEqual([]);
  expect(new SharedRun(() => "127.0.0.1:1", folderHere).elsewhere("alice", undefined)).toEqual([]);
});

test("the last word counts, of each resource", () => {
  const one = process1();
  one.note("alice", "1", "held", "urn:a");
  one.note("alice", "1", "released", "urn:a");
  expect(process1().elsewhere("alice", "urn:b")).toEqual([]);
  one.note("alice", "1", "held", "urn:c");
  expect(process1().elsewhere("alice", "urn:b")).toEqual(["1"]);
  expect(process1().elsewhere("alice", "urn:c")).toEqual([]);
});

test("what the resource itself has made anew elsewhere is held", () => {
  process1().note("alice", "1", "taken", "urn:a");
  expect(process1().elsewhere("alice", "urn:a")).toEqual(["1"]);
});

test("what this process says itself is not elsewhere, and nothing is without an engine", () => {
  const one = process1();
  one.note("alice", "1", "held");
  expect(one.elsewhere("alice", undefined)).toEqual([]);
  expect(new SharedRun(() => undefined, folderHere).elsewhere("alice", undefined)).toEqual([]);
});

test("the files of processes that are no more are removed, and half a line is passed over", () => {
  const folder = folderHere() ?? "";
  const dead = join(folder, "run-127.0.0.1_4711-0-999999999");
  writeFileSync(dead, "{}\n");
  writeFileSync(join(folder, `run-127.0.0.1_4711-99-${process.pid}`), '{"userName":"alice"');
  const one = process1();
  one.note("bob", "1", "held");
  expect(readdirSync(folder)).not.toContain("run-127.0.0.1_4711-0-999999999");
  expect(one.elsewhere("alice", undefined)).toEqual([]);
});

test("the folder and its files are private", () => {
  process1().note("alice", "1", "held");
  const folder = folderHere() ?? "";
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
});

test.each([
  ["that others may read", (folder: string) => chmodSync(folder, 0o755)],
  [
    "that is a link",
    (folder: string) => {
      rmSync(folder, { recursive: true });
      symlinkSync(home, folder);
    },
  ],
  [
    "that is a file",
    (folder: string) => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, "");
    },
  ],
])("a folder %s is not used: the user's own takes its place", (_, spoil) => {
  const folder = folderHere() ?? "";
  expect(folder.startsWith(join(home, "pulumi-aws-login-profile"))).toBe(true);
  spoil(folder);
  expect(folderHere()).toBe(join(home, ".pulumi-aws-login-profile"));
});
