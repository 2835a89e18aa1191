/** The bench's tables in Markdown: what is to be reached beside what was measured, then the figures themselves. */
import { PHASES, type Phase } from "./contenders/contender.ts";
import {
  BARE,
  LIKE_OURS,
  NAIVE,
  OURS,
  PLUGIN_OURS,
  WITHOUT_BACKUPS,
  WITHOUT_CHECKPOINTS,
} from "./contenders/pulumi.ts";
import { ANSIBLE_LOOP, AWS_CLI, SDK_LOOP } from "./contenders/scripts.ts";
import { type Measured, median, medianOf, type Results, ratioOf, ratiosOverall, sizesOf } from "./results.ts";
import type { Role } from "./usage.ts";

const CALLS: Partial<Record<Phase, Record<string, number>>> = {
  create: { CreateLoginProfile: 1 },
  unchanged: {},
  flag: { UpdateLoginProfile: 1 },
  rotate: { UpdateLoginProfile: 1 },
  refresh: { GetLoginProfile: 1 },
  destroy: { DeleteLoginProfile: 1 },
};

/** All tables of a run. */
export function table(results: Results): string {
  return [
    introduction(results),
    reach(results),
    ratios(results),
    costs(results),
    calls(results),
    modules(results),
    crash(results),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

/** The page for users, with the figures of this run between its two marks. */
export function withFigures(page: string, results: Results): string {
  const figures = [introduction(results), reach(results), ratios(results), costs(results), crash(results)].join("\n\n");
  const below = figures.replace(/^## /gm, "### ");
  return page.replace(/(<!-- figures -->\n).*(\n<!-- end of figures -->)/s, (_, begin, end) => begin + below + end);
}

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

function reach(results: Results): string {
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
  growthOfTime(results, goals);
  callsPerProfile(results, goals);
  const state = stateBytes(results, size);
  goals.add(`bytes of state per profile, ${size} profiles`, "≤ 1800", whole(state), state <= 1800, isGoalSize);
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
    `≤ 1.00, or within the spread of rounds (${figure(spread)})`,
    figure(growth),
    growth <= spread,
  );
}

function callsPerProfile(results: Results, goals: Goals): void {
  const counted = results.blocks.flatMap((block) => block.counted ?? []).filter(({ contender }) => contender === OURS);
  const wrong = counted.filter(({ phase, size, calls = {} }) => {
    const { GetAccountPasswordPolicy: _, ...others } = calls;
    const expected = Object.entries(CALLS[phase] ?? {}).map(([name, each]) => [name, each * size]);
    return JSON.stringify(Object.entries(others)) !== JSON.stringify(expected);
  });
  const found = wrong.length === 0 ? "1 / 0" : `otherwise in ${wrong.map(({ phase }) => phase).join(", ")}`;
  goals.add(
    "calls per profile: create, flag, rotate, refresh, destroy / unchanged",
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

function stateBytes(results: Results, size: number): number {
  return medianOf(results, OURS, size, "create", (one) => one.stateBytes) / size;
}

function introduction({ machine, versions, blocks }: Results): string {
  const loads = blocks.map(({ load = 0 }) => load);
  return (
    `Measured on ${machine}; Node.js ${versions.node}, Pulumi ${versions.engine}. Medians of the rounds. ` +
    `Load average ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}, the bench's own included.`
  );
}

function ratios(results: Results): string {
  const comparisons: [string, string[]][] = [
    [OURS, [LIKE_OURS]],
    [OURS, [LIKE_OURS, SDK_LOOP]],
    [OURS, [BARE]],
    [PLUGIN_OURS, [OURS]],
    [WITHOUT_CHECKPOINTS, [OURS]],
    [WITHOUT_BACKUPS, [OURS]],
  ];
  const rows = comparisons.flatMap(([one, others]) =>
    sizesOf(results, one)
      .map((size) => [size, ...PHASES.map((phase) => ratioOf(results, one, others, size, phase))])
      .filter(([, ...figures]) => figures.some(Number.isFinite))
      .map(([size, ...figures]) => [`${one} ÷ ${others.join(" + ")}`, String(size), ...figures.map(figure)]),
  );
  return `## Ratios of wall time\n\n${markdown(["ratio", "resources", ...PHASES], rows)}`;
}

function costs(results: Results): string {
  const rows = contendersOf(results).flatMap((contender) =>
    sizesOf(results, contender).flatMap((size) => {
      const of = (phase: Phase, of: (one: Measured) => number | undefined) =>
        medianOf(results, contender, size, phase, of);
      const cpu = (one: Measured) => Object.values(one.costs).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
      const peak = (role: Role) =>
        Math.max(
          0,
          ...PHASES.map((phase) => of(phase, (one) => one.costs[role]?.peakBytes)).filter((bytes) => bytes > 0),
        );
      const written = PHASES.map((phase) => of(phase, (one) => one.costs.engine?.writtenBytes)).filter(
        (bytes) => bytes >= 0,
      );
      return [
        [
          contender,
          String(size),
          ...PHASES.map((phase) => seconds(of(phase, (one) => one.wallMs))),
          seconds(
            PHASES.map((phase) => of(phase, cpu))
              .filter((ms) => ms > 0)
              .reduce((sum, ms) => sum + ms, 0),
          ),
          megabytes(peak("program")),
          megabytes(peak("provider")),
          whole(of("create", (one) => one.stateBytes) / size),
          megabytes(written.reduce((sum, bytes) => sum + bytes, 0)),
        ],
      ];
    }),
  );
  const head = [
    "contender",
    "users",
    ...PHASES.map((phase) => `${phase}, s`),
    "CPU in all, s",
    "program, MB",
    "provider, MB",
    "state each, B",
    "written, MB",
  ];
  return `## What each costs\n\n${markdown(head, rows)}`;
}

function calls(results: Results): string {
  const rows = results.blocks
    .flatMap(({ counted = [] }) => counted)
    .filter(({ calls = {} }) => Object.keys(calls).length > 0)
    .sort((a, b) => a.contender.localeCompare(b.contender))
    .map(({ contender, size, phase, calls = {} }) => [
      contender,
      String(size),
      phase,
      Object.entries(calls)
        .map(([operation, count]) => `${operation} ${count}`)
        .join(", "),
    ]);
  return `## Calls to IAM\n\n${markdown(["contender", "users", "phase", "calls"], rows)}`;
}

function modules(results: Results): string {
  const loading = results.blocks.find((block) => block.loading)?.loading;
  if (loading === undefined) return "";
  const rows = Object.entries(loading.modules)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => [name, String(count)]);
  const memory = loading.memory.map(({ stage, residentBytes, heapBytes }) => [
    stage,
    megabytes(residentBytes),
    megabytes(heapBytes),
  ]);
  return [
    "## Modules that our provider has loaded when its first call is answered",
    markdown(["package", "files"], rows),
    "## Memory of a provider process that does one call",
    markdown(["stage", "resident, MB", "heap in use, MB"], memory),
  ].join("\n\n");
}

function crash(results: Results): string {
  const found = results.blocks.find((block) => block.crash)?.crash;
  if (found === undefined) return "";
  const { size, createdBeforeCrash, inState, orphans, healed, callsToHeal } = found;
  const calls = Object.entries(callsToHeal)
    .map(([operation, count]) => `${operation} ${count}`)
    .join(", ");
  return `## A crash without checkpoints\n\nOf ${size} profiles, ${createdBeforeCrash} were created when the engine was killed, ${inState} were in the state: ${orphans} orphans. The next \`pulumi up\` with adoptExisting ${healed ? "took over all of them" : "did **not** mend it"} (${calls}).`;
}

function contendersOf(results: Results): string[] {
  const order = [
    OURS,
    LIKE_OURS,
    BARE,
    PLUGIN_OURS,
    WITHOUT_CHECKPOINTS,
    WITHOUT_BACKUPS,
    NAIVE,
    SDK_LOOP,
    AWS_CLI,
    ANSIBLE_LOOP,
  ];
  return order.filter((name) => sizesOf(results, name).length > 0);
}

function nearest(results: Results, size: number): number {
  const distance = (other: number) => Math.abs(other - size);
  return sizesOf(results, OURS).sort((a, b) => distance(a) - distance(b))[0] ?? Number.NaN;
}

function markdown(head: string[], rows: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

const DASH = "–";
const orDash = (value: number, text: string) => (Number.isFinite(value) ? text : DASH);
const figure = (value: number) => orDash(value, value.toFixed(2));
const whole = (value: number) => orDash(value, value.toFixed(0));
const seconds = (milliseconds: number) => orDash(milliseconds, (milliseconds / 1000).toFixed(1));
const megabytes = (bytes: number) => orDash(bytes, (bytes / 1e6).toFixed(0));
