/** What the bench knows of a contender. */
import type { Costs } from "../usage.ts";

/** The steps of a stack's life that are measured, in this order. */
export const PHASES = ["create", "unchanged", "flag", "rotate", "refresh", "destroy"] as const;
export type Phase = (typeof PHASES)[number];

/** What the program declares when a phase has run: passwords of a generation, and the reset flag. */
export function declared(phase: Phase): { GENERATION: string; RESET: string } {
  const position = PHASES.indexOf(phase);
  return {
    GENERATION: position < PHASES.indexOf("rotate") ? "1" : "2",
    RESET: String(position < PHASES.indexOf("flag")),
  };
}

export interface Sample {
  wallMs: number;
  /** By process; of a script, under "other". */
  costs: Costs;
  /** Size of the checkpoint after the phase, where there is one. */
  stateBytes?: number;
}

export interface Run {
  /** Runs a phase, with more in its environment and on the engine's command line; undefined where the contender has none such. */
  measure(phase: Phase, environment?: NodeJS.ProcessEnv, words?: string[]): Promise<Sample | undefined>;
  remove(): void;
}

export interface Contender {
  name: string;
  /** Rounds of the whole bench, by the number of users: few where one takes long, more where a goal is judged. */
  rounds: Record<number, number>;
  /** The most users that a short run measures it with, where more would take too long. */
  largest?: number;
  /** Why this machine cannot run it, where that is so. */
  absent?: string;
  /** Makes all ready that is not timed. The environment leads to an IAM that has the users. */
  start(users: string[], environment: NodeJS.ProcessEnv): Promise<Run>;
}
