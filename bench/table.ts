/** The bench's tables in Markdown: what is to be reached beside what was measured, then the figures themselves. */
import { PHASES, type Phase } from "./contenders/contender.ts";
import {
  BARE,
  LIKE_OURS,
  MANY,
  NAIVE,
  ONE_IDLE,
  OURS,
  PLUGIN_OURS,
  WITHOUT_BACKUPS,
  WITHOUT_CHECKPOINTS,
} from "./contenders/pulumi.ts";
import { ANSIBLE_LOOP, AWS_CLI, SDK_LOOP, SDK_LOOP_OF_TEN } from "./contenders/scripts.ts";
import { TERRAFORM } from "./contenders/terraform.ts";
import { reach } from "./goals.ts";
import { figure, markdown, megabytes, seconds, whole } from "./markdown.ts";
import { type Measured, medianOf, type Results, ratioOf, roundsOf, sizesOf } from "./results.ts";
import type { Role } from "./usage.ts";

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

/** The page of the bench, with the figures of this run between its two marks. */
export function withFigures(page: string, results: Results): string {
  const figures = [introduction(results), reach(results), ratios(results), costs(results), crash(results)].join("\n\n");
  const below = figures.replace(/^## /gm, "### ");
  return page.replace(/(<!-- figures -->\n).*(\n<!-- end of figures -->)/s, (_, begin, end) => begin + below + end);
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
    [MANY, [SDK_LOOP_OF_TEN]],
    [MANY, [ONE_IDLE, SDK_LOOP_OF_TEN]],
    [MANY, [ONE_IDLE]],
    [MANY, [OURS]],
    [MANY, [TERRAFORM]],
    [OURS, [TERRAFORM]],
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
          String(roundsOf(results, contender, size)),
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
  const absent = Object.entries(results.absent ?? {}).map(([name, why]) => `${name} is absent: ${why}.`);
  const failed = results.blocks.flatMap((block) => block.failed ?? []);
  const head = [
    "contender",
    "users",
    "rounds",
    ...PHASES.map((phase) => `${phase}, s`),
    "CPU in all, s",
    "program, MB",
    "provider, MB",
    "state each, B",
    "written, MB",
  ];
  return ["## What each costs", markdown(head, rows), ...absent, ...failed].join("\n\n");
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
    MANY,
    ONE_IDLE,
    BARE,
    PLUGIN_OURS,
    WITHOUT_CHECKPOINTS,
    WITHOUT_BACKUPS,
    NAIVE,
    TERRAFORM,
    SDK_LOOP,
    SDK_LOOP_OF_TEN,
    AWS_CLI,
    ANSIBLE_LOOP,
  ];
  return order.filter((name) => sizesOf(results, name).length > 0);
}
