/** A place in a text, both from 1. */
export interface Place {
  line: number;
  column: number;
}

/** What is wrong at a place, and what to do. Nothing of the text is quoted that may be a password. */
export type Mistake = Place & { message: string };

/** A mistake, or something its owner should know. */
export type PlacedProblem = Mistake & { severity: "error" | "warning" };

export function asError(mistake: Mistake): PlacedProblem {
  return { ...mistake, severity: "error" };
}

export function asWarning(mistake: Mistake): PlacedProblem {
  return { ...mistake, severity: "warning" };
}

/** Problems in the order of the file. */
export function byPlace<Problem extends Place>(problems: Problem[]): Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
