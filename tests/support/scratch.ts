/** Files that a test needs for a while. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SCRATCH } from "./lab.ts";

/** The path of a file with this text. */
export function scratchFile(name: string, text: string | Buffer): string {
  const folder = join(SCRATCH, "files");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
