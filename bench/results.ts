/** What a run of the bench writes down. */
import type { Phase, Sample } from "./contenders/contender.ts";

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

/** Loading our package in a program, and our provider up to its first call. Times are medians, in milliseconds. */
export interface Loading {
  pulumiMs: number;
  packageMs: number;
  sdkModulesInProgram: string[];
  providerMs: number;
  sdkMs: number;
  firstCallMs: number;
  /** How many modules of each package are loaded at the first call, and by the first call itself. */
  modules: Record<string, number>;
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
  measured?: Measured[];
  counted?: Measured[];
  loading?: Loading;
  crash?: Crash;
}

export interface Results {
  machine: string;
  versions: Record<string, string>;
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
    results.blocks
      .flatMap(({ measured = [] }) => measured)
      .filter((one) => one.contender === contender && one.size === size && one.phase === phase)
      .map((one) => figure(one) ?? Number.NaN),
  );
}

/** The median over the rounds of the ratio of two contenders within a round: what slows a round slows both. */
export function ratioOf(results: Results, one: string, other: string, size: number, phase: Phase): number {
  const all = results.blocks
    .flatMap(({ measured = [] }) => measured)
    .filter((sample) => sample.size === size && sample.phase === phase);
  return median(
    all
      .filter(({ contender }) => contender === one)
      .map(({ wallMs, round }) => {
        const peer = all.find((sample) => sample.contender === other && sample.round === round);
        return wallMs / (peer?.wallMs ?? Number.NaN);
      }),
  );
}

/** The median; NaN of nothing. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
