/**
 * What the cost of the password hash adds to a preview without changes: 300 profiles at each cost
 * beside 300 dynamic resources that do nothing, once bare and once holding a state like a
 * profile's, in interleaved rounds of one run.
 */
import { cpus } from "node:os";
import { EmbeddedIam } from "../tests/support/embedded-iam.ts";
import { Stack } from "../tests/support/stack.ts";

const RESOURCES = 300;
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const COSTS = (process.env.COSTS ?? "8,9,10,11,12").split(",");
const LIMIT = 1.25;
const BARE = "nothing, bare";
const LIKE_OURS = "nothing, with a state like ours";

const iam = await EmbeddedIam.start();
await iam.createUsers(COSTS.flatMap((ln) => names(ln)));

/** Dynamic resources that do nothing: create returns the inputs, and `outputs` beside them. */
async function doNothing(inputs: string, outputs: string): Promise<Stack> {
  const stack = await Stack.create(iam.environment);
  stack.program(`
const provider = { create: async (inputs) => ({ id: inputs.userName, outs: { ...inputs, ...${outputs} } }) };
class Nothing extends pulumi.dynamic.Resource {}
for (let i = 0; i < ${RESOURCES}; i++) new Nothing(provider, "nothing-" + i, { userName: "user-" + i, ...${inputs} });
`);
  await succeeds(stack, "up");
  return stack;
}

const HASH = "$scrypt$ln=10,r=8,p=1$0123456789012345678901$0123456789012345678901234567890123456789012";
const contenders = new Map<string, Stack>([
  [BARE, await doNothing("{}", "{}")],
  [
    LIKE_OURS,
    await doNothing(
      `{ passwordHash: pulumi.secret("${HASH}"), passwordResetRequired: true, passwordVersion: 1, passwordResetPending: undefined, createDate: undefined }`,
      '{ passwordResetPending: true, createDate: "2026-01-01T00:00:00Z" }',
    ),
  ],
]);
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

console.log(
  `\n${RESOURCES} unchanged resources, medians of ${ROUNDS} rounds, ${cpus().length} cores, Node.js ${process.version}\n`,
);
console.log("| contender | preview, s | ÷ bare | ÷ like ours | at most 1.25 |\n|---|---|---|---|---|");
const bare = median(times.get(BARE));
const likeOurs = median(times.get(LIKE_OURS));
for (const [name, values] of times) {
  const time = median(values);
  const verdict = time / likeOurs <= LIMIT ? "yes" : "no";
  const row = [contenderName(name), (time / 1000).toFixed(2), (time / bare).toFixed(2), (time / likeOurs).toFixed(2)];
  console.log(`| ${[...row, COSTS.includes(name) ? verdict : ""].join(" | ")} |`);
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

function contenderName(name: string): string {
  return COSTS.includes(name) ? `profiles, hash cost ${name}` : name;
}
