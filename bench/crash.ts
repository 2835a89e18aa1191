/** What is lost when the engine is killed half way through a run without checkpoints, and what adoptExisting mends. */
import { setTimeout as delay } from "node:timers/promises";
import type { EmbeddedIam } from "../tests/support/embedded-iam.ts";
import { descendants } from "../tests/support/processes.ts";
import { stackOfOurs } from "./contenders/pulumi.ts";
import type { Crash } from "./results.ts";

const DECLARED = { GENERATION: "1", RESET: "true" };

export async function crashWithoutCheckpoints(iam: EmbeddedIam, size: number): Promise<Crash> {
  const users = Array.from({ length: size }, (_, index) => `crash-${index}`);
  await iam.createUsers(users);
  const stack = await stackOfOurs(users, iam.environment);
  iam.takeCalls();

  // Answers are slow enough for half of them to be seen.
  iam.refuse(() => delay(20).then(() => undefined));
  let calls = 0;
  stack.onStart = (engine) => {
    const watch = setInterval(async () => {
      calls += iam.takeCalls().filter(({ operation }) => operation === "CreateLoginProfile").length;
      if (calls < size / 2) return;
      clearInterval(watch);
      const pids = (await descendants(engine.pid ?? 0)).map(({ pid }) => pid);
      for (const pid of [engine.pid ?? 0, ...pids]) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It ended by itself.
        }
      }
    }, 10);
  };
  await stack.up(DECLARED, { PULUMI_SKIP_CHECKPOINTS: "true" });
  stack.onStart = () => {};
  iam.refuse(() => undefined);
  await stack.pulumi("cancel", "--yes");

  const created = await iam.loginProfilesOf(users);
  const inState = stack.loginProfiles().length;
  iam.takeCalls();
  const { code } = await stack.up(DECLARED, { ADOPT: "true" });
  const callsToHeal: Record<string, number> = {};
  for (const { operation } of iam.takeCalls()) callsToHeal[operation] = (callsToHeal[operation] ?? 0) + 1;
  const after = await stack.pulumi("preview", "--expect-no-changes", DECLARED);
  const healed = code === 0 && after.code === 0 && stack.loginProfiles().length === size;
  await stack.destroy(DECLARED);
  stack.remove();
  return { size, createdBeforeCrash: created.size, inState, orphans: created.size - inState, healed, callsToHeal };
}
