/** Writes what derives from the source: the schemas of the package, and the tables of the docs between their markers. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { built, type Facts, usualOf } from "./facts.ts";
import { schema } from "./schema.ts";
import { declarations, defaultOf, type Member, outputsOf, paragraphsOf, withoutDefault } from "./source.ts";
import { usersFileSchema } from "./users-file-schema.ts";

const ROOT = join(import.meta.dirname, "..");

const PAGES = [
  "README.md",
  "docs/reference.md",
  "docs/login-profiles.md",
  "docs/settings.md",
  "docs/_index.md",
  "docs/installation-configuration.md",
];

/** The texts, by the paths of their files. */
export function derived(facts: Facts): Record<string, string> {
  const pages = PAGES.map((page) => [page, withTables(readFileSync(join(ROOT, page), "utf8"), facts)]);
  return {
    ...Object.fromEntries(pages),
    "provider/schema.json": json(schema(facts)),
    "provider/users-file.schema.json": json(usersFileSchema(facts)),
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
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
  arguments({ ARGUMENTS }) {
    const { members } = declaration("LoginProfileArgs");
    const order = (member: Member) => Object.keys(ARGUMENTS).indexOf(member.name);
    return [ARGUMENT_COLUMNS, ...members.sort((one, other) => order(one) - order(other)).map(argument)];
  },
  "console-user-arguments"({ ARGUMENTS }) {
    const { members } = declaration("ConsoleUserArgs");
    const others = Object.keys(ARGUMENTS).filter((name) => !members.some((member) => member.name === name));
    const names = others.map((name) => `\`${name}\``).join(", ");
    return [ARGUMENT_COLUMNS, ...members.map(argument), ["the others", "", "", `As of \`LoginProfile\`: ${names}.`]];
  },
  outputs: () => [OUTPUT_COLUMNS, ...outputsOf(declaration("LoginProfile")).map(output)],
  "login-profiles-arguments": () => [ARGUMENT_COLUMNS, ...declaration("LoginProfilesArgs").members.map(argument)],
  "login-profiles-outputs": () => [
    ["output", "type", "meaning"],
    ...declaration("LoginProfilesProfileStatus").members.map((member) => [
      `\`${member.name}\``,
      `\`${member.type.replace(" | undefined", "")}\``,
      paragraphsOf(member).join(" "),
    ]),
  ],
  "console-user-outputs": () => [OUTPUT_COLUMNS, ...outputsOf(declaration("ConsoleUser")).map(output)],
  settings: (facts) => [["stack configuration", "default", "meaning"], ...settingsOf("aws-login-profile", facts)],
  "aws-settings": (facts) => [["setting of `@pulumi/aws`", "default", "meaning here"], ...settingsOf("aws", facts)],
  // As the Pulumi Registry asks for them.
  "plugin-settings": ({ SETTINGS }) => pluginSettings(SETTINGS, Object.keys(SETTINGS)),
  "main-plugin-settings": ({ SETTINGS }) =>
    pluginSettings(SETTINGS, ["region", "profile", "assumeRoles", "policyCheck", "retryTimeout"]),
};

const declaration = declarations(
  "resources/login-profile.ts",
  "resources/login-profiles.ts",
  "resources/console-user-parts.ts",
  "resources/console-user.ts",
);

const ARGUMENT_COLUMNS = ["argument", "type", "default", "meaning"];
const OUTPUT_COLUMNS = ["output", "type", "meaning"];

function argument(member: Member): string[] {
  const type = member.type.replaceAll("pulumi.", "").replaceAll(" | undefined", "");
  return [
    `\`${member.name}\``,
    `\`${type}\`${member.isRequired ? ", required" : ""}`,
    (defaultOf(member) ?? "").replace(/^(true|false|\d+)$/, "`$1`"),
    withoutDefault(paragraphsOf(member).join(" ")),
  ];
}

function output(member: Member): string[] {
  const [, type = ""] = /^pulumi\.Output<(.*?)>(?: \| undefined)?$/.exec(member.type) ?? [];
  const meaning = paragraphsOf(member)
    .join(" ")
    .replace(/ Source: .*$/, "");
  return [`\`${member.name}\``, `\`${type.replace(" | undefined", "")}\``, meaning];
}

function settingsOf(namespace: string, { SETTINGS }: Facts): string[][] {
  return Object.entries(SETTINGS)
    .filter(([, setting]) => setting.namespace === namespace)
    .map(([name, setting]) => [`\`${namespace}:${name}\``, usualOf(setting), setting.sentence]);
}

function pluginSettings(settings: Facts["SETTINGS"], names: string[]): string[][] {
  const rows = names.flatMap((name) => {
    const setting = settings[name];
    if (setting === undefined) throw new Error(`There is no setting ${name}.`);
    const usual = usualOf(setting);
    const meaning = usual === "" ? setting.sentence : `${setting.sentence} Default: ${usual}.`;
    return [[`\`${name}\``, "no", setting.kind.secret ? "yes" : "no", meaning]];
  });
  return [["Name", "Required?", "Secret?", "Description"], ...rows];
}

/** Rows in Markdown, the first as heading, their columns aligned as the formatter has them. */
function table(rows: string[][]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const [heading = [], ...others] = cells;
  const widths = heading.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [line(heading), line(widths.map((width) => "-".repeat(width))), ...others.map(line)].join("\n");
}

if (process.argv[1] === import.meta.filename) {
  for (const [file, text] of Object.entries(derived(built()))) writeFileSync(join(ROOT, file), text);
}
