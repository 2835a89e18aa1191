/** The tables of the provider's source that schemas and docs are made of. */
import { createRequire } from "node:module";

/** A setting, as provider/src/aws/settings.ts has it. */
interface Setting {
  namespace: string;
  kind: { type: string; secret?: true; usual?: string | number | boolean };
  sentence: string;
  usual?: string;
}

export interface Facts {
  SETTINGS: Record<string, Setting>;
}

/** Those of the package as it was built. */
export function built(): Facts {
  const load = createRequire(import.meta.url);
  const { SETTINGS } = load("../provider/dist/aws/settings.js");
  return { SETTINGS };
}

/** What holds where a setting is not set, in words; empty where nothing does. */
export function usualOf({ kind, usual }: Setting): string {
  return usual ?? (kind.usual === undefined ? "" : `\`${kind.usual}\``);
}
