/**
 * What many login profiles cost in one resource, beside one resource that does nothing: each step of the life of both, in
 * seconds, the calls to IAM, and the bytes of state that a profile adds. SIZES=100,500 node bench/many.ts
 */
import { EmbeddedIam } from "../tests/support/embedded-iam.ts";
import { type Outcome, Stack } from "../tests/support/stack.ts";
import { markdown, seconds } from "./markdown.ts";

const SIZES = (process.env.SIZES ?? "100,500").split(",").map(Number);

const iam = await EmbeddedIam.start();
const rows: string[][] = [];
const bytes: number[] = [];
const users = Array.from({ length: Math.max(...SIZES) }, (_, index) => `user-${String(index).padStart(4, "0")}`);
await iam.createUsers(users);
for (const size of SIZES) {
  const stack = await Stack.create(iam.environment);
  const step = async (what: string, words: string[], variables: NodeJS.ProcessEnv) => {
    iam.takeCalls();
    const started = performance.now();
    const { code, output }: Outcome = await stack.pulumi(words[0] ?? "", ...words.slice(1), variables);
    if (code !== 0) throw new Error(output);
    const calls: Record<string, number> = {};
    for (const { operation } of iam.takeCalls()) calls[operation] = (calls[operation] ?? 0) + 1;
    const told = Object.entries(calls).map(([operation, count]) => `${operation} ${count}`);
    return { what, time: performance.now() - started, calls: told.join(", ") };
  };
  const up = ["up", "--yes", "--skip-preview"];
  const life = async () => [
    await step("create", up, { PASSWORD: "First-Password-1-of-", RESET: "true" }),
    await step("preview, unchanged", ["preview", "--expect-no-changes"], {
      PASSWORD: "First-Password-1-of-",
      RESET: "true",
    }),
    await step("up, unchanged", up, { PASSWORD: "First-Password-1-of-", RESET: "true" }),
    await step("flag", up, { PASSWORD: "First-Password-1-of-", RESET: "false" }),
    await step("rotate", up, { PASSWORD: "Second-Password-2-of-", RESET: "false" }),
    await step("refresh", ["refresh", "--yes", "--skip-preview"], {}),
  ];
  stack.program(`
const users = ${JSON.stringify(users.slice(0, size))};
const profiles = Object.fromEntries(users.map((name) => [name, { password: process.env.PASSWORD + name }]));
new LoginProfiles("team", { passwordResetRequired: process.env.RESET === "true", profiles });`);
  const ours = await life();
  bytes.push(Buffer.byteLength(stack.checkpoint()));
  if (process.env.SHOW) console.log(stack.checkpoint().slice(0, 5000));
  ours.push(await step("destroy", ["destroy", "--yes", "--skip-preview"], {}));
  stack.program(`
class Nothing extends pulumi.dynamic.Resource {
  constructor(name, props) {
    super({
      create: async (inputs) => ({ id: "id", outs: inputs }),
      update: async (_, __, inputs) => ({ outs: inputs }),
      read: async (id, props) => ({ id, props }),
    }, name, props);
  }
}
new Nothing("nothing", { of: process.env.PASSWORD + process.env.RESET });`);
  const nothing = [...(await life()), await step("destroy", ["destroy", "--yes", "--skip-preview"], {})];
  ours.forEach(({ what, time, calls }, at) => {
    rows.push([String(size), what, seconds(time), seconds(nothing[at]?.time ?? 0), calls]);
  });
  stack.remove();
}
await iam.stop();
console.log(markdown(["profiles", "step", "LoginProfiles, s", "a resource that does nothing, s", "calls"], rows));
if (SIZES.length > 1) {
  const [few = 0, , many = 0] = [SIZES[0], 0, SIZES.at(-1)];
  console.log(`Bytes of state a profile: ${((bytes.at(-1) ?? 0) - (bytes[0] ?? 0)) / (many - few)}`);
}
