/** What others wrote of the plugin's archives: which packages are in them, their licences, and the bill of materials. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The LGPL adds to the GPL, so the text of the one goes with the other's. */
export const GPL = join(import.meta.dirname, "GPL-3.0.txt");

export interface ThirdParty {
  name: string;
  version: string;
  /** SPDX. */
  license: string;
  homepage: string;
  /** Of its files on licence and notices; empty where it brings none. */
  text: string;
}

/** The folders of the packages that bundled files are from. */
export function packagesIn(inputs: string[]): string[] {
  const folders = inputs.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(folders)].sort();
}

export function thirdParty(folder: string): ThirdParty {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { name, version, license, homepage } = manifest;
  if (typeof license !== "string") throw new Error(`${name} names no licence.`);
  const files = globSync(["{LICEN[CS]E,licen[cs]e,COPYING,NOTICE}*"], { cwd: folder }).sort();
  const text = files.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n");
  return { name, version, license, homepage: homepage ?? repositoryOf(manifest), text };
}

function repositoryOf({ repository }: { repository?: string | { url: string } }): string {
  const url = typeof repository === "string" ? repository : (repository?.url ?? "");
  return url.replace(/^git\+|\.git$/g, "");
}

/** The text that an archive carries: each package, and each licence once. */
export function noticesOf(packages: ThirdParty[]): string {
  const byText = new Map<string, ThirdParty[]>();
  for (const one of packages) {
    const text = one.text === "" ? standardText(one.license, packages) : one.text;
    byText.set(text, [...(byText.get(text) ?? []), one]);
  }
  const sections = [...byText].map(([text, those]) => {
    const lines = those.map(
      ({ name, version, license, homepage }) => `${name} ${version}, ${homepage}, under ${license}`,
    );
    return `${[...new Set(lines)].join("\n")}\n\n${text}\n`;
  });
  return [INTRODUCTION, ...sections].join(`\n${"-".repeat(80)}\n\n`);
}

const INTRODUCTION = `This plugin contains software of others, under the licences below.

openpgp is under the GNU Lesser General Public License: it is the folder node_modules/openpgp, apart from the rest, and
you may put another version in its place. Its licence is LICENSE there, and the GNU General Public License COPYING.
`;

/** A package that names a licence without its text has that of another under the same licence. */
function standardText(license: string, packages: ThirdParty[]): string {
  const other = packages.find((one) => one.license === license && one.text !== "");
  if (other === undefined) throw new Error(`There is no text of the licence ${license}.`);
  // Without the other's copyright line, which is not this package's.
  return other.text.replace(/^copyright .*$\n?/gim, "").trim();
}

/**
 * CycloneDX 1.5 of what is in an archive. Written here, for npm's own lists what is installed, and says when: without
 * time and serial number, two builds give one bill.
 */
export function billOfMaterials(packages: ThirdParty[], product: { name: string; version: string; license: string }) {
  const references = packages.map(purlOf);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: { ...componentOf(product), type: "application" } },
    components: packages.map(componentOf),
    dependencies: [{ ref: purlOf(product), dependsOn: references }, ...references.map((ref) => ({ ref }))],
  };
}

function componentOf(one: Pick<ThirdParty, "name" | "version" | "license">) {
  const { name, version, license } = one;
  return {
    type: "library",
    "bom-ref": purlOf(one),
    name,
    version,
    licenses: [{ expression: license }],
    purl: purlOf(one),
  };
}

function purlOf({ name, version }: { name: string; version: string }): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}
