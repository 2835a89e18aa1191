/** How long our package takes to load in a program, and our provider until its first call is answered; and which modules they load. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labEnvironment, SCRATCH } from "../tests/support/lab.ts";
import { run } from "../tests/support/processes.ts";
import { type Loading, median } from "./results.ts";

const TIMES = 11;

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

const IN_PROVIDER = `
require("@pulumi/pulumi");
const loaded = () => Object.keys(require.cache);
const atStart = new Set(loaded());
const started = performance.now();
const provider = require("pulumi-aws-login-profile/provider").handler();
const providerMs = performance.now() - started;
(async () => {
  await provider.configure({ config: { get: () => undefined } });
  const beforeCall = performance.now();
  await provider.delete("nobody");
  const firstCallMs = performance.now() - beforeCall;
  const again = performance.now();
  await provider.delete("nobody");
  const secondCallMs = performance.now() - again;
  const modules = {};
  for (const file of loaded()) {
    if (atStart.has(file)) continue;
    const name = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1] ?? "pulumi-aws-login-profile";
    modules[name] = (modules[name] ?? 0) + 1;
  }
  console.log(JSON.stringify({ providerMs, firstCallMs, sdkMs: firstCallMs - secondCallMs, modules }));
})();
`;

export async function loading(environment: NodeJS.ProcessEnv): Promise<Loading> {
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(join(SCRATCH, "loading-"));
  const programs = [];
  const providers = [];
  // The first of each warms the caches of the disk.
  for (let time = 0; time <= TIMES; time++) {
    programs.push(await answerOf(IN_PROGRAM, folder, environment));
    providers.push(await answerOf(IN_PROVIDER, folder, environment));
  }
  rmSync(folder, { recursive: true });
  const middle = (all: any[], name: string) => median(all.slice(1).map((one) => one[name]));
  return {
    pulumiMs: middle(programs, "pulumiMs"),
    packageMs: middle(programs, "packageMs"),
    sdkModulesInProgram: programs[0].sdkModules,
    providerMs: middle(providers, "providerMs"),
    sdkMs: middle(providers, "sdkMs"),
    firstCallMs: middle(providers, "firstCallMs"),
    modules: providers[0].modules,
  };
}

async function answerOf(script: string, folder: string, environment: NodeJS.ProcessEnv): Promise<any> {
  writeFileSync(join(folder, "script.cjs"), script);
  const { code, stdout, stderr } = await run(process.execPath, ["script.cjs"], {
    cwd: folder,
    env: { ...labEnvironment(), ...environment },
  });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
