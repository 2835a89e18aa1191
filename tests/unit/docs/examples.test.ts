/** What stands between fences: it compiles, parses, or names commands that exist. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import ts from "typescript";
import { parseAllDocuments } from "yaml";
import { checkUsersFile } from "../../../provider/src/users-file/users-file.ts";
import { pages } from "../../support/markdown.ts";

interface Example {
  /** As people find it: `docs/reference.md:12`. */
  place: string;
  path: string;
  language: string;
  text: string;
}

const ALL: (Example & { unchecked?: string })[] = pages().flatMap(({ path, blocks }) =>
  blocks.map(({ line, ...block }) => ({ ...block, path, place: `${path}:${line}` })),
);
const CHECKED = ALL.filter(({ unchecked }) => unchecked === undefined);

const KNOWN = {
  typescript: ["typescript"],
  yaml: ["yaml"],
  json: ["json"],
  python: ["python"],
  shell: ["sh", "console"],
  /** What programs print, and other tools' languages. */
  others: ["text", "hcl"],
};

function examplesIn(kind: keyof typeof KNOWN): Example[] {
  return CHECKED.filter(({ language }) => KNOWN[kind].includes(language));
}

test("each example says what it is written in", () => {
  const languages = Object.values(KNOWN).flat();
  expect(ALL.filter(({ language }) => !languages.includes(language)).map(({ place }) => place)).toEqual([]);
});

test("TypeScript compiles", () => {
  const examples = examplesIn("typescript");
  expect(examples.length).toBeGreaterThan(20);
  expect(mistakesIn(examples)).toEqual([]);
});

/** Each example is a module of one program. What it does not import comes from prelude.d.ts. */
function mistakesIn(examples: Example[]): string[] {
  const folder = join(process.cwd(), "tests", "unit", "docs");
  const modules = new Map(
    examples.map(({ place, text }) => [
      join(folder, `${place.replace(/\W/g, "-")}.ts`),
      { place, text: `export {};\n${text}` },
    ]),
  );
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.Node16,
    types: ["node"],
    skipLibCheck: true,
    // Its index is 84 MB of declarations.
    paths: { "@pulumi/aws": [join(folder, "aws.d.cts")] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => modules.has(file) || fileExists(file);
  host.readFile = (file) => modules.get(file)?.text ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = modules.get(file)?.text;
    return text === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, text, version);
  };
  const program = ts.createProgram([join(folder, "prelude.d.ts"), ...modules.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const place = modules.get(file?.fileName ?? "")?.place ?? file?.fileName;
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line;
    return `${place}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

test.each(examplesIn("yaml"))("YAML at $place parses", ({ text }) => {
  // Of a workflow, what GitHub puts in is a text like any other.
  expect(parseAllDocuments(text).flatMap((document) => ("errors" in document ? document.errors : []))).toEqual([]);
});

test("users files are without mistakes", () => {
  const files = [...examplesIn("yaml"), ...examplesIn("json")].filter(({ text }) =>
    /^(# yaml-language-server.*\n)?users:|"UserName"/.test(text),
  );
  expect(files.length).toBeGreaterThan(1);
  const folder = mkdtempSync(join(tmpdir(), "docs-"));
  for (const { place, text } of files) {
    const file = join(folder, "users.yaml");
    writeFileSync(file, text);
    const mistakes = checkUsersFile(file).problems.filter(({ severity }) => severity === "error");
    expect([place, mistakes]).toEqual([place, []]);
  }
  rmSync(folder, { recursive: true });
});

test.each(examplesIn("json"))("JSON at $place parses", ({ text }) => {
  expect(() => JSON.parse(text)).not.toThrow();
});

test("Python compiles", () => {
  const examples = examplesIn("python");
  expect(examples.length).toBeGreaterThan(0);
  const program = [
    "import json, sys",
    "for one in json.load(sys.stdin):",
    "    compile(one['text'], one['place'], 'exec')",
  ].join("\n");
  const { status, stderr } = spawnSync("python3", ["-c", program], {
    input: JSON.stringify(examples),
    encoding: "utf8",
  });
  expect([stderr, status]).toEqual(["", 0]);
});

test("commands, targets and scripts are there", () => {
  const targets = readFileSync("Makefile", "utf8").match(/^[a-z][\w-]*(?=:)/gm) ?? [];
  const scripts = Object.keys(JSON.parse(readFileSync("package.json", "utf8")).scripts);
  const subcommands = [...readFileSync("provider/src/cli.ts", "utf8").matchAll(/\.command\("([\w-]+)/g)].map(
    ([, name]) => name,
  );
  expect(subcommands.length).toBeGreaterThan(1);
  const known: [RegExp, unknown[]][] = [
    [/(?<![\w-])pulumi-aws-login-profile ([a-z][\w-]*)/g, subcommands],
    [/(?:^|\s)make ([a-z][\w-]*)/gm, targets],
    [/npm run ([\w-]+)/g, scripts],
  ];
  const spoken = CHECKED.filter(({ language }) => KNOWN.shell.includes(language)).map(({ place, text }) => ({
    place,
    // Packages are installed under the name of the command.
    text: text.replace(/#.*$|^.*npm (install|pack|view|audit).*$/gm, ""),
  }));
  const inline = pages().flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:npx )?(?:pulumi-aws-login-profile|make|npm run) [^`\n]+)`/g)].map(([, code]) => ({
      place: path,
      text: code ?? "",
    })),
  );
  const unknown = [...spoken, ...inline].flatMap(({ place, text }) =>
    known.flatMap(([pattern, names]) =>
      [...text.matchAll(pattern)].filter(([, name]) => !names.includes(name)).map(([found]) => `${place}: ${found}`),
    ),
  );
  expect(unknown).toEqual([]);
});
