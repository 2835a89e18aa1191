import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../common/unknown";
import { type Properties, withValues } from "../common/values";

/** Properties from the engine, opened, and the names of those that were secret, wholly or in part. */
export interface Opened {
  values: Properties;
  secrets: Set<string>;
  /** Where each secret was. */
  secretPaths: Path[];
}

/** The keys from the outside to the inside. */
export type Path = readonly string[];

/** Marks a value as something else than an object. Source: Pulumi's provider protocol, as are the two below. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Opens secrets and leaves out what has no value; values not known yet become `UNKNOWN`. */
export function fromStruct(struct: Struct | undefined): Opened {
  const secretPaths: Path[] = [];
  const wired = (struct?.toJavaScript() ?? {}) as Properties;
  const values = Object.entries(wired).map(([name, value]) => [name, opened(value, [name], secretPaths)] as const);
  const secrets = new Set(secretPaths.map(([name = ""]) => name));
  return { values: withValues(values), secrets, secretPaths };
}

function opened(value: unknown, path: Path, secrets: Path[]): unknown {
  if (value === UNKNOWN_VALUE) return UNKNOWN;
  // What is secret in a list makes one of the whole list.
  if (Array.isArray(value)) return value.map((one) => opened(one, path, secrets));
  if (typeof value !== "object" || value === null) return value;
  const properties = value as Properties;
  if (properties[SIGNATURE] === SECRET) {
    secrets.push(path);
    return opened(properties.value, path, secrets);
  }
  const parts = Object.entries(properties).map(([name, one]) => [name, opened(one, [...path, name], secrets)] as const);
  return withValues(parts, path.join("."));
}

/** The way back; the properties that `secrets` names become secret. */
export function toStruct(properties: object, secrets: ReadonlySet<string>): Struct {
  return toStructWith(
    properties,
    [...secrets].map((name) => [name]),
  );
}

/** The same; what is at these paths becomes secret, wherever there is something. */
export function toStructWith(properties: object, secretPaths: Path[]): Struct {
  const paths = new Set(secretPaths.map((path) => path.join("\0")));
  const given = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Struct.fromJavaScript(closed(Object.fromEntries(given), [], paths) as Properties as never);
}

function closed(value: unknown, path: Path, secrets: ReadonlySet<string>): unknown {
  const plain = closedParts(value, path, secrets);
  return path.length > 0 && secrets.has(path.join("\0")) ? { [SIGNATURE]: SECRET, value: plain } : plain;
}

function closedParts(value: unknown, path: Path, secrets: ReadonlySet<string>): unknown {
  if (value === UNKNOWN) return UNKNOWN_VALUE;
  if (Array.isArray(value)) return value.map((one) => closedParts(one, path, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closed(one, [...path, name], secrets)]));
}
