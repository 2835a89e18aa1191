/**
 * Takes out of the built package the declarations of types that no program comes to: of modules that no entry of
 * package.json leads to. The build ends with it.
 */
import { globSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

const PROVIDER = join(import.meta.dirname, "..", "provider");
const ENDING = ".d.ts";

/** The declarations that entries lead to, as `exports` of a package.json has them. */
function reachable(entries: Record<string, string | { types: string }>): Set<string> {
  const reached = new Set<string>();
  const reach = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8")).importedFiles) {
      if (fileName.startsWith(".")) reach(join(dirname(file), fileName + ENDING));
    }
  };
  for (const entry of Object.values(entries)) {
    if (typeof entry !== "string") reach(join(PROVIDER, entry.types));
  }
  return reached;
}

const { exports: entries } = JSON.parse(readFileSync(join(PROVIDER, "package.json"), "utf8"));
const kept = reachable(entries);
for (const file of globSync(join(PROVIDER, "dist", `**/*${ENDING}`))) {
  if (!kept.has(file)) rmSync(file);
}
