/** Properties by their names, of whatever kind. */
export type Properties = Record<string, unknown>;

/** Whether a value is an object that is no list. */
export function isMap(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What has a value; the types say which properties that may be. */
export type Given<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The same properties, without those that are undefined. */
export function given<T extends object>(properties: T): Given<T> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** What a value is, for a message that must not show it. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/**
 * What the engine hands over, without what has no value. A login profile that is null is kept, to be refused: it is as good
 * as none, and the user of none loses the profile.
 */
export function withValues(entries: (readonly [string, unknown])[], within?: string): Properties {
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && (value !== null || within === PROFILES)),
  );
}

const PROFILES = "profiles";
