/**
 * The plugin as archives that the engine downloads: one for each target, all of the same bytes, for the code is the same
 * everywhere. Two builds of the same source give the same bytes.
 */
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buildSync } from "esbuild";
import { create } from "tar";
import { GPL, noticesOf, packagesIn, type ThirdParty, thirdParty } from "./third-party.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const DIST = join(ROOT, "provider", "dist", "plugin");
export const PLUGIN = "pulumi-resource-aws-login-profile";

/** As the engine names operating systems and processors in the archives it looks for. */
export const TARGETS = ["linux", "darwin", "windows"].flatMap((system) =>
  ["amd64", "arm64"].map((processor) => `${system}-${processor}`),
);

/** Under the LGPL: a file of its own, which its user may exchange for another version. */
const SEPARATE = "openpgp";

/**
 * Of Pulumi's SDK, for its Automation API and for functions that are serialized; a component does neither. With them an
 * archive would be twice as large, and hold npm and the TypeScript compiler.
 */
const UNUSED = ["@logdna/tail-file", "@npmcli/arborist", "execa", "normalize-package-data", "typescript"];

export interface Contents {
  manifest: { name: string; version: string; license?: string };
  schema: object;
}

export interface Plugin {
  /** A folder with all that is in an archive. */
  folder: string;
  thirdParties: ThirdParty[];
}

/** Lays the plugin out in a folder, with all it needs but Node.js. */
export function stagePlugin(folder: string, { manifest, schema }: Contents): Plugin {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const all = [...bundle(folder), separate(folder)].map((one): [string, ThirdParty] => [
    `${one.name} ${one.version}`,
    one,
  ]);
  const thirdParties = [...new Map(all.sort()).values()];
  const { name, version, license } = manifest;
  const texts = {
    "package.json": json({ name, version, license, private: true }),
    "schema.json": json(schema),
    "THIRD-PARTY-NOTICES": noticesOf(thirdParties),
    "dist/start.cjs": START,
    [`${PLUGIN}.cmd`]: WINDOWS_SCRIPT,
  };
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, file), text);
  writeFileSync(join(folder, PLUGIN), SHELL_SCRIPT, { mode: 0o755 });
  copyFileSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  return { folder, thirdParties };
}

/** Packs a folder as an archive that depends on nothing but the folder's contents: not on times, owners or order. */
export async function pack(folder: string, archive: string): Promise<void> {
  const files = globSync("**/*", { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const options = { cwd: folder, file: archive, gzip: { level: 9 }, portable: true, mtime: new Date(0), noPax: true };
  await create(options, files.sort());
}

/** Writes the archives of all targets, with their checksums; tells their paths. */
export async function packForTargets({ folder }: Plugin, version: string, into: string): Promise<string[]> {
  const archives = TARGETS.map((target) => join(into, `${PLUGIN}-v${version}-${target}.tar.gz`));
  const [first = "", ...others] = archives;
  mkdirSync(into, { recursive: true });
  await pack(folder, first);
  for (const other of others) cpSync(first, other);
  return archives;
}

/** Lines as `sha256sum --check` reads them. */
export function checksums(files: string[]): string {
  return files
    .map((file) => `${createHash("sha256").update(readFileSync(file)).digest("hex")}  ${basename(file)}\n`)
    .join("");
}

/** Two files, of the process and of its thread for components, in place of some 250 packages; tells which went in. */
function bundle(folder: string): ThirdParty[] {
  const { metafile } = buildSync({
    entryPoints: ["main.js", "components.js"].map((file) => join(DIST, file)),
    absWorkingDir: ROOT,
    outdir: join(folder, "dist", "plugin"),
    bundle: true,
    minify: true,
    metafile: true,
    platform: "node",
    target: "node22",
    external: [SEPARATE],
    alias: Object.fromEntries(UNUSED.map((name) => [name, join(import.meta.dirname, "nothing.cjs")])),
    // For ES modules in a file that is none.
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    define: { "import.meta.url": "importMetaUrl" },
    logLevel: "error",
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
  return packagesIn(used).map((place) => thirdParty(join(ROOT, place)));
}

/** The library that stays apart: its manifest, the file that Node.js loads of it, and its licence. */
function separate(folder: string): ThirdParty {
  const from = join(ROOT, "node_modules", SEPARATE);
  const to = join(folder, "node_modules", SEPARATE);
  const manifest = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  for (const file of ["package.json", "LICENSE", manifest.exports["."].import]) {
    cpSync(join(from, file), join(to, file));
  }
  copyFileSync(GPL, join(to, "COPYING"));
  return thirdParty(from);
}

function json(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

const NEEDS_NODE = "The Pulumi plugin aws-login-profile needs Node.js 22 or later";

const SHELL_SCRIPT = `#!/bin/sh
if ! command -v node >/dev/null 2>&1; then
  echo "${NEEDS_NODE}, and there is no node on the PATH: install it from nodejs.org." >&2
  exit 1
fi
exec node "$(dirname "$0")/dist/start.cjs" "$@"
`;

const WINDOWS_SCRIPT = [
  "@where node >nul 2>nul",
  "@if errorlevel 1 (",
  `  @echo ${NEEDS_NODE}, and there is no node on the PATH: install it from nodejs.org. 1>&2`,
  "  @exit /b 1",
  ")",
  '@node "%~dp0dist\\start.cjs" %*',
  "",
].join("\r\n");

/** In words that every Node.js understands; an older one would fail on the plugin with a syntax error. */
const START = `"use strict";
var version = process.versions.node;
if (parseInt(version, 10) < 22) {
  console.error("${NEEDS_NODE}; the node on the PATH is " + version + ": " + process.execPath);
  process.exit(1);
}
require("./plugin/main.js");
`;
