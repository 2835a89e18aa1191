/** The AWS CLI as one process that carries out many commands, one after the other. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { labEnvironment, ROOT } from "./lab.ts";
import { type Finished, stop } from "./processes.ts";

export class AwsCli {
  readonly #process: ChildProcess;
  /** Those who wait for an answer, in the order of their commands. */
  readonly #waiting: { resolve(answer: Finished): void; reject(error: Error): void }[] = [];

  constructor() {
    this.#process = spawn("python", [join(ROOT, "tests", "support", "aws_cli.py")], {
      env: labEnvironment(),
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (this.#process.stdout === null) throw new Error("The AWS CLI's output cannot be read.");
    createInterface(this.#process.stdout).on("line", (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
    this.#process.on("close", () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error("The AWS CLI has ended."));
    });
  }

  /** The variables of the environment stay for later commands. */
  run(args: string[], environment: NodeJS.ProcessEnv): Promise<Finished> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return Promise.reject(new Error("The AWS CLI has ended."));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin?.write(`${JSON.stringify({ arguments: args, environment })}\n`);
    });
  }

  stop(): Promise<void> {
    return stop(this.#process);
  }
}
