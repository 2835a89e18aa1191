/** A value that a preview does not know yet, such as the password of a resource still to be created. */
export const UNKNOWN: unique symbol = Symbol("unknown until the update");

/** A value that may not be known yet. */
export type Previewed<T> = T | typeof UNKNOWN;

/** Whether a value, or any part of it, is not known yet. */
export function holdsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}
