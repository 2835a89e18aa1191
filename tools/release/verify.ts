/**
 * Installs a published release from its registries, as its users do, and compiles its examples:
 * node tools/release/verify.ts --version X.Y.Z [--repository OWNER/NAME] [--patience SECONDS]
 *
 * Which registries these are, the clients' own settings say: npm_config_registry, PIP_INDEX_URL, GOPROXY, and so on.
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { programOf } from "../examples.ts";
import { type Home, homeOf, NPM_SDK, PYTHON_SDK } from "./home.ts";
import { mavenProject } from "./maven.ts";
import { nugetId } from "./sdks.ts";
import { withNames } from "./stamp.ts";

const ROOT = join(import.meta.dirname, "..", "..");
/** Between two questions to a registry that does not show the release yet. */
const PAUSE_MS = 30_000;

interface Verification {
  name: string;
  /** What is laid into an empty folder. */
  files: Record<string, string>;
  commands: string[][];
}

function verifications(home: Home, version: string): Verification[] {
  const program = (ending: string) => withNames(programOf("LoginProfile", ending), home);
  const npm = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"];
  const compile = [
    "npx",
    "tsc",
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--target",
    "es2022",
    "--module",
    "nodenext",
  ];
  return [
    ...globSync("examples/*/package.json", { cwd: ROOT }).map((manifest) => ({
      name: manifest.replace("/package.json", ""),
      files: { ...exampleFiles(join(ROOT, manifest, "..")), "package.json": pinned(manifest, version) },
      commands: [npm, ["npx", "tsc", "--noEmit"]],
    })),
    {
      name: "Node.js SDK",
      files: { "index.ts": program("ts"), "package.json": '{ "private": true }' },
      commands: [
        [...npm, `${NPM_SDK}@${version}`, "typescript@5", "@types/node@22"],
        [...compile, "index.ts"],
      ],
    },
    {
      name: "Python SDK",
      files: { "program.py": program("py") },
      commands: [
        ["python3", "-m", "venv", "environment"],
        ["environment/bin/pip", "install", "--quiet", `${PYTHON_SDK}==${version}`],
        ["environment/bin/python", "-c", `import ast, ${PYTHON_SDK}; ast.parse(open("program.py").read())`],
      ],
    },
    {
      name: "Go SDK",
      files: { "main.go": program("go") },
      commands: [
        ["go", "mod", "init", "program"],
        ["go", "get", `${home.goModule}@v${version}`],
        ["go", "mod", "tidy"],
        ["go", "vet", "./..."],
      ],
    },
    {
      name: "Java SDK",
      files: { "pom.xml": mavenProject(home, version), "src/main/java/generated_program/App.java": program("java") },
      commands: [["mvn", "--batch-mode", "--quiet", "-U", "compile"]],
    },
    {
      name: ".NET SDK",
      files: { "Program.cs": program("cs"), "program.csproj": dotnetProject(home, version) },
      commands: [["dotnet", "build", "--nologo"]],
    },
  ];
}

function exampleFiles(folder: string): Record<string, string> {
  const files = globSync("*.{ts,json,yaml}", { cwd: folder });
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

function pinned(manifest: string, version: string): string {
  const { dependencies, ...rest } = JSON.parse(readFileSync(join(ROOT, manifest), "utf8"));
  return JSON.stringify({ ...rest, dependencies: { ...dependencies, "pulumi-aws-login-profile": version } });
}

function dotnetProject(home: Home, version: string): string {
  return `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType><TargetFramework>net8.0</TargetFramework><Nullable>enable</Nullable>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="${nugetId(home)}" Version="${version}" /></ItemGroup>
</Project>
`;
}

/** Tries again until the registry shows the release, or patience is at its end; undefined where the machine lacks a tool. */
async function holds({ name, files, commands }: Verification, patienceMs: number): Promise<boolean | undefined> {
  for (const end = Date.now() + patienceMs; ; await delay(PAUSE_MS)) {
    const folder = mkdtempSync(join(tmpdir(), "verify-"));
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    console.log(`\n== ${name}`);
    const failed = firstFailure(commands, folder);
    rmSync(folder, { recursive: true, force: true });
    if (failed === undefined) return true;
    if (failed === "no tool") return undefined;
    if (Date.now() > end) return false;
  }
}

/** Carries out commands up to the first that fails; undefined where none does. */
function firstFailure(commands: string[][], folder: string): "no tool" | "failed" | undefined {
  for (const [command = "", ...args] of commands) {
    const { status, error } = spawnSync(command, args, { cwd: folder, stdio: "inherit" });
    if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return "no tool";
    if (status !== 0) return "failed";
  }
  return undefined;
}

const { values } = parseArgs({
  options: {
    version: { type: "string", default: "" },
    repository: { type: "string", default: process.env.GITHUB_REPOSITORY ?? "" },
    patience: { type: "string", default: "0" },
    only: { type: "string" },
  },
});
const home = homeOf(values.repository, values.version);
const results: [string, boolean | undefined][] = [];
for (const verification of verifications(home, values.version)) {
  if (values.only !== undefined && !verification.name.includes(values.only)) continue;
  results.push([verification.name, await holds(verification, Number(values.patience) * 1000)]);
}
for (const [name, result] of results) {
  console.log(
    `${result === undefined ? "not verified, for its tool is not here" : result ? "verified" : "FAILED"}: ${name}`,
  );
}
const isComplete = process.env.CI === "true";
if (results.some(([, result]) => result === false || (isComplete && result === undefined))) process.exit(1);
