import * as pulumi from "@pulumi/pulumi";
import { UNKNOWN } from "./unknown";

/** Properties as Pulumi passes them between program, engine and provider, secrets opened or not. */
export type Properties = Record<string, unknown>;

/** Opens secrets and leaves out what has no value; values not known yet become `UNKNOWN`. */
export function fromWire(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties)
      .map(([name, value]) => [name, pulumi.runtime.unwrapRpcSecret(value)] as const)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, value === pulumi.runtime.unknownValue ? UNKNOWN : value]),
  );
}

/** The way back: what is not known yet becomes the engine's word for it. */
export function toWire(properties: object): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, value === UNKNOWN ? pulumi.runtime.unknownValue : value]),
  );
}
