/** A value that a preview does not know yet, such as the password of a resource still to be created. */
export const UNKNOWN: unique symbol = Symbol("unknown until the update");

/** A value that may not be known yet. */
export type Previewed<T> = T | typeof UNKNOWN;

/** Whether a value, and each part of it, is known. */
export function isKnown<T>(value: Previewed<T>): value is T {
  if (value === UNKNOWN) return false;
  return typeof value !== "object" || value === null || Object.values(value).every(isKnown);
}
