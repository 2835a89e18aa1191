/** The command as a process: what it prints where, and with which status it ends. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

const COMMAND = join(process.cwd(), "provider", "dist", "cli.js");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-"));
  writeFileSync(join(folder, "good.yaml"), "users:\n  - name: alice\n  - name: bob\n");
  writeFileSync(join(folder, "bad.yaml"), "users:\n  - name: alice\n    pth: /a/\n");
  writeFileSync(join(folder, "clear.yaml"), "users:\n  - name: alice\n    password: Clear-Text-01!\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

function command(args: string[], input = "") {
  const { status, stdout, stderr } = spawnSync("node", [COMMAND, ...args], { cwd: folder, input, encoding: "utf8" });
  return { status, stdout, stderr };
}

test.each([
  ["a good file", ["check", "good.yaml"], 0, "good.yaml: 2 users, no mistakes\n", ""],
  ["a mistake", ["check", "bad.yaml"], 1, "", 'bad.yaml:3:5: unknown key "pth". Did you mean "path"?\n'],
  [
    "the mistakes of several",
    ["check", "good.yaml", "bad.yaml", "none.yaml"],
    1,
    "",
    /bad\.yaml:3:5: .*\nnone\.yaml:1:1: /,
  ],
  [
    "a password in clear",
    ["check", "clear.yaml"],
    0,
    "clear.yaml: 1 user, no mistakes\n",
    /^clear\.yaml:3:5: warning: /,
  ],
  ["the same, strictly", ["check", "--strict", "clear.yaml"], 1, "", /^clear\.yaml:3:5: warning: /],
  ["no file", ["check"], 2, "", /missing required argument 'file'/],
  ["an unknown option", ["check", "--jsn", "good.yaml"], 2, "", /unknown option '--jsn'[^]*Did you mean --json/],
  ["an unknown verb", ["chek"], 2, "", /unknown command 'chek'[^]*Did you mean check/],
  ["an unknown format", ["skeleton", "--format", "toml"], 2, "", /Allowed choices are yaml, json/],
  ["help", ["--help"], 0, /skeleton[^]*check/, ""],
  ["its version", ["--version"], 0, /^\d+\.\d+\.\d+\n$/, ""],
] as const)("of %s it tells by text and status", (_, args, status, stdout, stderr) => {
  const ended = command([...args]);
  expect(ended.status).toBe(status);
  for (const [found, wanted] of [
    [ended.stdout, stdout],
    [ended.stderr, stderr],
  ] as const) {
    if (typeof wanted === "string") expect(found).toBe(wanted);
    else expect(found).toMatch(wanted);
  }
  expect(ended.stdout + ended.stderr).not.toContain("Clear-Text");
});

test("without a verb it says how it is used", () => {
  const { status, stderr } = command([]);
  expect(status).toBe(2);
  expect(stderr).toContain("Usage: pulumi-aws-login-profile");
});

test("for programs it prints JSON, also where all is well", () => {
  expect(JSON.parse(command(["check", "--json", "bad.yaml"]).stdout)).toEqual([
    { file: "bad.yaml", line: 3, column: 5, severity: "error", message: 'unknown key "pth". Did you mean "path"?' },
  ]);
  expect(command(["check", "--json", "good.yaml"])).toEqual({ status: 0, stdout: "[]\n", stderr: "" });
});

test.each(["yaml", "json"])("what it prints as a starter in %s passes its own check", (format) => {
  const { stdout, status } = command(["skeleton", "--format", format]);
  expect(status).toBe(0);
  expect(command(["check", "-"], stdout)).toMatchObject({ status: 0, stdout: "<stdin>: 3 users, no mistakes\n" });
});

test("it loads neither Pulumi nor AWS", () => {
  const program = `process.argv.push("check", "good.yaml"); require(${JSON.stringify(COMMAND)});
    console.log(Object.keys(require.cache).filter((file) => /@pulumi|@aws-sdk|openpgp|age-encryption/.test(file)).length);`;
  const { stdout } = spawnSync("node", ["-e", program], { cwd: folder, encoding: "utf8" });
  expect(stdout).toBe("good.yaml: 2 users, no mistakes\n0\n");
});
