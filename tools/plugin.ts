/**
 * Packs the plugin with all it needs but Node.js into .tmp/plugin-package/: a tarball for
 * `pulumi plugin install resource aws-login-profile VERSION --file FILE`. Prints its path.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ENGINE_VERSION, ROOT, SCRATCH } from "../tests/support/lab.ts";

const FOLDER = join(SCRATCH, "plugin-package");
const STAGE = join(FOLDER, "stage");
const NAME = "pulumi-resource-aws-login-profile";

const { version } = JSON.parse(readFileSync(join(ROOT, "provider", "package.json"), "utf8"));
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(STAGE, { recursive: true });

const [packed] = JSON.parse(
  execFileSync("npm", ["pack", "--json", "--pack-destination", FOLDER, "--workspace", "provider"], {
    cwd: ROOT,
  }).toString(),
);
writeFileSync(join(STAGE, "package.json"), '{ "private": true }\n');
execFileSync(
  "npm",
  [
    "install",
    "--omit=dev",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    `@pulumi/pulumi@${ENGINE_VERSION}`,
    join(FOLDER, packed.filename),
  ],
  { cwd: STAGE, stdio: ["ignore", 2, 2] },
);
writeFileSync(
  join(STAGE, NAME),
  '#!/bin/sh\nexec node "$(dirname "$0")/node_modules/pulumi-aws-login-profile/dist/plugin/main.js" "$@"\n',
  { mode: 0o755 },
);
const tarball = join(FOLDER, `${NAME}-v${version}.tar.gz`);
execFileSync("tar", ["-czf", tarball, "-C", STAGE, NAME, "node_modules"]);
console.log(tarball);
