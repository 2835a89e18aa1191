/**
 * Packs the plugin with all it needs but Node.js into .tmp/plugin-package/: a tarball for
 * `pulumi plugin install resource aws-login-profile VERSION --file FILE`. Prints its path.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { ROOT, SCRATCH } from "../tests/support/lab.ts";

const PROVIDER = join(ROOT, "provider");
const FOLDER = join(SCRATCH, "plugin-package");
const STAGE = join(FOLDER, "stage");
const NAME = "pulumi-resource-aws-login-profile";

const { name, version, license } = JSON.parse(readFileSync(join(PROVIDER, "package.json"), "utf8"));
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(STAGE, { recursive: true });

// Two files, of the process and of its thread for components, in place of some 250 packages.
buildSync({
  entryPoints: ["main.js", "components.js"].map((file) => join(PROVIDER, "dist", "plugin", file)),
  outdir: join(STAGE, "dist", "plugin"),
  bundle: true,
  minify: true,
  platform: "node",
  target: "node22",
  // For ES modules in a file that is none.
  banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  define: { "import.meta.url": "importMetaUrl" },
  logLevel: "error",
});
writeFileSync(join(STAGE, "package.json"), `${JSON.stringify({ name, version, license, private: true })}\n`);
for (const [file, folder] of [
  ["schema.json", PROVIDER],
  ["LICENSE", ROOT],
] as const) {
  copyFileSync(join(folder, file), join(STAGE, file));
}
writeFileSync(join(STAGE, NAME), '#!/bin/sh\nexec node "$(dirname "$0")/dist/plugin/main.js" "$@"\n', { mode: 0o755 });
writeFileSync(join(STAGE, `${NAME}.cmd`), '@node "%~dp0dist\\plugin\\main.js" %*\r\n');
const tarball = join(FOLDER, `${NAME}-v${version}.tar.gz`);
execFileSync("tar", ["-czf", tarball, "-C", STAGE, "."]);
console.log(tarball);
