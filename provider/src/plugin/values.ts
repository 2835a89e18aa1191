import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../common/unknown";
import type { Properties } from "../common/values";

/** Properties from the engine, opened, and the names of those that were secret, wholly or in part. */
export interface Opened {
  values: Properties;
  secrets: Set<string>;
}

/** Marks a value as something else than an object. Source: Pulumi's provider protocol, as are the two below. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Opens secrets and leaves out what has no value; values not known yet become `UNKNOWN`. */
export function fromStruct(struct: Struct | undefined): Opened {
  const secrets = new Set<string>();
  const wired = (struct?.toJavaScript() ?? {}) as Properties;
  const values = Object.entries(wired).map(([name, value]) => [name, opened(value, () => secrets.add(name))] as const);
  return { values: withoutNothing(values), secrets };
}

function opened(value: unknown, secretFound: () => void): unknown {
  if (value === UNKNOWN_VALUE) return UNKNOWN;
  if (Array.isArray(value)) return value.map((one) => opened(one, secretFound));
  if (typeof value !== "object" || value === null) return value;
  const properties = value as Properties;
  if (properties[SIGNATURE] === SECRET) {
    secretFound();
    return opened(properties.value, secretFound);
  }
  return withoutNothing(Object.entries(properties).map(([name, one]) => [name, opened(one, secretFound)]));
}

function withoutNothing(entries: (readonly [string, unknown])[]): Properties {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

/** The way back; the properties that `secrets` names become secret. */
export function toStruct(properties: object, secrets: ReadonlySet<string>): Struct {
  const wired = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const plain = closed(value);
      return [name, secrets.has(name) ? { [SIGNATURE]: SECRET, value: plain } : plain];
    });
  return Struct.fromJavaScript(Object.fromEntries(wired));
}

function closed(value: unknown): unknown {
  if (value === UNKNOWN) return UNKNOWN_VALUE;
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closed(one)]));
}
