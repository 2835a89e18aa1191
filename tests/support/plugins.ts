/** The aws and random plugins: the real ones where the engine can download them, else stand-ins attached to it. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { isOfficialEngine, labEnvironment, ROOT } from "./lab.ts";
import { firstLine, stop } from "./processes.ts";

export class Plugins {
  readonly #standIns: { name: string; process: ChildProcess; port: string }[];

  private constructor(standIns: { name: string; process: ChildProcess; port: string }[]) {
    this.#standIns = standIns;
  }

  /** `environment` says which AWS the stand-ins work on. */
  static async start(environment: NodeJS.ProcessEnv): Promise<Plugins> {
    if (isOfficialEngine()) return new Plugins([]);
    return new Plugins(
      await Promise.all(
        ["aws", "random"].map(async (name) => {
          const process = spawn("node", [join(ROOT, "tests", "support", "stand-ins", "serve.ts"), name], {
            env: { ...labEnvironment(), ...environment },
            stdio: ["ignore", "pipe", "inherit"],
          });
          return { name, process, port: await firstLine(process) };
        }),
      ),
    );
  }

  /** What the engine needs in its environment. */
  get environment(): NodeJS.ProcessEnv {
    if (this.#standIns.length === 0) return {};
    return { PULUMI_DEBUG_PROVIDERS: this.#standIns.map(({ name, port }) => `${name}:${port}`).join(",") };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#standIns.map(({ process }) => stop(process)));
  }
}
