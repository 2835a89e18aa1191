import type { AnySchemaObject, ErrorObject } from "ajv";
import { nearest } from "../common/nearest";
import { given, isMap, type Properties } from "../common/values";
import { argumentsThat, USER_ARGUMENTS } from "../lifecycle/arguments";
import { validate } from "../lifecycle/validation";
import type { LocatedYaml, Place } from "./located-yaml";

/** Something at a place of the file. */
export type PlacedProblem = Place & { severity: "error" | "warning"; message: string };

/** All that is wrong with the content of a users file, or that its owner should know, by place. */
export function problemsOf(yaml: LocatedYaml): PlacedProblem[] {
  const problems = schemaProblems(yaml);
  if (problems.length === 0)
    problems.push(...entriesWithPaths(yaml.value).flatMap((entry) => entryProblems(yaml, entry)));
  if (problems.length === 0) problems.push(...namesakes(yaml));
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

interface PathedEntry {
  entry: Properties;
  path: string[];
}

function entriesWithPaths(value: unknown): PathedEntry[] {
  const listed = (list: Properties[], path: string[]) =>
    list.map((entry, index) => ({ entry, path: [...path, String(index)] }));
  if (Array.isArray(value)) return listed(value, []);
  const { users } = value as { users?: Properties[] };
  return users === undefined ? [{ entry: value as Properties, path: [] }] : listed(users, ["users"]);
}

/** Mistakes that the schema alone cannot tell, and passwords in clear. */
function entryProblems(yaml: LocatedYaml, { entry, path }: PathedEntry): PlacedProblem[] {
  const at = (key: string, severity: PlacedProblem["severity"], message: string) => ({
    ...yaml.place([...path, key], "key"),
    severity,
    message,
  });
  const isOfCli = "UserName" in entry;
  const name = String(isOfCli ? entry.UserName : entry.name);
  const passwordKey = isOfCli ? "Password" : "password";
  const password = entry[passwordKey];
  const { pgpKey, ageRecipients, existing } = entry;
  const problems = validate(given({ userName: name, password, pgpKey, ageRecipients })).map(({ property, reason }) =>
    at(property === "password" ? passwordKey : property, "error", reason),
  );
  for (const key of argumentsThat("creates", USER_ARGUMENTS)) {
    if (existing === true && key in entry) {
      problems.push(
        at(key, "error", `"${key}" cannot be set for "${name}", who exists already. Remove "${key}" or "existing"`),
      );
    }
  }
  if (password !== undefined) {
    problems.push(
      at(
        passwordKey,
        "warning",
        `the password of "${name}" stands here in clear. Make it a secret of the stack ` +
          `(pulumi config set --secret initialPassword:${name}), and remove it here`,
      ),
    );
  }
  return problems;
}

function namesakes(yaml: LocatedYaml): PlacedProblem[] {
  const seen = new Set<string>();
  return entriesWithPaths(yaml.value).flatMap(({ entry, path }) => {
    const key = "UserName" in entry ? "UserName" : "name";
    const name = String(entry[key]);
    // IAM does not tell upper case from lower in names.
    if (!seen.has(name.toLowerCase())) {
      seen.add(name.toLowerCase());
      return [];
    }
    const message = `the user "${name}" is listed twice. Remove one of the two`;
    return [{ ...yaml.place([...path, key]), severity: "error" as const, message }];
  });
}

/** Holds the content against the schema that editors use too. */
function schemaProblems(yaml: LocatedYaml): PlacedProblem[] {
  const { Ajv }: typeof import("ajv") = require("ajv");
  const ajv = new Ajv({ allErrors: true, verbose: true });
  ajv.addKeyword("errorMessage");
  const isValid = ajv.compile(require("../../users-file.schema.json") as AnySchemaObject);
  return (
    pieces(yaml.value)
      .flatMap(({ piece, first }) => (isValid(piece) ? [] : (isValid.errors ?? []).map((error) => ({ error, first }))))
      // Which form an entry has, and why it has not another one, is no mistake.
      .filter(({ error: { keyword, schemaPath } }) => keyword !== "if" && !/hasCliKeys|anyOf\/\d/.test(schemaPath))
      .map(({ error, first }) => placed(yaml, error, first))
      .filter(isFirstOfItsKind())
  );
}

/** With each entry that is not as it should be, ajv copies what it has found in those before. */
const ENTRIES_AT_ONCE = 100;

/** The content, by so many of its entries at once, and which the first of them is. */
function pieces(value: unknown): { piece: unknown; first: number }[] {
  const entries = isMap(value) ? value.users : value;
  if (!Array.isArray(entries) || entries.length === 0) return [{ piece: value, first: 0 }];
  return Array.from({ length: Math.ceil(entries.length / ENTRIES_AT_ONCE) }, (_, index) => {
    const first = index * ENTRIES_AT_ONCE;
    const some = entries.slice(first, first + ENTRIES_AT_ONCE);
    return { piece: isMap(value) ? { ...value, users: some } : some, first };
  });
}

/** One place is told of once, whatever else does not fit there. */
function isFirstOfItsKind(): (problem: PlacedProblem) => boolean {
  const told = new Set<string>();
  return ({ line, column, message }) => {
    const problem = `${line}:${column}: ${message}`;
    const isFirst = !told.has(problem);
    told.add(problem);
    return isFirst;
  };
}

/** The problem that ajv found in a piece of the content, whose first entry is that of this index. */
function placed(yaml: LocatedYaml, error: ErrorObject, first: number): PlacedProblem {
  const path = error.instancePath.split("/").slice(1).map(unescaped);
  const entry = path.findIndex((segment) => DIGITS.test(segment));
  if (entry >= 0) path[entry] = String(Number(path[entry]) + first);
  const { keyword, params, parentSchema = {}, data } = error;
  const severity = "error" as const;
  if (keyword === "additionalProperties") {
    const key = params.additionalProperty as string;
    return {
      ...yaml.place([...path, key], "key"),
      severity,
      message: unknownKey(key, Object.keys(parentSchema.properties)),
    };
  }
  if (keyword === "required") {
    const key = params.missingProperty as string;
    const message =
      parentSchema.title === undefined
        ? `the file ${parentSchema.errorMessage}`
        : `the key "${key}" is missing: the IAM user who signs in`;
    return { ...yaml.place(path), severity, message };
  }
  return { ...yaml.place(path), severity, message: `${subject(path)} ${demand(parentSchema, keyword, params, data)}` };
}

/** A place in a list. */
const DIGITS = /^\d+$/;

/** JSON pointers write ~ and / in another way. */
function unescaped(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

function unknownKey(key: string, keys: string[]): string {
  const meant = nearest(key, keys);
  const advice =
    meant === undefined
      ? `The keys are ${keys.filter((one) => one !== "$schema").join(", ")}`
      : `Did you mean "${meant}"?`;
  return `unknown key "${key}". ${advice}`;
}

function subject(path: string[]): string {
  const key = path.findLast((segment) => !DIGITS.test(segment));
  if (path.length === 0) return "the file";
  if (path.at(-1) === key) return `"${key}"`;
  return key === undefined || key === "users" ? "an entry" : `each of "${key}"`;
}

const KINDS: Record<string, string> = {
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  integer: "a whole number",
};

function demand(schema: AnySchemaObject, keyword: string, params: Properties, data: unknown): string {
  const wanted = String(params.type);
  if (keyword === "type" && wanted === "string" && ["number", "boolean"].includes(typeof data)) {
    return `must be a text, not a ${typeof data}. Put it in quotes`;
  }
  if (schema.errorMessage !== undefined) return schema.errorMessage as string;
  if (keyword === "type") return `must be ${KINDS[wanted] ?? wanted}`;
  if (keyword === "minLength" || keyword === "minItems") return "must not be empty";
  return keyword === "maxLength" ? `must have at most ${params.limit} characters` : "is not as it should be";
}
