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

test("what one process says is known to the others of its run, and to no other run", () => {
  process1().note({ userName: "Alice", fate: "held", accountId: "1", urn: "urn:a" });
  expect(process1().elsewhere("aLICE")).toEqual([{ userName: "alice", fate: "held", accountId: "1", urn: "urn:a" }]);
  expect(process1().elsewhere("bob")).toEqual([]);
  expect(new SharedRun(() => "127.0.0.1:1", folderHere).elsewhere("alice")).toEqual([]);
});

test("the last word counts, of each resource and account", () => {
  const one = process1();
  one.note({ userName: "alice", fate: "held", accountId: "1", urn: "urn:a" });
  one.note({ userName: "alice", fate: "released", accountId: "1", urn: "urn:a" });
  one.note({ userName: "alice", fate: "taken", accountId: "1", urn: "urn:c" });
  one.note({ userName: "alice", fate: "held", accountId: "2", urn: "urn:c" });
  const fates = process1()
    .elsewhere("alice")
    .map(({ fate }) => fate);
  expect(fates).toEqual(["released", "taken", "held"]);
});

test("what this process says itself is not elsewhere, and nothing is without an engine", () => {
  const one = process1();
  one.note({ userName: "alice", fate: "held", accountId: "1" });
  expect(one.elsewhere("alice")).toEqual([]);
  expect(new SharedRun(() => undefined, folderHere).elsewhere("alice")).toEqual([]);
});

test.each<[string, (folder: string) => void]>([
  ["swept away", (folder) => rmSync(folder, { recursive: true })],
  ["opened to others", (folder) => chmodSync(folder, 0o755)],
  ["exchanged for a file", (folder) => [rmSync(folder, { recursive: true }), writeFileSync(folder, "")]],
  ["exchanged for a link", (folder) => [rmSync(folder, { recursive: true }), symlinkSync(tmpdir(), folder)]],
])("what is said after the folder was %s in the midst of a run is known all the same", (_, spoil) => {
  const one = process1();
  one.note({ userName: "alice", fate: "held", accountId: "1" });
  spoil(folderHere() ?? "");
  one.note({ userName: "bob", fate: "held", accountId: "1" });
  expect(process1().elsewhere("bob")).toHaveLength(1);
});

test("a program is heard as long as what started it lives", () => {
  const program = (...lifeline: number[]) => new SharedRun(() => ADDRESS, folderHere, lifeline);
  program(999999998, process.ppid).note({ userName: "alice", fate: "declared" });
  program(999999998, 999999999).note({ userName: "bob", fate: "declared" });
  expect(process1().elsewhere("alice")).toHaveLength(1);
  expect(process1().elsewhere("bob")).toEqual([]);
});

test("the files of processes that are no more are removed, and half a line is passed over", () => {
  const folder = folderHere() ?? "";
  const dead = join(folder, "run-127.0.0.1_4711-0-999999999");
  writeFileSync(dead, "{}\n");
  writeFileSync(join(folder, `run-127.0.0.1_4711-99-${process.pid}`), '{"userName":"alice"');
  const one = process1();
  one.note({ userName: "bob", fate: "held", accountId: "1" });
  expect(readdirSync(folder)).not.toContain("run-127.0.0.1_4711-0-999999999");
  expect(one.elsewhere("alice")).toEqual([]);
});

test("the folder and its files are private", () => {
  process1().note({ userName: "alice", fate: "held", accountId: "1" });
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
