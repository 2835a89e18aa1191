/**
 * What it costs a preview to know the account: previews without changes, with `aws:skipRequestingAccountId` and without, in
 * turn. SIZES=1,100,500 ROUNDS=5 node bench/account.ts
 */
import { EmbeddedIam } from "../tests/support/embedded-iam.ts";
import { Stack } from "../tests/support/stack.ts";
import { figure, markdown, seconds } from "./markdown.ts";

const SIZES = (process.env.SIZES ?? "1,100,500").split(",").map(Number);
const ROUNDS = Number(process.env.ROUNDS ?? 5);

const iam = await EmbeddedIam.start();
const rows: string[][] = [];
for (const size of SIZES) {
  const users = Array.from({ length: size }, (_, index) => `user-${size}-${index}`);
  await iam.createUsers(users);
  const stack = await Stack.create(iam.environment);
  stack.program(`for (const userName of ${JSON.stringify(users)})
    new LoginProfile(userName, { userName, password: "Correct-Horse-7" + userName });`);
  await stack.up();
  const times: Record<string, number[]> = { true: [], false: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const skip of ["true", "false"]) {
      await stack.pulumi("config", "set", "aws:skipRequestingAccountId", skip);
      const started = performance.now();
      const { code } = await stack.preview("--expect-no-changes");
      if (code !== 0) throw new Error("The preview failed.");
      // The first of each warms what is cached.
      if (round > 0) times[skip]?.push(performance.now() - started);
    }
  }
  const [without = 0, known = 0] = ["true", "false"].map((skip) => median(times[skip] ?? []));
  rows.push([String(size), seconds(without), seconds(known), figure(known / without)]);
  stack.remove();
}
await iam.stop();
console.log(markdown(["profiles", "nobody asked, s", "account known, s", "ratio"], rows));

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
