/** Runs of the engine that end as when a machine goes down, or a process is killed, at a moment that a seed fixes. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { descendants } from "./processes.ts";
import type { Outcome, Stack } from "./stack.ts";

/** Numbers between 0 and 1 that a seed fixes (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs a command of the engine, and does something to it when the time has come; false where it had ended before. */
export async function disturbed(
  stack: Stack,
  command: () => Promise<Outcome>,
  moment: Promise<unknown>,
  disturb: (engine: ChildProcess) => Promise<boolean>,
): Promise<{ outcome: Outcome; hit: boolean }> {
  let hit = Promise.resolve(false);
  stack.onStart = (engine) => {
    const ended = once(engine, "exit").then(() => true);
    hit = Promise.race([moment.then(() => false), ended]).then((isOver) => (isOver ? false : disturb(engine)));
  };
  const outcome = await command();
  stack.onStart = () => {};
  return { outcome, hit: await hit };
}

/** Kills the engine and all it has started, as when a machine goes down. */
export async function killEngine(engine: ChildProcess): Promise<boolean> {
  const started = await descendants(engine.pid as number);
  const isKilled = engine.kill("SIGKILL");
  for (const { pid } of started) kill(pid);
  return isKilled;
}

export async function killProvider(engine: ChildProcess): Promise<boolean> {
  const isProvider = /dynamic-provider|provider\/dist\/plugin\/main/;
  const provider = (await descendants(engine.pid as number)).find(({ command }) => isProvider.test(command));
  return provider !== undefined && kill(provider.pid);
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    // It ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
