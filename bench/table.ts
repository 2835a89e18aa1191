/** The bench's tables in Markdown: what is to be reached beside what was measured, then the figures themselves. */
import { PHASES, type Phase } from "./contenders/contender.ts";
import { BARE, LIKE_OURS, NAIVE, OURS, WITHOUT_CHECKPOINTS } from "./contenders/pulumi.ts";
import { ANSIBLE_LOOP, AWS_CLI, SDK_LOOP } from "./contenders/scripts.ts";
import { type Measured, medianOf, type Results, ratioOf } from "./results.ts";
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
    `Measured on ${results.machine}; Node.js ${results.versions.node}, Pulumi ${results.versions.engine}. Medians.`,
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

function reach(results: Results): string {
  const large = nearest(results, 500);
  const largest = Math.max(...sizesOf(results, OURS));
  const base = nearest(results, 250);
  const rows: string[][] = [];
  const goal = (measure: string, wanted: string, value: number, met: boolean, text = figure(value)) =>
    rows.push([measure, wanted, text, Number.isNaN(value) ? "not measured" : met ? "yes" : "**no**"]);

  for (const phase of PHASES) {
    const limit = phase === "unchanged" ? 1.25 : 1.1;
    const ratio = ratioOf(results, OURS, LIKE_OURS, large, phase);
    goal(`${phase}, ours ÷ floor with a state like ours, ${large}`, `≤ ${limit}`, ratio, ratio <= limit);
  }
  if (largest > base) {
    const mean = (size: number) => geometricMean(PHASES.map((phase) => ratioOf(results, OURS, LIKE_OURS, size, phase)));
    const growth = mean(largest) / mean(base);
    goal(`ours ÷ floor at ${largest} ÷ the same at ${base}, all phases`, "≤ 1 (± 0.05)", growth, growth <= 1.05);
  }
  const counted = results.blocks.flatMap((block) => block.counted ?? []).filter(({ contender }) => contender === OURS);
  const wrong = counted.filter(({ phase, size, calls = {} }) => {
    const { GetAccountPasswordPolicy: _, ...others } = calls;
    const expected = Object.entries(CALLS[phase] ?? {}).map(([name, each]) => [name, each * size]);
    return JSON.stringify(Object.entries(others)) !== JSON.stringify(expected);
  });
  goal(
    "calls per profile: create, flag, rotate, refresh, destroy / unchanged",
    "1 / 0",
    counted.length === 0 ? Number.NaN : wrong.length,
    wrong.length === 0,
    wrong.length === 0 ? "1 / 0" : `otherwise in ${wrong.map(({ phase }) => phase).join(", ")}`,
  );
  const stateBytes = (size: number) => medianOf(results, OURS, size, "create", (one) => one.stateBytes) / size;
  goal(
    `bytes of state per profile, ${large}`,
    "≤ 1800",
    stateBytes(large),
    stateBytes(large) <= 1800,
    whole(stateBytes(large)),
  );
  const loading = results.blocks.find((block) => block.loading)?.loading;
  if (loading !== undefined) {
    const { packageMs, sdkModulesInProgram } = loading;
    goal("loading the package, above @pulumi/pulumi, ms", "≤ 15", packageMs, packageMs <= 15, packageMs.toFixed(1));
    const modules = sdkModulesInProgram.length;
    goal("modules of the AWS SDK in the program", "0", modules, modules === 0, String(modules));
    goal(
      "from the provider's loading to its first answer, ms",
      "SDK loaded once, only what is needed",
      loading.firstCallMs,
      true,
      `${whole(loading.providerMs)} + ${whole(loading.firstCallMs)}, of which the SDK ${whole(loading.sdkMs)}`,
    );
  }
  const peak = (size: number) =>
    Math.max(...PHASES.map((phase) => medianOf(results, OURS, size, phase, (one) => one.costs.provider?.peakBytes)));
  goal(
    `peak memory of the provider process, ${largest}, MB`,
    "≤ 150",
    peak(largest),
    peak(largest) <= 150e6,
    megabytes(peak(largest)),
  );
  if (largest > base) {
    const growth = (peak(largest) - peak(base)) / (largest - base) / 1000;
    goal(`its growth per profile, ${base} to ${largest}, KB`, "≤ 20", growth, growth <= 20, growth.toFixed(1));
  }
  for (const [slow, limit] of [
    [AWS_CLI, 8],
    [ANSIBLE_LOOP, 10],
  ] as const) {
    const [size] = sizesOf(results, slow);
    if (size === undefined) continue;
    for (const phase of ["create", "rotate"] as const) {
      const each = (name: string, at: number) => medianOf(results, name, at, phase, (one) => one.wallMs) / at;
      const times = each(slow, size) / each(OURS, large);
      goal(`${phase} per profile: ${slow} (${size}, scaled) ÷ ours (${large})`, `≥ ${limit}`, times, times >= limit);
    }
  }
  return `## Reach\n\n${markdown(["measure", "goal", "measured", "reached"], rows)}`;
}

function ratios(results: Results): string {
  const rows = [LIKE_OURS, BARE].flatMap((floor) =>
    sizesOf(results, floor).map((size) => [
      floor,
      String(size),
      ...PHASES.map((phase) => figure(ratioOf(results, OURS, floor, size, phase))),
    ]),
  );
  return `## Ours ÷ floor, wall time\n\n${markdown(["floor", "resources", ...PHASES], rows)}`;
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
  return `## Modules in the provider process at the first answer\n\n${markdown(["package", "files"], rows)}`;
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
  const order = [OURS, LIKE_OURS, BARE, WITHOUT_CHECKPOINTS, NAIVE, SDK_LOOP, AWS_CLI, ANSIBLE_LOOP];
  return order.filter((name) => sizesOf(results, name).length > 0);
}

/** The sizes at which a contender was measured. */
export function sizesOf(results: Results, contender: string): number[] {
  const measured = results.blocks.flatMap((block) => block.measured ?? []);
  const sizes = measured.filter((one) => one.contender === contender).map(({ size }) => size);
  return [...new Set(sizes)].sort((a, b) => a - b);
}

function nearest(results: Results, size: number): number {
  const distance = (other: number) => Math.abs(other - size);
  return sizesOf(results, OURS).sort((a, b) => distance(a) - distance(b))[0] ?? Number.NaN;
}

function geometricMean(values: number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function markdown(head: string[], rows: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

const orDash = (value: number, text: string) => (Number.isFinite(value) ? text : "–");
const figure = (value: number) => orDash(value, value.toFixed(2));
const whole = (value: number) => orDash(value, value.toFixed(0));
const seconds = (milliseconds: number) => orDash(milliseconds, (milliseconds / 1000).toFixed(1));
const megabytes = (bytes: number) => orDash(bytes, (bytes / 1e6).toFixed(0));
