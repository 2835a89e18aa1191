import * as pulumi from "@pulumi/pulumi";
import { UNKNOWN } from "../common/unknown";
import { type Properties, withValues } from "../common/values";

/** What Pulumi passes between program, engine and provider: opens secrets and leaves out what has no value; values not known yet become `UNKNOWN`. */
export function fromWire(properties: Properties, within?: string): Properties {
  const path = within === undefined ? "" : `${within}.`;
  return withValues(
    Object.entries(properties).map(([name, value]) => [name, opened(value, `${path}${name}`)] as const),
    within,
  );
}

function opened(wired: unknown, path: string): unknown {
  const value = pulumi.runtime.unwrapRpcSecret(wired);
  if (value === pulumi.runtime.unknownValue) return UNKNOWN;
  if (Array.isArray(value)) return value.map((one) => opened(one, `${path}[]`));
  return typeof value === "object" && value !== null ? fromWire(value as Properties, path) : value;
}

/** The way back: what is not known yet becomes the engine's word for it. */
export function toWire(properties: object): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, closed(value)]));
}

function closed(value: unknown): unknown {
  if (value === UNKNOWN) return pulumi.runtime.unknownValue;
  if (Array.isArray(value)) return value.map(closed);
  return typeof value === "object" && value !== null ? toWire(value) : value;
}

/** Whether a value is a secret on the wire, or holds one. */
export function holdsSecret(value: unknown): boolean {
  if (pulumi.runtime.isRpcSecret(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecret);
}
