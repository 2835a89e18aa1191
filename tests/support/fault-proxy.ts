/** microburst, a proxy that injects AWS errors, delays and broken connections in front of an AWS endpoint. */
import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { labEnvironment, SCRATCH } from "./lab.ts";
import { freePort, stop, untilItAnswers } from "./processes.ts";

export type Operation = "CreateLoginProfile" | "GetLoginProfile" | "UpdateLoginProfile" | "DeleteLoginProfile";

/** Room for a slow machine: a call without a fault must never take as long as one with it. */
export const READ_TIMEOUT_S = 4;
/** Room for three calls that are too slow, and for the pauses between them. */
export const RETRY_TIMEOUT_S = 24;

/** What a fault does on the wire. */
export const error = (code: string, status: number) => ({ error: { code, status, message: "Injected fault" } });
export const TRANSIENT: Record<string, Record<string, unknown>> = {
  ServiceFailure: error("ServiceFailure", 500),
  Throttling: error("Throttling", 400),
  "500": error("InternalFailure", 500),
  "503": error("ServiceUnavailable", 503),
  "too slow": { latency: READ_TIMEOUT_S * 1000 + 1000 },
  reset: { reset: true },
  "lost answer": { response: { abort_bytes: 0 } },
  "truncated answer": { response: { abort_frac: 0.5 } },
  "malformed answer": { response: { truncate_frac: 0.5 } },
};
export const BUSY = { EntityTemporarilyUnmodifiable: error("EntityTemporarilyUnmodifiable", 409) };

/** What goes wrong with some of the calls, as microburst's rules word it. */
export interface Fault {
  operation: Operation;
  userName: string;
  /** How often it happens; left out: for ever. */
  times?: number;
  /** The fault itself: `error`, `latency`, `reset`, `response`, … */
  effect: Record<string, unknown>;
}

export class FaultProxy {
  readonly #process: ChildProcess;
  readonly url: string;

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  static async start(upstream: string): Promise<FaultProxy> {
    const port = await freePort();
    const log = openSync(join(SCRATCH, `microburst-${port}.log`), "w");
    const process = spawn("microburst", ["--upstream", upstream, "--host", "127.0.0.1", "--port", String(port)], {
      env: labEnvironment(),
      stdio: ["ignore", log, log],
    });
    const url = `http://127.0.0.1:${port}`;
    await untilItAnswers(`${url}/_microburst/health`);
    return new FaultProxy(process, url);
  }

  /** Sets the faults, in place of those before. */
  async set(faults: Fault[]): Promise<void> {
    const rules = faults.map(({ operation, userName, times, effect }) => ({
      service: "iam",
      operation,
      body: `UserName == '${userName}'`,
      ...(times === undefined ? {} : { times }),
      ...effect,
    }));
    const answer = await fetch(`${this.url}/_microburst/rules`, { method: "POST", body: JSON.stringify(rules) });
    if (!answer.ok) throw new Error(`microburst refuses the rules: ${await answer.text()}`);
  }

  stop(): Promise<void> {
    return stop(this.#process);
  }
}
