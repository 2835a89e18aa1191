/** How long our package takes to load in a program, and our provider until its first call is answered; which modules they load, and what is held for each profile. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labEnvironment, SCRATCH } from "../tests/support/lab.ts";
import { run } from "../tests/support/processes.ts";
import { type Loading, type Memory, median } from "./results.ts";

const TIMES = 11;

interface InProgram {
  pulumiMs: number;
  packageMs: number;
  sdkModules: string[];
}

interface InProvider {
  providerMs: number;
  firstCallMs: number;
  secondCallMs: number;
  modules: Record<string, number>;
  memory: Memory[];
}

/** Everything is loaded from the package as it is built, in a process of its own. */
const IN_PROGRAM = `
const started = performance.now();
require("@pulumi/pulumi");
const pulumiMs = performance.now() - started;
require("pulumi-aws-login-profile");
const packageMs = performance.now() - started - pulumiMs;
const sdkModules = Object.keys(require.cache).filter((file) => /node_modules\\/(@aws-sdk|@smithy|@aws-crypto)\\//.test(file));
console.log(JSON.stringify({ pulumiMs, packageMs, sdkModules }));
`;

/** The engine's process loads @pulumi/pulumi before it is given the text that names our provider. */
const IN_PROVIDER = `
const memory = [];
const note = (stage) => {
  const { rss, heapUsed } = process.memoryUsage();
  memory.push({ stage, residentBytes: rss, heapBytes: heapUsed });
};
note("Node.js alone");
require("@pulumi/pulumi");
note("with @pulumi/pulumi");
const loaded = () => Object.keys(require.cache);
const atStart = new Set(loaded());
const started = performance.now();
const provider = require("pulumi-aws-login-profile/provider").handler();
const providerMs = performance.now() - started;
note("with our provider");
(async () => {
  await provider.configure({ config: { get: () => undefined } });
  const beforeCall = performance.now();
  await provider.delete("nobody", { userName: "nobody" });
  const firstCallMs = performance.now() - beforeCall;
  note("after the first call to IAM");
  const again = performance.now();
  await provider.delete("nobody", { userName: "nobody" });
  const secondCallMs = performance.now() - again;
  const modules = {};
  for (const file of loaded()) {
    if (atStart.has(file)) continue;
    const name = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1] ?? "pulumi-aws-login-profile";
    modules[name] = (modules[name] ?? 0) + 1;
  }
  console.log(JSON.stringify({ providerMs, firstCallMs, secondCallMs, modules, memory }));
})();
`;

/** Profiles that one provider process creates, before and after which it is asked what it holds. */
const HELD = { from: 500, to: 1500 };

/** The users whom the last script gives profiles. */
export const HELD_USERS = Array.from({ length: HELD.to }, (_, index) => `held-${index}`);

const IN_PROVIDER_OF_MANY = `
require("@pulumi/pulumi");
const provider = require("pulumi-aws-login-profile/provider").handler();
const held = () => (gc(), gc(), process.memoryUsage().heapUsed);
async function create(userName) {
  const { inputs } = await provider.check({}, { userName, password: "Bench-Password-1-" + userName, passwordHash: "computed" });
  await provider.create(inputs);
}
(async () => {
  await provider.configure({ config: { get: () => undefined } });
  let before = 0;
  for (const [index, userName] of ${JSON.stringify(HELD_USERS)}.entries()) {
    if (index === ${HELD.from}) before = held();
    await create(userName);
  }
  console.log((held() - before) / ${HELD.to - HELD.from});
})();
`;

export async function loading(environment: NodeJS.ProcessEnv): Promise<Loading> {
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(join(SCRATCH, "loading-"));
  const programs: InProgram[] = [];
  const providers: InProvider[] = [];
  let heldBytes = Number.NaN;
  try {
    // The first of each warms the caches of the disk.
    for (let time = 0; time <= TIMES; time++) {
      const [program, provider] = [
        (await answerOf(IN_PROGRAM, folder, environment)) as InProgram,
        (await answerOf(IN_PROVIDER, folder, environment)) as InProvider,
      ];
      if (time === 0) continue;
      programs.push(program);
      providers.push(provider);
    }
    heldBytes = (await answerOf(IN_PROVIDER_OF_MANY, folder, environment, ["--expose-gc"])) as number;
  } finally {
    rmSync(folder, { recursive: true });
  }
  return {
    pulumiMs: median(programs.map((one) => one.pulumiMs)),
    packageMs: median(programs.map((one) => one.packageMs)),
    sdkModulesInProgram: programs[0]?.sdkModules ?? [],
    providerMs: median(providers.map((one) => one.providerMs)),
    firstCallMs: median(providers.map((one) => one.firstCallMs)),
    secondCallMs: median(providers.map((one) => one.secondCallMs)),
    heldBytes,
    modules: providers[0]?.modules ?? {},
    memory: (providers[0]?.memory ?? []).map(({ stage }, index) => ({
      stage,
      residentBytes: median(providers.map(({ memory }) => memory[index]?.residentBytes ?? Number.NaN)),
      heapBytes: median(providers.map(({ memory }) => memory[index]?.heapBytes ?? Number.NaN)),
    })),
  };
}

async function answerOf(
  script: string,
  folder: string,
  environment: NodeJS.ProcessEnv,
  flags: string[] = [],
): Promise<unknown> {
  writeFileSync(join(folder, "script.cjs"), script);
  const { code, stdout, stderr } = await run(process.execPath, [...flags, "script.cjs"], {
    cwd: folder,
    env: { ...labEnvironment(), ...environment },
  });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
