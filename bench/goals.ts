/** What is to be reached, beside what was measured. */
import { PHASES, type Phase } from "./contenders/contender.ts";
import { LIKE_OURS, MANY, ONE_IDLE, OURS } from "./contenders/pulumi.ts";
import { ANSIBLE_LOOP, AWS_CLI } from "./contenders/scripts.ts";
import { DASH, figure, markdown, megabytes, whole } from "./markdown.ts";
import { median, medianOf, type Results, ratioOf, ratiosOverall, sizesOf } from "./results.ts";

const CALLS: Partial<Record<Phase, Record<string, number>>> = {
  create: { CreateLoginProfile: 1 },
  unchanged: {},
  flag: { UpdateLoginProfile: 1 },
  rotate: { UpdateLoginProfile: 1 },
  refresh: { GetLoginProfile: 1 },
  destroy: { DeleteLoginProfile: 1 },
};

/** The sizes for which the goals are set: a run at others shows its figures and judges nothing by them. */
const GOAL_SIZE = 500;
const GROWTH = { from: 250, to: 1000 };

class Goals {
  readonly rows: string[][] = [];

  /** `isThere` says whether the run measured what the goal is set for. */
  add(measure: string, wanted: string, measured: string, met: boolean, isThere = true): void {
    this.rows.push([measure, wanted, measured, measured === DASH || !isThere ? DASH : met ? "yes" : "**no**"]);
  }
}

/** The table of goals. */
export function reach(results: Results): string {
  const goals = new Goals();
  const size = nearest(results, GOAL_SIZE);
  const isGoalSize = size === GOAL_SIZE;

  for (const phase of PHASES) {
    const limit = phase === "unchanged" ? 1.25 : 1.1;
    const ratio = ratioOf(results, OURS, [LIKE_OURS], size, phase);
    goals.add(
      `${phase}: ours ÷ floor with a state like ours, ${size} profiles`,
      `≤ ${limit.toFixed(2)}`,
      figure(ratio),
      ratio <= limit,
      isGoalSize,
    );
  }
  for (const few of [1, 10]) {
    const ratio = ratioOf(results, OURS, [LIKE_OURS], few, "unchanged");
    goals.add(
      `unchanged: ours ÷ floor with a state like ours, ${few} profiles`,
      "≤ 1.02",
      figure(ratio),
      ratio <= 1.02,
    );
  }
  growthOfTime(results, goals);
  for (const contender of [OURS, MANY]) callsPerProfile(results, goals, contender);
  const state = stateBytes(results, size);
  goals.add(`bytes of state per profile, ${size} profiles`, "≤ 1800", whole(state), state <= 1800, isGoalSize);
  ofMany(results, goals);
  loadingTimes(results, goals);
  memory(results, goals);
  for (const [slow, limit] of [
    [AWS_CLI, 8],
    [ANSIBLE_LOOP, 10],
  ] as const) {
    const [few] = sizesOf(results, slow);
    if (few === undefined) continue;
    for (const phase of ["create", "rotate"] as const) {
      const each = (name: string, at: number) => medianOf(results, name, at, phase, (one) => one.wallMs) / at;
      const times = each(slow, few) / each(OURS, size);
      goals.add(
        `${phase}, time per profile: ${slow} (${few}, scaled) ÷ ours (${size})`,
        `≥ ${limit}`,
        figure(times),
        times >= limit,
        isGoalSize,
      );
    }
  }
  return `## Reach\n\n${markdown(["measure", "goal", "measured", "reached"], goals.rows)}`;
}

/** Growth is real where it is more than what rounds of one size differ by. */
function growthOfTime(results: Results, goals: Goals): void {
  const { from, to } = GROWTH;
  const before = ratiosOverall(results, OURS, LIKE_OURS, from);
  const after = ratiosOverall(results, OURS, LIKE_OURS, to);
  const spread = Math.max(...[before, after].map((ratios) => Math.max(...ratios) / Math.min(...ratios)));
  const growth = median(after) / median(before);
  goals.add(
    `ours ÷ floor over all phases, at ${to} ÷ at ${from}`,
    `≤ 1.00, or within the spread of rounds (${figure(spread)}, of ${before.length} and ${after.length})`,
    figure(growth),
    growth <= spread,
  );
}

/** In seconds for 500 profiles in one resource, on a machine on which one resource that does nothing takes as long as that. */
const MANY_LIMITS: Partial<Record<Phase, number>> = { create: 3.5, unchanged: 2.5, rotate: 3.5, destroy: 2.5 };
const FLOOR_SECONDS = 1.7;
const MANY_GROWTH = { from: 500, to: 2000, limit: 1.2 };
const MANY_STATE_BYTES = 450;

/** Of many profiles in one resource. What is to be reached in seconds is scaled by how quick the machine is. */
function ofMany(results: Results, goals: Goals): void {
  const seconds = (contender: string, size: number, phase: Phase) =>
    medianOf(results, contender, size, phase, (one) => one.wallMs) / 1000;
  const scale = seconds(ONE_IDLE, GOAL_SIZE, "create") / FLOOR_SECONDS;
  for (const [phase, limit] of Object.entries(MANY_LIMITS) as [Phase, number][]) {
    const time = seconds(MANY, GOAL_SIZE, phase);
    const wanted = limit * scale;
    goals.add(
      `${phase}: LoginProfiles, ${GOAL_SIZE} profiles, s (floor, one resource: ${figure(seconds(ONE_IDLE, GOAL_SIZE, phase))})`,
      `≤ ${figure(wanted)}, which is ${limit} where the floor's create takes ${FLOOR_SECONDS}`,
      figure(time),
      time <= wanted,
      Number.isFinite(wanted),
    );
  }
  const { from, to, limit } = MANY_GROWTH;
  const changes = PHASES.filter((phase) => phase !== "unchanged");
  const aboveFloor = (size: number) =>
    changes.reduce((sum, phase) => sum + seconds(MANY, size, phase) - seconds(ONE_IDLE, size, phase), 0) / size;
  const growth = aboveFloor(to) / aboveFloor(from);
  goals.add(
    `LoginProfiles, time per profile above the floor, at ${to} ÷ at ${from}`,
    `≤ ${limit.toFixed(2)}`,
    figure(growth),
    growth <= limit,
  );
  const state = stateBytes(results, GOAL_SIZE, MANY);
  goals.add(
    `LoginProfiles, bytes of state per profile, ${GOAL_SIZE} profiles`,
    `≤ ${MANY_STATE_BYTES}`,
    whole(state),
    state <= MANY_STATE_BYTES,
  );
}

function callsPerProfile(results: Results, goals: Goals, of: string): void {
  const counted = results.blocks.flatMap((block) => block.counted ?? []).filter(({ contender }) => contender === of);
  const wrong = counted.filter(({ phase, size, calls = {} }) => {
    // Of the account, and not of a profile: each at most once in a run, however many profiles there are.
    const { GetAccountPasswordPolicy: policy = 0, GetCallerIdentity: identity = 0, ...others } = calls;
    if (policy > 1 || identity > 1) return true;
    const expected = Object.entries(CALLS[phase] ?? {}).map(([name, each]) => [name, each * size]);
    return JSON.stringify(Object.entries(others)) !== JSON.stringify(expected);
  });
  const found = wrong.length === 0 ? "1 / 0" : `otherwise in ${wrong.map(({ phase }) => phase).join(", ")}`;
  goals.add(
    `calls per profile, ${of}: create, flag, rotate, refresh, destroy / unchanged`,
    "1 / 0",
    counted.length === 0 ? DASH : found,
    wrong.length === 0,
  );
}

function loadingTimes(results: Results, goals: Goals): void {
  const found = results.blocks.find((block) => block.loading)?.loading;
  if (found === undefined) return;
  const { packageMs, sdkModulesInProgram, providerMs, firstCallMs, secondCallMs } = found;
  goals.add("loading the package, above @pulumi/pulumi, ms", "≤ 15", packageMs.toFixed(1), packageMs <= 15);
  const modules = sdkModulesInProgram.length;
  goals.add("modules of the AWS SDK in the program", "0", String(modules), modules === 0);
  const parts = `${whole(providerMs)} + ${whole(firstCallMs)}, the second call ${secondCallMs.toFixed(1)}`;
  const isLoadedOnce = secondCallMs * 5 < firstCallMs;
  goals.add("our provider's loading + its first call, ms", "the SDK is loaded once", parts, isLoadedOnce);
}

function memory(results: Results, goals: Goals): void {
  const peakOf = (contender: string, size: number) =>
    Math.max(
      ...PHASES.map((phase) => medianOf(results, contender, size, phase, (one) => one.costs.provider?.peakBytes)),
    );
  const { from, to } = GROWTH;
  const largest = nearest(results, to);
  const peak = peakOf(OURS, largest);
  const floor = peakOf(LIKE_OURS, largest);
  goals.add(
    `peak memory of the provider process, ${largest} profiles, MB (floor: ${megabytes(floor)})`,
    "≤ 150",
    megabytes(peak),
    peak <= 150e6,
    largest === to,
  );
  const growth = (peakOf(OURS, to) - peakOf(OURS, from)) / (to - from) / 1000;
  const floorGrowth = (peakOf(LIKE_OURS, to) - peakOf(LIKE_OURS, from)) / (to - from) / 1000;
  goals.add(
    `its growth per profile, ${from} to ${to}, KB (floor: ${figure(floorGrowth)})`,
    "≤ 20",
    figure(growth),
    growth <= 20,
  );
  const heldBytes = results.blocks.find((block) => block.loading)?.loading?.heldBytes ?? Number.NaN;
  goals.add(
    "what the provider process holds of each profile, garbage collected, KB",
    "≤ 20",
    figure(heldBytes / 1000),
    heldBytes <= 20_000,
  );
}

function stateBytes(results: Results, size: number, contender = OURS): number {
  return medianOf(results, contender, size, "create", (one) => one.stateBytes) / size;
}

function nearest(results: Results, size: number): number {
  const distance = (other: number) => Math.abs(other - size);
  return sizesOf(results, OURS).sort((a, b) => distance(a) - distance(b))[0] ?? Number.NaN;
}
