/** One mistake in a resource's arguments. */
export interface Problem {
  /** The argument at fault. */
  property: string;
  /** What is wrong, why, and what to do; never a value that could be a password. */
  reason: string;
  /** Whether the value at fault may be, or may contain, a password. */
  secret: boolean;
}

/** The engine prints the value of a property that a failure names, secret or not: so no secret one is named. */
export function failure({ property, reason, secret }: Problem): { property: string; reason: string } {
  return { property: secret ? "" : property, reason };
}
