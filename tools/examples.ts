/** The example programs of the schema: written once in YAML (tools/examples), and converted by `make examples`. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const PROGRAMS = join(import.meta.dirname, "examples", "programs");

/** The languages as their code is marked in Markdown, with the endings of their files. */
export const LANGUAGES = {
  typescript: "ts",
  python: "py",
  go: "go",
  csharp: "cs",
  java: "java",
  yaml: "yaml",
} as const;

/** The example of a resource in all languages, as the Pulumi Registry and the SDKs' generators read it; empty without one. */
export function exampleOf(resource: string): string {
  const programs = Object.entries(LANGUAGES).map(([fence, ending]) => [fence, programOf(resource, ending)]);
  const blocks = programs.filter(([, text]) => text !== "").map(([fence, text]) => `\`\`\`${fence}\n${text}\n\`\`\``);
  if (blocks.length === 0) return "";
  return [
    "{{% examples %}}",
    "## Example Usage",
    "{{% example %}}",
    ...blocks,
    "{{% /example %}}",
    "{{% /examples %}}",
  ].join("\n\n");
}

/** One program; empty where there is none. */
export function programOf(resource: string, ending: string): string {
  const file = join(PROGRAMS, `${resource}.${ending}`);
  return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
}
