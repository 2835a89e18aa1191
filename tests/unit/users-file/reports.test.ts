/** What services read: held against how they take it apart. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Finding, REPORTERS } from "../../../provider/src/users-file/reports.ts";
import type { FileProblem } from "../../../provider/src/users-file/users-file.ts";

const VARIABLES = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];
const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));

function restore(): void {
  for (const name of VARIABLES) delete process.env[name];
}

beforeEach(restore);

afterEach(() => {
  restore();
  for (const [name, value] of Object.entries(before)) if (value !== undefined) process.env[name] = value;
});

function finding(some: Partial<Finding> = {}): Finding {
  const path = some.path ?? "users.yaml";
  return { file: path, path, line: 3, column: 5, severity: "error", message: "wrong", ...some };
}

/** A workflow command, as the runner reads it (actions/runner, ActionCommand.cs, TryParseV2). */
function readByRunner(line: string): { command: string; properties: Record<string, string>; data: string } | undefined {
  if (!line.trimStart().startsWith("::") || /[\r\n]/.test(line)) return undefined;
  const end = line.indexOf("::", 2);
  const info = line.slice(2, end);
  const space = info.indexOf(" ");
  const plain = (text: string, ...more: [string, string][]) =>
    [["%0D", "\r"], ["%0A", "\n"], ...more, ["%25", "%"]].reduce(
      (read, [from = "", to = ""]) => read.replaceAll(from, to),
      text,
    );
  const properties = info
    .slice(space + 1)
    .split(",")
    .map((pair) => /^([^=]*)=(.*)$/s.exec(pair) ?? [])
    .map(([, name = "", value = ""]) => [name, plain(value, ["%3A", ":"], ["%2C", ","])]);
  return {
    command: info.slice(0, space),
    properties: Object.fromEntries(properties),
    data: plain(line.slice(end + 2)),
  };
}

describe("for GitHub", () => {
  test("a finding is a workflow command at its place, and that all is well a plain line", () => {
    const findings = [finding(), finding({ severity: "warning", line: 4, message: "in clear" })];
    expect(REPORTERS.github(findings, undefined)).toEqual({
      out: ["::error file=users.yaml,line=3,col=5::wrong", "::warning file=users.yaml,line=4,col=5::in clear"],
      err: [],
    });
    expect(REPORTERS.github([], "users.yaml: 1 user, no mistakes").out).toEqual(["users.yaml: 1 user, no mistakes"]);
  });

  test("what the form takes for its own is written in another way", () => {
    const [line] = REPORTERS.github(
      [finding({ path: "a,b:c%/users.yaml", message: "50%: one, two\r\n::error::three" })],
      undefined,
    ).out;
    expect(line).toBe("::error file=a%2Cb%3Ac%25/users.yaml,line=3,col=5::50%25: one, two%0D%0A::error::three");
  });

  test("the runner reads from it what was found, whatever that is", () => {
    const texts = fc.string({ unit: fc.constantFrom(..."a%:,=;\r\n0DA253C] ") });
    fc.assert(
      fc.property(texts, texts, (name, message) => {
        const path = `folder/${name}x`;
        fc.pre(!/^folder\/[./]/.test(path) && !/\/\/|\/\.\.?\//.test(path));
        const [line = ""] = REPORTERS.github([finding({ path, message })], undefined).out;
        expect(readByRunner(line)).toEqual({
          command: "error",
          properties: { file: path, line: "3", col: "5" },
          data: message,
        });
      }),
    );
  });

  test("a file is named by its path in the repository, wherever the command runs", () => {
    process.env.GITHUB_WORKSPACE = join(process.cwd(), "..");
    const [line] = REPORTERS.github([finding()], undefined).out;
    expect(line).toContain(`file=${process.cwd().split("/").at(-1)}/users.yaml,`);
    process.env.GITHUB_WORKSPACE = join(process.cwd(), "elsewhere");
    expect(REPORTERS.github([finding()], undefined).out[0]).toContain("file=users.yaml,");
  });

  test("the standard input is no file", () => {
    expect(REPORTERS.github([finding({ path: "-", file: "<stdin>" })], undefined).out).toEqual([
      "::error line=3,col=5::wrong",
    ]);
  });
});

describe("for GitLab", () => {
  const reported = (findings: Finding[]) => JSON.parse(REPORTERS.gitlab(findings).out.join("\n"));

  test("findings are a Code Quality report, and lines for the job's log", () => {
    const findings = [finding(), finding({ severity: "warning", line: 4, message: "in clear" })];
    expect(reported(findings)).toEqual([
      {
        description: "wrong",
        check_name: "pulumi-aws-login-profile/users-file",
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        severity: "major",
        location: { path: "users.yaml", lines: { begin: 3 } },
      },
      expect.objectContaining({ severity: "minor", location: { path: "users.yaml", lines: { begin: 4 } } }),
    ]);
    expect(REPORTERS.gitlab(findings).err).toEqual(["users.yaml:3:5: wrong", "users.yaml:4:5: warning: in clear"]);
  });

  test("without findings it is an empty list, without a byte order mark", () => {
    expect(REPORTERS.gitlab([]).out).toEqual(["[]"]);
  });

  test("a fingerprint stays when lines move, and is another for each finding", () => {
    const prints = (findings: Finding[]) =>
      reported(findings).map(({ fingerprint }: { fingerprint: string }) => fingerprint);
    const alike = [finding(), finding({ line: 9 }), finding({ path: "other.yaml" }), finding({ message: "worse" })];
    expect(new Set(prints(alike)).size).toBe(4);
    expect(prints(alike.map((one) => ({ ...one, line: one.line + 7 })))).toEqual(prints(alike));
    expect(prints([finding({ message: "new", line: 1 }), ...alike]).slice(1)).toEqual(prints(alike));
  });

  test("a file is named by its path in the project, wherever the command runs", () => {
    process.env.CI_PROJECT_DIR = join(process.cwd(), "..");
    expect(reported([finding()])[0].location.path).toBe(`${process.cwd().split("/").at(-1)}/users.yaml`);
  });
});

test("JSON and lines are as they always were", () => {
  const problem: FileProblem = { file: "users.yaml", line: 3, column: 5, severity: "error", message: "wrong" };
  expect(JSON.parse(REPORTERS.json([{ path: "./users.yaml", ...problem }]).out.join(""))).toEqual([problem]);
  expect(REPORTERS.json([]).out).toEqual(["[]"]);
  expect(REPORTERS.text([{ path: "./users.yaml", ...problem }], undefined)).toEqual({
    out: [],
    err: ["users.yaml:3:5: wrong"],
  });
});

test("a file's name does nothing to a terminal or a log", () => {
  expect(REPORTERS.text([finding({ path: "a\n::error::\x1b[31m.yaml" })], undefined).err).toEqual([
    "a\\u{000A}::error::\\u{001B}[31m.yaml:3:5: wrong",
  ]);
});
