/** Writes what derives from the source: the schemas of the package, and the tables of README.md between their markers. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { built, type Facts, usualOf } from "./facts.ts";
import { schema } from "./schema.ts";

const ROOT = join(import.meta.dirname, "..");

/** The texts, by the paths of their files. */
export function derived(facts: Facts): Record<string, string> {
  return {
    "README.md": withTables(readFileSync(join(ROOT, "README.md"), "utf8"), facts),
    "provider/schema.json": `${JSON.stringify(schema(facts), undefined, 2)}\n`,
  };
}

/** A text, with each table anew that stands between `<!-- name, written by "make docs" -->` and `<!-- /name -->`. */
function withTables(text: string, facts: Facts): string {
  return text.replace(
    /(<!-- ([\w-]+), written by "make docs" -->\n)[\s\S]*?(<!-- \/\2 -->)/g,
    (_, begin: string, name: string, end: string) => {
      const rows = TABLES[name]?.(facts);
      if (rows === undefined) throw new Error(`There is no table ${name}.`);
      return `${begin}\n${table(rows)}\n\n${end}`;
    },
  );
}

const TABLES: Record<string, (facts: Facts) => string[][]> = {
  settings: (facts) => [["stack configuration", "meaning", "default"], ...settingsOf("aws-login-profile", facts)],
  "aws-settings": (facts) => [["setting of `@pulumi/aws`", "meaning here", "default"], ...settingsOf("aws", facts)],
};

function settingsOf(namespace: string, { SETTINGS }: Facts): string[][] {
  return Object.entries(SETTINGS)
    .filter(([, setting]) => setting.namespace === namespace)
    .map(([name, setting]) => [`\`${namespace}:${name}\``, setting.sentence, usualOf(setting)]);
}

/** Rows in Markdown, the first as heading, their columns aligned. */
function table(rows: string[][]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const [first = []] = cells;
  const widths = first.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[], fill = " ") =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(" | ")} |`;
  const [heading = [], ...others] = cells;
  const rule = heading.map(() => "");
  return [line(heading), line(rule, "-"), ...others.map((row) => line(row))].join("\n");
}

if (process.argv[1] === import.meta.filename) {
  for (const [file, text] of Object.entries(derived(built()))) writeFileSync(join(ROOT, file), text);
}
