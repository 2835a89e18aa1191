import type { AnySchemaObject, ErrorObject, ValidateFunction } from "ajv";
import { codePoint, quoted } from "../common/characters";
import { nearest } from "../common/nearest";
import { isMap, type Properties } from "../common/values";
import type { LocatedYaml } from "./located-yaml";
import { asError, type Mistake, type PlacedProblem } from "./place";

/** Holds the content against the schema that editors use too. */
export function schemaProblems(yaml: LocatedYaml): PlacedProblem[] {
  isValid ??= compiled();
  const validate = isValid;
  return (
    pieces(yaml.value)
      .flatMap(({ piece, first }) =>
        validate(piece) ? [] : (validate.errors ?? []).map((error) => ({ error, first })),
      )
      // Which form an entry has, and why it has not another one, is no mistake.
      .filter(({ error: { keyword, schemaPath } }) => keyword !== "if" && !/hasCliKeys|anyOf\/\d/.test(schemaPath))
      .map(({ error, first }) => asError(placed(yaml, error, first)))
      .filter(isFirstOfItsKind())
  );
}

/** The schema, compiled once in a process: it takes longer than most files. */
let isValid: ValidateFunction | undefined;

function compiled(): ValidateFunction {
  const { Ajv }: typeof import("ajv") = require("ajv");
  const ajv = new Ajv({ allErrors: true, verbose: true });
  ajv.addKeyword("errorMessage");
  return ajv.compile(require("../../users-file.schema.json") as AnySchemaObject);
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

/** The mistake that ajv found in a piece of the content, whose first entry is that of this index. */
function placed(yaml: LocatedYaml, error: ErrorObject, first: number): Mistake {
  const path = error.instancePath.split("/").slice(1).map(unescaped);
  const entry = path.findIndex((segment) => DIGITS.test(segment));
  if (entry >= 0) path[entry] = String(Number(path[entry]) + first);
  const { keyword, params, parentSchema = {}, data } = error;
  if (keyword === "additionalProperties") {
    const key = params.additionalProperty as string;
    return { ...yaml.place([...path, key], "key"), message: unknownKey(key, Object.keys(parentSchema.properties)) };
  }
  if (keyword === "required") {
    const key = params.missingProperty as string;
    const message =
      parentSchema.title === undefined
        ? `the file ${parentSchema.errorMessage}`
        : `the key "${key}" is missing: the IAM user who signs in`;
    return { ...yaml.place(path), message };
  }
  return { ...yaml.place(path), message: `${subject(path)} ${demand(parentSchema, keyword, params, data)}` };
}

/** A place in a list. */
const DIGITS = /^\d+$/;

/** JSON pointers write ~ and / in another way. */
function unescaped(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** A key of any other form is not shown: where a colon or a quote is missing, a password stands in it. */
const NAME_LIKE = /^[\w.$-]{1,64}$/;
const NOT_NAME_LIKE = /[^\w.$-]/u;

function unknownKey(key: string, keys: string[]): string {
  const odd = NOT_NAME_LIKE.exec(key)?.[0];
  const shown = NAME_LIKE.test(key)
    ? `unknown key "${key}"`
    : `unknown key, ${odd === undefined ? `of ${key.length} characters` : `with the character ${codePoint(odd)} in it`}`;
  const meant = nearest(key, keys);
  const advice =
    meant === undefined
      ? `The keys are ${keys.filter((one) => one !== "$schema").join(", ")}`
      : `Did you mean "${meant}"?`;
  return `${shown}. ${advice}`;
}

function subject(path: string[]): string {
  const key = path.findLast((segment) => !DIGITS.test(segment));
  if (path.length === 0) return "the file";
  if (key === undefined) return "an entry";
  if (path.at(-1) === key) return quoted(key);
  return key === "users" ? "an entry" : `each of ${quoted(key)}`;
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
