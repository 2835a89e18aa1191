/** What a run of the bench writes down. */
import { PHASES, type Phase, type Sample } from "./contenders/contender.ts";

/** One phase of one contender in one round. */
export interface Measured extends Sample {
  contender: string;
  size: number;
  round: number;
  phase: Phase;
  /** CPU time of the embedded IAM, which shares the machine. */
  iamCpuMs: number;
  /** Calls by operation, in the block that counts them. */
  calls?: Record<string, number>;
}

/** What a process held at a stage. */
export interface Memory {
  stage: string;
  residentBytes: number;
  heapBytes: number;
}

/** Loading our package in a program, and our provider up to its first call. Times are medians, in milliseconds. */
export interface Loading {
  pulumiMs: number;
  packageMs: number;
  sdkModulesInProgram: string[];
  providerMs: number;
  /** The first call loads the SDK; the second shows what of that time is the call itself. */
  firstCallMs: number;
  secondCallMs: number;
  /** What the provider process still holds of each profile that it created, when garbage has been collected. */
  heldBytes: number;
  /** How many modules of each package our provider has loaded when its first call is answered. */
  modules: Record<string, number>;
  memory: Memory[];
}

/** A run without checkpoints whose engine was killed half way, and the run after it. */
export interface Crash {
  size: number;
  createdBeforeCrash: number;
  inState: number;
  orphans: number;
  healed: boolean;
  callsToHeal: Record<string, number>;
}

export interface Block {
  key: string;
  /** Load average of the machine over the last minute when the block ended. */
  load?: number;
  seconds?: number;
  measured?: Measured[];
  counted?: Measured[];
  /** Who did not come through, and what was said at the end. */
  failed?: string[];
  loading?: Loading;
  crash?: Crash;
}

export interface Results {
  machine: string;
  versions: Record<string, string>;
  /** Why contenders were not measured, by their names. */
  absent?: Record<string, string>;
  blocks: Block[];
}

/** The median of one figure over the rounds of a contender at a size. */
export function medianOf(
  results: Results,
  contender: string,
  size: number,
  phase: Phase,
  figure: (one: Measured) => number | undefined,
): number {
  return median(
    measuredIn(results)
      .filter((one) => one.contender === contender && one.size === size && one.phase === phase)
      .map((one) => figure(one) ?? Number.NaN),
  );
}

/** The ratios of one contender to another, or to several one after the other, within each round: what slows a round slows all. */
function ratiosOf(results: Results, one: string, others: string[], size: number, phase: Phase): number[] {
  const all = measuredIn(results).filter((sample) => sample.size === size && sample.phase === phase);
  return all
    .filter(({ contender }) => contender === one)
    .map(({ wallMs, round }) => {
      const peers = others.map((other) => all.find((sample) => sample.contender === other && sample.round === round));
      return wallMs / peers.reduce((sum, peer) => sum + (peer?.wallMs ?? Number.NaN), 0);
    })
    .filter((ratio) => !Number.isNaN(ratio));
}

/** Their median. */
export function ratioOf(results: Results, one: string, others: string[], size: number, phase: Phase): number {
  return median(ratiosOf(results, one, others, size, phase));
}

/** The ratio over all phases, round by round: the geometric mean, so that long phases do not outweigh short ones. */
export function ratiosOverall(results: Results, one: string, other: string, size: number): number[] {
  const byPhase = PHASES.map((phase) => ratiosOf(results, one, [other], size, phase));
  return (byPhase[0] ?? []).map((_, round) => {
    const logs = byPhase.map((ratios) => Math.log(ratios[round] ?? Number.NaN));
    return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  });
}

function measuredIn(results: Results): Measured[] {
  return results.blocks.flatMap(({ measured = [] }) => measured);
}

/** How often a contender was measured at a size. */
export function roundsOf(results: Results, contender: string, size: number): number {
  const rounds = measuredIn(results).filter((one) => one.contender === contender && one.size === size);
  return new Set(rounds.map(({ round }) => round)).size;
}

/** The sizes at which a contender was measured. */
export function sizesOf(results: Results, contender: string): number[] {
  const sizes = measuredIn(results)
    .filter((one) => one.contender === contender)
    .map(({ size }) => size);
  return [...new Set(sizes)].sort((a, b) => a - b);
}

/** The median; NaN of nothing. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
