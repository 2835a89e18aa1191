/** The command as a process: what it prints where, and with which status it ends. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
  for (const name of ["teams/deep", "empty"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "teams", "good.yml"), "users:\n  - name: carol\n");
  writeFileSync(join(folder, "teams", "deep", "bad.json"), '{ "users": [{ "nam": "dave" }] }');
});

afterAll(() => rmSync(folder, { recursive: true }));

function command(args: string[], input: string | Buffer = "") {
  const { GITHUB_WORKSPACE: _, CI_PROJECT_DIR: __, ...env } = process.env;
  const options = { cwd: folder, input, env, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync("node", [COMMAND, ...args], options);
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
  [
    "a folder, with files below",
    ["check", "teams"],
    1,
    "",
    'teams/deep/bad.json:1:13: the key "name" is missing: the IAM user who signs in\n' +
      'teams/deep/bad.json:1:15: unknown key "nam". Did you mean "name"?\n',
  ],
  [
    "a folder and a file",
    ["check", "good.yaml", "teams/good.yml"],
    0,
    "good.yaml, teams/good.yml: 3 users, no mistakes\n",
    "",
  ],
  [
    "a folder without files",
    ["check", "empty"],
    1,
    "",
    "empty:1:1: there is no users file in this folder: no *.yaml, *.yml or *.json\n",
  ],
  [
    "a mistake, for GitHub",
    ["check", "--format", "github", "bad.yaml", "clear.yaml"],
    1,
    /^::error file=bad\.yaml,line=3,col=5::unknown key "pth"\. .*\n::warning file=clear\.yaml,line=3,col=5::the .*\n$/,
    "",
  ],
  ["a good file, for GitHub", ["check", "--format", "github", "good.yaml"], 0, "good.yaml: 2 users, no mistakes\n", ""],
  ["a good file, for GitLab", ["check", "--format", "gitlab", "good.yaml"], 0, "[]\n", ""],
  ["two formats", ["check", "--json", "--format", "github", "good.yaml"], 2, "", /'--json' cannot be used with/],
  [
    "a format that there is not",
    ["check", "--format", "xml", "good.yaml"],
    2,
    "",
    /choices are text, github, gitlab, json/,
  ],
  ["no file", ["check"], 2, "", /missing required argument 'file'/],
  ["an unknown option", ["check", "--jsn", "good.yaml"], 2, "", /unknown option '--jsn'[\s\S]*Did you mean --json/],
  ["an unknown verb", ["chek"], 2, "", /unknown command 'chek'[\s\S]*Did you mean check/],
  ["an unknown format", ["skeleton", "--format", "toml"], 2, "", /Allowed choices are yaml, json/],
  ["help", ["--help"], 0, /skeleton[\s\S]*check/, ""],
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
  expect(command(["check", "--format", "json", "bad.yaml"])).toEqual(command(["check", "--json", "bad.yaml"]));
});

test("for GitLab it prints a report, and to the log what it found", () => {
  const { status, stdout, stderr } = command(["check", "--format", "gitlab", "bad.yaml"]);
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toEqual([
    expect.objectContaining({
      description: 'unknown key "pth". Did you mean "path"?',
      severity: "major",
      location: { path: "bad.yaml", lines: { begin: 3 } },
    }),
  ]);
  expect(stderr).toBe('bad.yaml:3:5: unknown key "pth". Did you mean "path"?\n');
});

test("its help says what a folder stands for", () => {
  expect(command(["check", "--help"]).stdout.replace(/\s+/g, " ")).toContain(
    "a folder stands for the *.yaml, *.yml and *.json files in it and below, without hidden ones, node_modules, and " +
      "files of Pulumi, npm and TypeScript (Pulumi*.yaml, package*.json, tsconfig*.json)",
  );
});

test.each(["yaml", "json"])("what it prints as a starter in %s passes its own check", (format) => {
  const { stdout, status } = command(["skeleton", "--format", format]);
  expect(status).toBe(0);
  // As it is, and as PowerShell 5 writes it to a file.
  for (const input of [stdout, Buffer.from(`\ufeff${stdout.replaceAll("\n", "\r\n")}`, "utf16le")]) {
    expect(command(["check", "-"], input)).toMatchObject({ status: 0, stdout: "<stdin>: 3 users, no mistakes\n" });
  }
});

test("it loads neither Pulumi nor AWS", () => {
  const program = `process.argv.push("check", "good.yaml"); require(${JSON.stringify(COMMAND)});
    const loaded = () => Object.keys(require.cache).filter((file) => /@pulumi|@aws-sdk|openpgp|age-encryption/.test(file));
    process.on("exit", () => console.log(loaded().length));`;
  const { stdout } = spawnSync("node", ["-e", program], { cwd: folder, encoding: "utf8" });
  expect(stdout).toBe("good.yaml: 2 users, no mistakes\n0\n");
});
