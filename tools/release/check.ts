/**
 * Asks the registries' own tools about a release that was built: node tools/release/check.ts [--into FOLDER]. What a machine
 * has no tool for is said, and is an error in CI, where all are there.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ENGINE, labEnvironment, RELEASE_PYTHON } from "../../tests/support/lab.ts";

const ROOT = join(import.meta.dirname, "..", "..");

interface Check {
  name: string;
  /** Below the folder of the release. */
  folder: string;
  command: string[];
}

function checks(folder: string): Check[] {
  const python = join(RELEASE_PYTHON, "bin", "python");
  const [tarball = ""] = globSync("npm/*.tgz", { cwd: folder });
  return [
    { name: "npm package: publint", folder: "stage/package", command: ["publint", "run", "--strict", "."] },
    { name: "npm package: types", folder: ".", command: ["attw", tarball, "--profile", "node16", "--no-emoji"] },
    { name: "npm package: publish", folder: "stage/package", command: NPM_PUBLISH },
    {
      name: "schema",
      folder: "archives",
      command: [join(ENGINE, "bin", "pulumi"), "schema", "check", "schema.json"],
    },
    { name: "Node.js SDK: publish", folder: "sdks/nodejs/bin", command: NPM_PUBLISH },
    { name: "Python SDK: build", folder: "sdks/python", command: [python, "-m", "build", "--outdir", "dist"] },
    {
      name: "Python SDK: twine",
      folder: "sdks/python",
      command: ["sh", "-c", `"${python}" -m twine check --strict dist/*`],
    },
    { name: "Go SDK: tidy", folder: "sdks/go", command: ["go", "mod", "tidy"] },
    { name: "Go SDK: vet", folder: "sdks/go", command: ["go", "vet", "./..."] },
    { name: "Java SDK: Maven", folder: "sdks/java", command: ["mvn", "--batch-mode", "--quiet", "package"] },
    { name: ".NET SDK: pack", folder: "sdks/dotnet", command: ["dotnet", "pack", "--configuration", "Release"] },
  ];
}

const NPM_PUBLISH = ["npm", "publish", "--dry-run", "--ignore-scripts", "--access", "public"];

/** Tells what came of a check: undefined where the machine lacks its tool. */
function carryOut({ name, folder, command }: Check, into: string): boolean | undefined {
  const [program = "", ...args] = command;
  console.log(`\n== ${name}: ${command.join(" ")}`);
  const environment = { ...labEnvironment(), FORCE_COLOR: "0" };
  const { status, error } = spawnSync(program, args, { cwd: join(into, folder), env: environment, stdio: "inherit" });
  return (error as NodeJS.ErrnoException | undefined)?.code === "ENOENT" ? undefined : status === 0;
}

const { values } = parseArgs({
  options: { into: { type: "string", default: join(ROOT, ".tmp", "release") }, repository: { type: "string" } },
});
const results = checks(values.into).map((check) => ({ name: check.name, result: carryOut(check, values.into) }));
console.log("");
for (const { name, result } of results) {
  console.log(
    `${result === undefined ? "not checked, for its tool is not here" : result ? "passed" : "FAILED"}: ${name}`,
  );
}
const isComplete = process.env.CI === "true";
if (results.some(({ result }) => result === false || (isComplete && result === undefined))) process.exit(1);
