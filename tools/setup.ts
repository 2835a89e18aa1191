/**
 * Brings what the demo runs on, once: the Pulumi CLI by its official installer, or built from its
 * Go module where that cannot be reached, and a Python environment with the embedded IAM and the
 * AWS CLI. With --tests, what only tests need comes too: age, the YAML language host, and what
 * programs with the generated SDKs are built with. With --lint, --release or --rehearsal come only the linters of
 * workflows, what builds Python packages, or the registries too that a release is rehearsed in. All are kept in the
 * user's cache folder.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { buildSync } from "esbuild";
import { SemVer } from "semver";
import {
  ACTIONLINT,
  AGE,
  CACHE,
  ENGINE,
  ENGINE_ORIGIN,
  ENGINE_VERSION,
  LINT_PYTHON,
  LINT_REQUIREMENTS,
  PYPISERVER,
  PYPISERVER_REQUIREMENTS,
  PYTHON,
  REHEARSAL,
  RELEASE_PYTHON,
  RELEASE_REQUIREMENTS,
  REQUIREMENTS,
  ROOT,
  SDK_GENERATOR,
  SDK_GO,
  SDK_PYTHON,
  SDK_REQUIREMENTS,
  VERDACCIO,
  YAML_HOST,
} from "../tests/support/lab.ts";
import { GO, generateSdks } from "../tests/support/languages.ts";

const INSTALLER_TIMEOUT_MS = 180_000;

mkdirSync(CACHE, { recursive: true });
if (process.argv.includes("--lint")) ensureLinters();
else if (process.argv.includes("--release"))
  ensurePython("what builds Python packages", RELEASE_PYTHON, RELEASE_REQUIREMENTS);
else if (process.argv.includes("--rehearsal")) {
  ensurePython("what builds Python packages", RELEASE_PYTHON, RELEASE_REQUIREMENTS);
  ensurePython("a registry for Python packages", PYPISERVER, PYPISERVER_REQUIREMENTS);
  ensureVerdaccio();
} else if (process.argv.includes("--engine")) {
  await ensureEngine();
  // For the path of a workflow.
  say(join(ENGINE, "bin"));
} else {
  await ensureEngine();
  ensurePython("the embedded IAM (ministack) and the AWS CLI", PYTHON, REQUIREMENTS);
  if (process.argv.includes("--tests")) await ensureTestTools();
}
// Whatever is left of an installer that took too long must not keep this process.
process.exit(0);

async function ensureEngine(): Promise<void> {
  const cached = existsSync(ENGINE_ORIGIN);
  if (!cached) await installEngine();
  const origin = readFileSync(ENGINE_ORIGIN, "utf8");
  if (origin === "go build") placeStandInHosts();
  say(
    `Pulumi CLI ${ENGINE_VERSION}: ${cached ? "cached" : "new"} in ${ENGINE} (${
      origin === "installer"
        ? "official installer"
        : "built from its Go module; test stand-ins take the place of the Node.js language host and of the aws and random plugins"
    })`,
  );
}

async function installEngine(): Promise<void> {
  rmSync(ENGINE, { recursive: true, force: true });
  say(`Pulumi CLI ${ENGINE_VERSION}: trying the official installer …`);
  try {
    const tooLong = delay(INSTALLER_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new Error("no end after 3 minutes");
    });
    await Promise.race([PulumiCommand.install({ version: new SemVer(ENGINE_VERSION), root: ENGINE }), tooLong]);
    writeFileSync(ENGINE_ORIGIN, "installer");
  } catch (error) {
    say(`The official installer cannot be reached (${(error as Error).message.split("\n")[0]}).`);
    say("Building the CLI from its Go module instead: 3 to 8 minutes, once …");
    const building = `${ENGINE}.building`;
    rmSync(building, { recursive: true, force: true });
    run(
      "go",
      [
        "build",
        "-ldflags",
        `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${ENGINE_VERSION}`,
        "-o",
        join(building, "bin", "pulumi"),
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      ],
      join(ROOT, "tools", "engine"),
    );
    rmSync(ENGINE, { recursive: true, force: true });
    renameSync(building, ENGINE);
    writeFileSync(ENGINE_ORIGIN, "go build");
  }
}

/** The engine looks for its hosts beside itself, where the official release has them. */
function placeStandInHosts(): void {
  const bin = join(ENGINE, "bin");
  buildSync({
    entryPoints: [join(ROOT, "tests", "support", "stand-ins", "language-host.ts")],
    bundle: true,
    minify: true,
    platform: "node",
    outfile: join(bin, "language-host.cjs"),
  });
  writeScript(join(bin, "pulumi-language-nodejs"), `exec node "$(dirname "$0")/language-host.cjs" "$@"`);
  copyFileSync(
    join(ROOT, "node_modules", "@pulumi", "pulumi", "pulumi-resource-pulumi-nodejs"),
    join(bin, "pulumi-resource-pulumi-nodejs"),
  );
  chmodSync(join(bin, "pulumi-resource-pulumi-nodejs"), 0o755);
}

function writeScript(path: string, command: string): void {
  writeFileSync(path, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
}

function ensurePython(what: string, folder: string, requirements: string): void {
  ensureInstalled(what, "PyPI", folder, () => {
    run("python3", ["-m", "venv", folder]);
    run(join(folder, "bin", "pip"), ["install", "--quiet", "--requirement", requirements]);
  });
}

/** What is installed cannot be moved, so it is made where it stays; a marker says that it is complete. */
function ensureInstalled(what: string, from: string, folder: string, install: () => void): void {
  const complete = join(folder, "complete");
  const cached = existsSync(complete);
  if (!cached) {
    say(`Installing ${what} from ${from}: half a minute, once …`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    install();
    writeFileSync(complete, "");
  }
  say(`${what}: ${cached ? "cached" : "new"} in ${folder}`);
}

function ensureGoTools(what: string, folder: string, module: string, commands: string[]): void {
  const cached = existsSync(folder);
  if (!cached) {
    const building = `${folder}.building`;
    rmSync(building, { recursive: true, force: true });
    mkdirSync(building);
    say(`Building ${what} from its Go module, once …`);
    run("go", ["build", "-o", `${building}/`, ...commands], join(ROOT, "tools", module));
    renameSync(building, folder);
  }
  say(`${what}: ${cached ? "cached" : "new"} in ${folder}`);
}

/** What people open passwords with, another language of programs, and what the generated SDKs are tested with. */
async function ensureTestTools(): Promise<void> {
  ensureGoTools("age", AGE, "age", ["filippo.io/age/cmd/age", "filippo.io/age/cmd/age-keygen"]);
  ensureGoTools("the YAML language host", YAML_HOST, "yaml", [
    "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
  ]);
  ensurePython("Pulumi for Python", SDK_PYTHON, SDK_REQUIREMENTS);
  ensureGoTools("the SDK generators", SDK_GENERATOR, "sdks", ["."]);
  if (!existsSync(SDK_GO)) {
    say("Building a program with Pulumi's SDK for Go: 1 to 2 minutes, once …");
    await generateSdks();
    await GO.build();
    writeFileSync(SDK_GO, "");
  }
  say(`Pulumi for Go: in Go's build cache`);
}

function ensureVerdaccio(): void {
  ensureInstalled("a registry for npm packages (verdaccio)", "npm", VERDACCIO, () => {
    for (const file of ["package.json", "package-lock.json"]) {
      copyFileSync(join(REHEARSAL, file), join(VERDACCIO, file));
    }
    run("npm", ["install", "--no-fund", "--no-audit", "--loglevel=error"], VERDACCIO);
  });
}

function ensureLinters(): void {
  ensureGoTools("actionlint", ACTIONLINT, "lint", ["github.com/rhysd/actionlint/cmd/actionlint"]);
  ensurePython("zizmor", LINT_PYTHON, LINT_REQUIREMENTS);
}

function run(command: string, args: string[], cwd = ROOT): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ["ignore", 2, 2] });
  if (error !== undefined || status !== 0)
    fail(`${command} ${args.join(" ")} failed: ${error?.message ?? `exit code ${status}`}`);
}

function say(line: string): void {
  console.log(line);
}

function fail(line: string): never {
  console.error(line);
  process.exit(1);
}
