/** A value that a preview does not know yet, such as the password of a resource still to be created. */
export const UNKNOWN: unique symbol = Symbol("unknown until the update");

/** A value that may not be known yet. */
export type Previewed<T> = T | typeof UNKNOWN;
