/**
 * Sets the version of the next release wherever it stands, and dates what CHANGELOG.md says of it:
 * node tools/release/version.ts X.Y.Z
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const NAME = "pulumi-aws-login-profile";
const NUMBER = String.raw`\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+)?`;

/** The published package. */
export const MANIFEST = "provider/package.json";

/** The files that name the version, as they are with another one. */
export function withVersion(version: string, date: string): Record<string, string> {
  const rewritten = (files: string[], rewrite: (text: string, file: string) => string) =>
    files.map((file): [string, string] => [file, rewrite(read(file), file)]);
  return Object.fromEntries([
    ...rewritten(manifests(), (text, file) => json(manifestWith(JSON.parse(text), version, file))),
    ...rewritten(["package-lock.json"], (text) => json(lockWith(JSON.parse(text), version))),
    ...rewritten(globSync("docs/{,guides/}*.md", { cwd: ROOT }).sort(), (text) => textWith(text, version)),
    ["CHANGELOG.md", changelogWith(read("CHANGELOG.md"), version, date)],
  ]);
}

/** The releases that a changelog names, the newest first. */
export function releasesIn(changelog: string): { version: string; date: string }[] {
  const pattern = new RegExp(`^## \\[(${NUMBER})\\] - (\\d{4}-\\d{2}-\\d{2})$`, "gm");
  return [...changelog.matchAll(pattern)].map(([, version = "", date = ""]) => ({ version, date }));
}

/** What a changelog says of a release. */
export function notesOf(changelog: string, version: string): string {
  const [, after] = changelog.split(new RegExp(`^## \\[${version.replaceAll(".", "\\.")}\\].*$`, "m"));
  if (after === undefined) throw new Error(`CHANGELOG.md says nothing of ${version}.`);
  return (after.split(/^## /m)[0] ?? "").trim();
}

/** What was not released yet becomes the release's, under its date. */
export function changelogWith(changelog: string, version: string, date: string): string {
  if (releasesIn(changelog).some((one) => one.version === version)) return changelog;
  if (!changelog.includes(UNRELEASED)) throw new Error(`CHANGELOG.md has no "${UNRELEASED}".`);
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n\n## [${version}] - ${date}`);
}

const UNRELEASED = "## [Unreleased]";

interface Manifest {
  version?: string;
  dependencies?: Record<string, string>;
}

interface Lock extends Manifest {
  packages: Record<string, Manifest>;
}

/** Of the package, and of all programs that use it. */
function manifests(): string[] {
  const ofPrograms = ["examples", "templates"].flatMap((folder) => globSync(`${folder}/*/package.json`, { cwd: ROOT }));
  return [MANIFEST, "package.json", ...ofPrograms.sort()];
}

function manifestWith(manifest: Manifest, version: string, file: string): Manifest {
  if (file === MANIFEST) manifest.version = version;
  return dependingOn(manifest, version);
}

function lockWith(lock: Lock, version: string): Lock {
  for (const [folder, manifest] of Object.entries(lock.packages)) {
    if (folder === "provider") manifest.version = version;
    dependingOn(manifest, version);
  }
  return lock;
}

function dependingOn(manifest: Manifest, version: string): Manifest {
  if (manifest.dependencies?.[NAME] !== undefined) manifest.dependencies[NAME] = `^${version}`;
  return manifest;
}

/** Commands and names of files in the docs. */
function textWith(text: string, version: string): string {
  return text.replace(new RegExp(`(aws-login-profile[ @]|aws-login-profile-v)${NUMBER}`, "g"), `$1${version}`);
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  const version = process.argv[2] ?? "";
  if (!new RegExp(`^${NUMBER}$`).test(version)) throw new Error("A version is needed, such as 1.2.3.");
  const today = new Date().toISOString().slice(0, 10);
  for (const [file, text] of Object.entries(withVersion(version, today))) writeFileSync(join(ROOT, file), text);
}
