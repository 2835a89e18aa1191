/** The package as users get it: packed, and installed into a program's folder. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENGINE_VERSION, labEnvironment, ROOT } from "./lab.ts";
import { run } from "./processes.ts";

export type Manager = "npm" | "pnpm";

/** What every state holds in place of the provider's code. Written out here, for it may never change. */
export const PROVIDER_TEXT = 'module.exports=require("pulumi-aws-login-profile/provider")';

/** A folder outside the repository: its node_modules must not help. */
export function folderOutside(): string {
  const folder = mkdtempSync(join(tmpdir(), "login-profile-"));
  // What Node.js compiles there goes with it.
  process.env.NODE_COMPILE_CACHE = join(folder, "compiled");
  return folder;
}

/** Runs a command that must succeed. */
export async function command(name: string, args: string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run(name, args, { cwd, env: labEnvironment() });
  if (code !== 0) throw new Error(`${name} ${args.join(" ")}:\n${stdout}${stderr}`);
  return stdout;
}

/** Packs the built package into a folder, on request as a release with another version. */
export async function pack(folder: string, version?: string): Promise<string> {
  // In a copy, for packing writes files beside the sources, and test files pack at the same time.
  const source = mkdtempSync(join(folder, "source-"));
  for (const name of ["package.json", ".gitignore", "README.md", "LICENSE", "provider"]) {
    cpSync(join(ROOT, name), join(source, name), { recursive: true });
  }
  if (version !== undefined) {
    const file = join(source, "provider", "package.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), version }));
  }
  const packed = await command(
    "npm",
    ["pack", "--json", "--pack-destination", folder, "--workspace", "provider"],
    source,
  );
  return join(folder, JSON.parse(packed)[0].filename);
}

/** Installs the package from a tarball into a program's folder, in place of the release that it may hold. */
export async function install(manager: Manager, program: string, tarball: string): Promise<void> {
  if (mkdirSync(program, { recursive: true }) !== undefined) {
    writeFileSync(join(program, "package.json"), '{ "name": "program", "version": "1.0.0", "main": "index.js" }');
  }
  const args =
    manager === "npm" ? ["install", "--no-audit", "--no-fund", "--prefer-offline"] : ["add", "--prefer-offline"];
  await command(manager, [...args, `@pulumi/pulumi@${ENGINE_VERSION}`, tarball], program);
}
