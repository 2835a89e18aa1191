/**
 * The side-by-side bench: every contender on one embedded IAM, each in an account of its own with the
 * same users, phase by phase in turn. Each block of measurements is written down when it is done, so
 * that a run that was cut short goes on where it was.
 *
 * SIZES=50 ROUNDS=1 makes a short run: all contenders at these sizes, results in .tmp/bench-short only.
 * ONLY=naive,bare restricts it to contenders whose names hold one of these words.
 * TERRAFORM_PROVIDERS=FOLDER names the providers without which Terraform cannot run.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { arch, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { EmbeddedIam } from "../tests/support/embedded-iam.ts";
import { ENGINE_VERSION, ROOT, SCRATCH } from "../tests/support/lab.ts";
import { descendants } from "../tests/support/processes.ts";
import { ensureAnsible } from "./ansible.ts";
import { type Contender, PHASES, type Run } from "./contenders/contender.ts";
import { PULUMI_CONTENDERS } from "./contenders/pulumi.ts";
import { ANSIBLE_LOOP, SCRIPT_CONTENDERS } from "./contenders/scripts.ts";
import { TERRAFORM_CONTENDER } from "./contenders/terraform.ts";
import { crashWithoutCheckpoints } from "./crash.ts";
import { HELD_USERS, loading } from "./loading.ts";
import type { Block, Measured, Results } from "./results.ts";
import { drawing } from "./svg.ts";
import { table, withFigures } from "./table.ts";
import { cpuOfTree } from "./usage.ts";

/** Calls are counted by a proxy, in a block of its own, which is not timed. */
const COUNTED_SIZE = 10;
/** Characters of what a contender says that fails. */
const LONGEST_REASON = 300;

const CHOSEN = [...PULUMI_CONTENDERS, TERRAFORM_CONTENDER, ...SCRIPT_CONTENDERS].filter(
  ({ name }) => process.env.ONLY === undefined || process.env.ONLY.split(",").some((word) => name.includes(word)),
);
const CONTENDERS = CHOSEN.filter(({ absent }) => absent === undefined);
const shortSizes = process.env.SIZES?.split(",").map(Number);
const isWhole = shortSizes === undefined && process.env.ROUNDS === undefined && process.env.ONLY === undefined;

const folder = join(SCRATCH, isWhole ? "bench" : "bench-short");
const journal = join(folder, "blocks.jsonl");
mkdirSync(folder, { recursive: true });
// A short run is always a new one.
if (!isWhole) writeFileSync(journal, "");
const blocks: Block[] = existsSync(journal)
  ? readFileSync(journal, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  : [];

if (CONTENDERS.some(({ name }) => name === ANSIBLE_LOOP)) ensureAnsible();
const iam = await EmbeddedIam.start();
const server = (await descendants(process.pid)).find(({ command }) => command.includes("hypercorn"))?.pid ?? 0;
const started = performance.now();
let accounts = 0;

try {
  for (const { key, run } of plan()) {
    if (blocks.some((block) => block.key === key)) continue;
    const begun = performance.now();
    const figures = await run();
    const [load = 0] = loadavg();
    const block: Block = { key, load, seconds: Math.round((performance.now() - begun) / 1000), ...figures };
    blocks.push(block);
    appendFileSync(journal, `${JSON.stringify(block)}\n`);
    console.log(`${key}: ${block.seconds} s, ${Math.round((performance.now() - started) / 1000)} s since the start`);
  }
} finally {
  await iam.stop();
}

const results: Results = {
  machine: `${cpus().length} × ${cpus()[0]?.model}, ${arch()}`,
  versions: { node: process.version, engine: ENGINE_VERSION },
  absent: Object.fromEntries(CHOSEN.flatMap(({ name, absent }) => (absent === undefined ? [] : [[name, absent]]))),
  blocks,
};
writeFileSync(join(folder, "results.json"), `${JSON.stringify(results, undefined, 1)}\n`);
writeFileSync(join(folder, "table.md"), table(results));
writeFileSync(join(folder, "growth.svg"), drawing(results));
console.log(`\n${table(results)}`);
if (isWhole) {
  const kept = join(ROOT, "bench", "results");
  mkdirSync(kept, { recursive: true });
  for (const name of ["results.json", "table.md", "growth.svg"]) copyFileSync(join(folder, name), join(kept, name));
  const page = join(ROOT, "bench", "README.md");
  writeFileSync(page, withFigures(readFileSync(page, "utf8"), results));
  execFileSync("biome", ["format", "--write", page, kept]);
  // The next run begins anew.
  renameSync(journal, `${journal}.done`);
}

function* plan(): Generator<{ key: string; run: () => Promise<Omit<Block, "key">> }> {
  yield {
    key: "loading",
    run: async () => {
      await iam.createUsers(HELD_USERS);
      return { loading: await loading(iam.unrecordedEnvironment) };
    },
  };
  const smallest = Math.min(COUNTED_SIZE, ...(shortSizes ?? []));
  yield {
    key: `calls, ${smallest} users`,
    run: async () => {
      const { measured: counted, failed } = await lifecycles(CONTENDERS, smallest, 0, true);
      return { counted, failed };
    },
  };
  for (const size of shortSizes ?? sizesOf(CONTENDERS)) {
    for (let round = 1; ; round++) {
      const there = CONTENDERS.filter((contender) => round <= roundsOf(contender, size));
      if (there.length === 0) break;
      yield {
        key: `${size} users, round ${round}`,
        run: () => lifecycles(there, size, round, false),
      };
    }
  }
  yield {
    key: "crash without checkpoints",
    run: async () => ({ crash: await crashWithoutCheckpoints(iam, Math.min(100, ...(shortSizes ?? []))) }),
  };
}

/** Takes the contenders through their phases, taking turns in each. Who fails is out of the round, and hinders no other. */
async function lifecycles(
  contenders: Contender[],
  size: number,
  round: number,
  counting: boolean,
): Promise<{ measured: Measured[]; failed: string[] }> {
  const users = Array.from({ length: size }, (_, index) => `user-${String(index).padStart(4, "0")}`);
  const runs: { contender: Contender; run: Run }[] = [];
  const measured: Measured[] = [];
  const failed = new Map<Run, string>();
  try {
    for (const contender of contenders) {
      const environment = await accountWith(users, counting);
      runs.push({ contender, run: await contender.start(users, environment) });
    }
    iam.takeCalls();
    for (const [index, phase] of PHASES.entries()) {
      // Nobody is always the first.
      const first = (index + round) % Math.max(1, runs.length);
      for (const { contender, run } of [...runs.slice(first), ...runs.slice(0, first)]) {
        if (failed.has(run)) continue;
        const cpuBefore = cpuOfTree(server);
        const sample = await run.measure(phase).catch((error: Error) => {
          const [why = ""] = /\bError: .*/.exec(error.message) ?? [error.message];
          failed.set(run, `${contender.name}, ${size} users, failed in "${phase}": ${why.slice(0, LONGEST_REASON)}`);
        });
        if (sample === undefined) continue;
        const calls: Record<string, number> = {};
        for (const { operation } of iam.takeCalls()) calls[operation] = (calls[operation] ?? 0) + 1;
        measured.push({
          contender: contender.name,
          size,
          round,
          phase,
          ...sample,
          iamCpuMs: cpuOfTree(server) - cpuBefore,
          ...(counting ? { calls } : {}),
        });
      }
    }
  } finally {
    for (const { run } of runs) run.remove();
  }
  return { measured, failed: [...failed.values()] };
}

/** A new account of the embedded IAM, which tells accounts by the access key, with these users. */
async function accountWith(users: string[], counting: boolean): Promise<NodeJS.ProcessEnv> {
  const environment = counting ? iam.environment : iam.unrecordedEnvironment;
  accounts++;
  const accessKeyId = String(100_000_000_000 + accounts);
  const admin = new IAMClient({
    endpoint: iam.address,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "test" },
  });
  for (const UserName of users) await admin.send(new CreateUserCommand({ UserName }));
  admin.destroy();
  return { ...environment, AWS_ACCESS_KEY_ID: accessKeyId };
}

function roundsOf(contender: Contender, size: number): number {
  if (shortSizes === undefined) return Math.min(contender.rounds[size] ?? 0, Number(process.env.ROUNDS ?? Infinity));
  return size > (contender.largest ?? Infinity) ? 0 : Number(process.env.ROUNDS ?? 1);
}

function sizesOf(contenders: Contender[]): number[] {
  return [...new Set(contenders.flatMap(({ rounds }) => Object.keys(rounds).map(Number)))].sort((a, b) => a - b);
}
