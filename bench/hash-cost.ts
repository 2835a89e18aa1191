/**
 * What the cost of the password hash adds to a preview without changes: 300 profiles at each cost
 * beside 300 dynamic resources that do nothing, in interleaved rounds of one run.
 */
import { cpus } from "node:os";
import { EmbeddedIam } from "../tests/support/embedded-iam.ts";
import { Stack } from "../tests/support/stack.ts";

const RESOURCES = 300;
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const COSTS = (process.env.COSTS ?? "8,9,10,11,12,13").split(",");
const LIMIT = 1.25;

const iam = await EmbeddedIam.start();
await iam.createUsers(COSTS.flatMap((ln) => names(ln)));
const floor = await Stack.create(iam.environment);
floor.program(`
const provider = { create: async (inputs) => ({ id: inputs.userName, outs: inputs }) };
class Nothing extends pulumi.dynamic.Resource {}
for (let i = 0; i < ${RESOURCES}; i++) new Nothing(provider, "nothing-" + i, { userName: "user-" + i });
`);
await succeeds(floor, "up");

const contenders = new Map<string, Stack>([["nothing", floor]]);
for (const ln of COSTS) {
  console.log(`Creating ${RESOURCES} profiles at cost ${ln} …`);
  const stack = await Stack.create(iam.environment);
  await stack.pulumi("config", "set", "aws-login-profile:hashCost", ln);
  stack.program(`
for (const userName of ${JSON.stringify(names(ln))}) {
  new LoginProfile(userName, { userName, password: "A-Password-01-of-" + userName, passwordResetRequired: true });
}`);
  await succeeds(stack, "up");
  contenders.set(ln, stack);
}

const times = new Map<string, number[]>();
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, stack] of contenders) {
    const started = performance.now();
    await succeeds(stack, "preview");
    // The first round warms the caches.
    if (round > 0) times.set(name, [...(times.get(name) ?? []), performance.now() - started]);
  }
}

const nothing = median(times.get("nothing"));
console.log(
  `\n${RESOURCES} unchanged resources, medians of ${ROUNDS} rounds, ${cpus().length} cores, Node.js ${process.version}\n`,
);
console.log("| hash cost (ln) | preview, s | ÷ nothing | at most 1.25 |\n|---|---|---|---|");
console.log(`| (300 resources that do nothing) | ${seconds(nothing)} | 1.00 | |`);
for (const ln of COSTS) {
  const ratio = median(times.get(ln)) / nothing;
  console.log(`| ${ln} | ${seconds(median(times.get(ln)))} | ${ratio.toFixed(2)} | ${ratio <= LIMIT ? "yes" : "no"} |`);
}
for (const stack of contenders.values()) stack.remove();
await iam.stop();

function names(ln: string): string[] {
  return Array.from({ length: RESOURCES }, (_, index) => `user-${ln}-${index}`);
}

async function succeeds(stack: Stack, command: "up" | "preview"): Promise<void> {
  const { code, output } = command === "up" ? await stack.up() : await stack.pulumi("preview", "--expect-no-changes");
  if (code !== 0) throw new Error(output);
}

function median(values: number[] = []): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}
