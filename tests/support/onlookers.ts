/** All that can look on at a run of the engine, between the program and the provider: each writes a file of what it saw. */
import { chmodSync, mkdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./lab.ts";
import { type Artefact, filesBelow } from "./leaks.ts";
import type { Outcome, Stack } from "./stack.ts";

/** What they are called; the name of each file or text begins so. */
export const ONLOOKERS = ["grpc", "log", "events", "tracing", "otel", "policy", "transform", "output", "checkpoint"];

export class Onlookers {
  readonly #folder: string;
  readonly #stack: Stack;
  readonly #texts: Artefact[] = [];
  /** Each version of each file that the engine keeps of the stack, also those that it has replaced since. */
  readonly #checkpoints = new Set<string>();
  #runs = 0;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#folder = join(stack.folder, "onlookers");
    mkdirSync(join(this.#folder, "tmp"), { recursive: true });
    const pack = this.#file("policy-pack.sh");
    const program = join(ROOT, "tests", "support", "stand-ins", "policy-pack.ts");
    writeFileSync(pack, `#!/bin/sh\nexec node "${program}" "$@"\n`);
    chmodSync(pack, 0o755);
  }

  /** Source text of a transform that writes down what it is shown, and gives back what `result`, source text too, says. */
  transform(result = "undefined"): string {
    return `async ({ name, type, props, opts }) => {
      const write = (seen) => require("node:fs").appendFileSync(process.env.ONLOOKER_TRANSFORM, JSON.stringify([name, seen]) + "\\n");
      write(require("node:util").inspect({ props, opts }, { depth: 20 }));
      for (const value of Object.values(props)) pulumi.output(value).apply(write);
      return type.endsWith(":LoginProfile") ? ${result} : undefined;
    }`;
  }

  /** Runs a command of the engine while all look on. Its detailed log is shown, or goes to files. */
  async during(command: string, ...args: string[]): Promise<Outcome> {
    const run = ++this.#runs;
    const file = (kind: string) => this.#file(`${kind}-${run}.json`);
    const stacks = join(this.#stack.folder, "backend", ".pulumi", "stacks");
    const watching = watch(stacks, { recursive: true }, (_, name) => this.#keep(join(stacks, name ?? "")));
    try {
      const outcome = await this.#stack.pulumi(
        command,
        ...args,
        ...["-v=11", "--logflow", ...(run % 2 === 0 ? [] : ["--logtostderr"])],
        ...["--event-log", file("events")],
        ...["--tracing", `file:${file("tracing")}`, "--otel-traces", `file://${file("otel")}`],
        ...(command === "up" || command === "preview" ? ["--policy-pack", this.#file("policy-pack.sh")] : []),
        {
          PULUMI_DEBUG_COMMANDS: "true",
          PULUMI_DEBUG_GRPC: file("grpc"),
          ONLOOKER_FILE: file("policy"),
          ONLOOKER_TRANSFORM: file("transform"),
          TMPDIR: this.temporary,
        },
      );
      this.note(`output-${run}`, outcome.stdout);
      this.note(`log-${run}`, outcome.stderr);
      return outcome;
    } finally {
      watching.close();
    }
  }

  /** The folder of temporary files, that of detailed logs among them. */
  get temporary(): string {
    return this.#file("tmp");
  }

  note(name: string, text: string): void {
    this.#texts.push({ name, text });
  }

  /** All that they have seen. */
  get artefacts(): Artefact[] {
    return [
      ...filesBelow(this.#folder).map(({ name, text }) => ({ name: name.slice(this.#folder.length + 1), text })),
      ...[...this.#checkpoints].map((text) => ({ name: "checkpoint", text })),
      ...this.#texts,
    ];
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }

  #keep(path: string): void {
    try {
      this.#checkpoints.add(readFileSync(path, "utf8"));
    } catch {
      // Replaced or removed meanwhile.
    }
  }
}
