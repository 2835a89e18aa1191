/**
 * Where the time goes: the phases of a stack's life under Node.js's profiler, in the program and in the provider, and
 * under Go's in the engine. `make profile`, SIZE=300.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedIam } from "../tests/support/embedded-iam.ts";
import { ENGINE, ROOT, SCRATCH } from "../tests/support/lab.ts";
import { PHASES } from "./contenders/contender.ts";
import { LIKE_OURS, OURS, PULUMI_CONTENDERS } from "./contenders/pulumi.ts";

const SIZE = Number(process.env.SIZE ?? 300);
const ROWS = 12;
const FOLDER = join(SCRATCH, "profiles");

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  samples: number[];
  timeDeltas: number[];
}

const iam = await EmbeddedIam.start();
const users = Array.from({ length: SIZE }, (_, index) => `user-${String(index).padStart(4, "0")}`);
await iam.createUsers(users);
rmSync(FOLDER, { recursive: true, force: true });
try {
  for (const contender of PULUMI_CONTENDERS.filter(({ name }) => [LIKE_OURS, OURS].includes(name))) {
    const profiles = join(FOLDER, contender.name.replaceAll(/\W+/g, "-"));
    const run = await contender.start(users, {
      ...iam.unrecordedEnvironment,
      NODE_OPTIONS: `--require ${join(ROOT, "bench", "profiler.cjs")}`,
    });
    for (const phase of PHASES) {
      const folder = join(profiles, phase);
      mkdirSync(folder, { recursive: true });
      await run.measure(phase, { PROFILES: folder }, ["--profiling", join(folder, "engine")]);
      console.log(`\n## ${contender.name}, ${phase}, ${SIZE} resources`);
      for (const role of ["run", "dynamic-provider"]) console.log(`\n${role}: ${spentIn(folder, role)}`);
      console.log(`\nengine:\n${spentInEngine(folder)}`);
    }
    run.remove();
  }
} finally {
  await iam.stop();
}

/** Milliseconds of one role's processes by the package whose code ran; what runs for nobody is named as the profiler does. */
function spentIn(folder: string, role: string): string {
  const spent = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.startsWith(role))) {
    const { nodes, samples, timeDeltas }: Profile = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const packages = new Map(nodes.map(({ id, callFrame }) => [id, packageOf(callFrame)]));
    samples.forEach((id, index) => {
      const name = packages.get(id) ?? "";
      spent.set(name, (spent.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
    });
  }
  const rows = [...spent].filter(([name]) => name !== "(idle)").sort(([, a], [, b]) => b - a);
  const total = rows.reduce((sum, [, ms]) => sum + ms, 0);
  return [
    `${total.toFixed(0)} ms busy`,
    ...rows.slice(0, ROWS).map(([name, ms]) => `  ${ms.toFixed(0).padStart(6)}  ${name}`),
  ].join("\n");
}

function packageOf({ functionName, url }: Profile["nodes"][number]["callFrame"]): string {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) return name;
  if (url.includes("/provider/dist/")) return "pulumi-aws-login-profile";
  if (url.startsWith("node:")) return "Node.js";
  return url === "" ? functionName || "(native)" : "the program";
}

/** The functions of the engine that took most, callees included. */
function spentInEngine(folder: string): string {
  const profile = readdirSync(folder).find((name) => name.startsWith("engine") && name.endsWith(".cpu"));
  if (profile === undefined) return "no profile";
  return execFileSync(
    "go",
    ["tool", "pprof", "-top", "-cum", "-nodecount=40", join(ENGINE, "bin", "pulumi"), join(folder, profile)],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  ).toString();
}
