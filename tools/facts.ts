/** The tables of the provider's source that schemas and docs are made of. */
import { createRequire } from "node:module";

/** A setting, as provider/src/aws/settings.ts has it. */
interface Setting {
  namespace: string;
  kind: { type: string; secret?: true; usual?: string | number | boolean };
  sentence: string;
  usual?: string;
}

/** An argument, as provider/src/lifecycle/arguments.ts has it. */
export interface Argument {
  kind: string;
  limits?: { least?: number; most?: number; allowed?: string; forbidden?: RegExp; pattern?: string };
  usual?: number | boolean;
  secret?: "always" | "perhaps";
  replaces?: true;
  decides?: true;
}

export interface Facts {
  SETTINGS: Record<string, Setting>;
  ARGUMENTS: Record<string, Argument>;
  USER_ARGUMENTS: Record<string, Argument>;
}

/** Those of the package as it was built. */
export function built(): Facts {
  const load = createRequire(import.meta.url);
  const { SETTINGS } = load("../provider/dist/aws/settings.js");
  const { ARGUMENTS, USER_ARGUMENTS } = load("../provider/dist/lifecycle/arguments.js");
  return { SETTINGS, ARGUMENTS, USER_ARGUMENTS };
}

/** What holds where a setting is not set, in words; empty where nothing does. */
export function usualOf({ kind, usual }: Setting): string {
  return usual ?? (kind.usual === undefined ? "" : `\`${kind.usual}\``);
}
