/** The npm package of a release: the built one, told where it lives. */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Release, stampedManifest, stampedMarkdown, stampedSchema } from "./stamp.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PROVIDER = join(ROOT, "provider");

/** Lays the package out in a folder. */
export function stagePackage(folder: string, release: Release): void {
  rmSync(folder, { recursive: true, force: true });
  const manifest = JSON.parse(readFileSync(join(PROVIDER, "package.json"), "utf8"));
  for (const file of globSync(manifest.files as string[], { cwd: PROVIDER })) {
    cpSync(join(PROVIDER, file), join(folder, file), { recursive: true });
  }
  cpSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  const schema = JSON.parse(readFileSync(join(PROVIDER, "schema.json"), "utf8"));
  writeJson(join(folder, "package.json"), stampedManifest(manifest, release));
  writeJson(join(folder, "schema.json"), stampedSchema(schema, release));
  writeFileSync(join(folder, "README.md"), stampedMarkdown(readFileSync(join(ROOT, "README.md"), "utf8"), release));
}

/** Packs a folder as npm does; tells the path of the tarball. */
export function npmPack(folder: string, into: string): string {
  mkdirSync(into, { recursive: true });
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", into];
  const [packed] = JSON.parse(execFileSync("npm", args, { cwd: folder, encoding: "utf8" }));
  return join(into, packed.filename);
}

export function writeJson(file: string, value: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
