/**
 * Packs the plugin with all it needs but Node.js into .tmp/plugin-package/: an archive for
 * `pulumi plugin install resource aws-login-profile VERSION --file FILE`. Prints its path.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, SCRATCH } from "../tests/support/lab.ts";
import { PLUGIN, pack, stagePlugin } from "./release/archives.ts";

const FOLDER = join(SCRATCH, "plugin-package");

const [manifest, schema] = ["package.json", "schema.json"].map((file) =>
  JSON.parse(readFileSync(join(ROOT, "provider", file), "utf8")),
);
const { folder } = stagePlugin(join(FOLDER, "stage"), { manifest, schema });
const archive = join(FOLDER, `${PLUGIN}-v${manifest.version}.tar.gz`);
await pack(folder, archive);
console.log(archive);
