/**
 * Holds the schema against that of the last release: what would break a program or a stack needs a new major version, or a
 * new minor one before 1.0. Run by itself, it compares with the newest tag of git: node tools/release/schema-changes.ts
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compare, parse, rcompare } from "semver";
import { MANIFEST } from "./version.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const SCHEMA = "provider/schema.json";

type Json = Record<string, any>;

/** What programs and stacks of the older schema would miss, in words. */
export function breakingChanges(older: Json, newer: Json): string[] {
  return [
    ...missing("resource", older.resources, newer.resources, resourceChanges),
    ...missing("type", older.types, newer.types, (name, was, is) => [
      ...propertyChanges(`property of ${name}`, was.properties, is.properties),
      ...newlyRequired(`property of ${name}`, was.required, is.required),
    ]),
    ...propertyChanges("setting", older.config?.variables, newer.config?.variables),
    ...propertyChanges("argument of the provider", older.provider?.inputProperties, newer.provider?.inputProperties),
    ...newlyRequired("argument of the provider", older.provider?.requiredInputs, newer.provider?.requiredInputs),
  ];
}

/** Whether a version may break what held in another. */
export function mayBreak(older: string, newer: string): boolean {
  const [was, is] = [parse(older), parse(newer)];
  if (was === null || is === null) throw new Error(`These are no versions: ${older}, ${newer}.`);
  return is.major > was.major || (was.major === 0 && is.major === 0 && is.minor > was.minor);
}

function resourceChanges(name: string, was: Json, is: Json): string[] {
  const lost = (was.required ?? []).filter((one: string) => !(is.required ?? []).includes(one));
  return [
    ...propertyChanges(`argument of ${name}`, was.inputProperties, is.inputProperties),
    ...newlyRequired(`argument of ${name}`, was.requiredInputs, is.requiredInputs),
    ...propertyChanges(`output of ${name}`, was.properties, is.properties),
    ...lost
      .filter((one: string) => one in is.properties)
      .map((one: string) => `output of ${name} may be missing: ${one}`),
    ...(Boolean(was.isComponent) === Boolean(is.isComponent) ? [] : [`another kind of resource: ${name}`]),
  ];
}

function propertyChanges(what: string, older: Json = {}, newer: Json = {}): string[] {
  return missing(what, older, newer, (name, was, is) => {
    const kinds = [kindOf(was), kindOf(is)];
    return [
      ...(kinds[0] === kinds[1] ? [] : [`another type of ${what}: ${name}, ${kinds.join(" => ")}`]),
      ...(was.secret && !is.secret ? [`no secret any more: ${what} ${name}`] : []),
      ...(is.willReplaceOnChanges && !was.willReplaceOnChanges ? [`replaces now: ${what} ${name}`] : []),
    ];
  });
}

function missing(
  what: string,
  older: Json = {},
  newer: Json = {},
  changes: (name: string, was: Json, is: Json) => string[],
): string[] {
  return Object.entries(older).flatMap(([name, was]) =>
    name in newer ? changes(name, was, newer[name]) : [`no ${what} any more: ${name}`],
  );
}

function newlyRequired(what: string, older: string[] = [], newer: string[] = []): string[] {
  return newer.filter((name) => !older.includes(name)).map((name) => `required now: ${what} ${name}`);
}

/** The type alone, as a text. */
function kindOf({ type, $ref, items, additionalProperties, oneOf, plain }: Json): string {
  return JSON.stringify({ type, $ref, items, additionalProperties, oneOf, plain });
}

/** The newest release before a version, among tags. */
export function releaseBefore(version: string, tags: string[]): string | undefined {
  const versions = tags.filter((tag) => /^v\d/.test(tag)).map((tag) => tag.slice(1));
  return versions.filter((one) => parse(one) !== null && compare(one, version) < 0).sort(rcompare)[0];
}

function git(...args: string[]): string {
  return execFileSync("git", args, { cwd: ROOT, encoding: "utf8" });
}

if (process.argv[1] === import.meta.filename) {
  const { version } = JSON.parse(readFileSync(join(ROOT, MANIFEST), "utf8"));
  const before = releaseBefore(version, git("tag", "--list").split("\n"));
  if (before === undefined) console.log(`Schema: no release before ${version} to hold it against.`);
  else {
    const older = JSON.parse(git("show", `v${before}:${SCHEMA}`));
    const changes = breakingChanges(older, JSON.parse(readFileSync(join(ROOT, SCHEMA), "utf8")));
    console.log(`Schema: ${changes.length} breaking changes since ${before}.\n${changes.join("\n")}`);
    if (changes.length > 0 && !mayBreak(before, version)) process.exit(1);
  }
}
