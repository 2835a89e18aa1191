/**
 * Builds what a release consists of, into .tmp/release or the folder that is named:
 *
 *   node tools/release/build.ts --repository OWNER/NAME [--into FOLDER] [--only package,archives,sdks] [--download-url URL]
 *
 * The repository is that of the workflow (GITHUB_REPOSITORY) where none is named; it, and where plugins are downloaded
 * from, stand nowhere in the source.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checksums, packForTargets, stagePlugin } from "./archives.ts";
import { homeOf } from "./home.ts";
import { npmPack, stagePackage, writeJson } from "./package.ts";
import { buildSdks } from "./sdks.ts";
import { type Release, stampedSchema } from "./stamp.ts";
import { billOfMaterials } from "./third-party.ts";
import { MANIFEST, notesOf } from "./version.ts";

const ROOT = join(import.meta.dirname, "..", "..");

type Part = "package" | "archives" | "sdks";

const PARTS: Record<Part, (release: Release, folder: string) => void | Promise<void>> = {
  package: (release, folder) => {
    stagePackage(join(folder, "stage", "package"), release);
    npmPack(join(folder, "stage", "package"), join(folder, "npm"));
  },
  archives: buildArchives,
  sdks: (release, folder) => {
    const schema = join(folder, "schema.json");
    writeJson(schema, stampedSchema(readJson("provider/schema.json"), release));
    buildSdks(schema, release, join(folder, "sdks"));
  },
};

/** All that is attached to the release: archives, schema, bill of materials, and the checksums of these. */
async function buildArchives(release: Release, folder: string): Promise<void> {
  const into = join(folder, "archives");
  rmSync(into, { recursive: true, force: true });
  const schema = stampedSchema(readJson("provider/schema.json"), release);
  const manifest = { ...readJson(MANIFEST), version: release.version };
  const plugin = stagePlugin(join(folder, "stage", "plugin"), { manifest, schema });
  const archives = await packForTargets(plugin, release.version, into);
  const [bill, schemaFile] = [join(into, "sbom.cdx.json"), join(into, "schema.json")];
  writeJson(bill, billOfMaterials(plugin.thirdParties, manifest));
  writeJson(schemaFile, schema);
  writeFileSync(join(into, "SHA256SUMS"), checksums([...archives, bill, schemaFile]));
}

function readJson(file: string): any {
  return JSON.parse(readFileSync(join(ROOT, file), "utf8"));
}

const { values } = parseArgs({
  options: {
    repository: { type: "string", default: process.env.GITHUB_REPOSITORY ?? "" },
    into: { type: "string", default: join(ROOT, ".tmp", "release") },
    only: { type: "string", default: Object.keys(PARTS).join(",") },
    "download-url": { type: "string" },
  },
});
const { version } = readJson(MANIFEST);
const release = { home: homeOf(values.repository, version, values["download-url"]), version };
for (const part of values.only.split(",") as Part[]) {
  const build = PARTS[part];
  if (build === undefined) throw new Error(`There is no part ${part}: ${Object.keys(PARTS).join(", ")}.`);
  await build(release, values.into);
}
writeFileSync(join(values.into, "NOTES.md"), `${notesOf(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8"), version)}\n`);
console.log(values.into);
