/** A stack of the real engine, driven by its command line, with a backend and a home of its own. */

import type { ChildProcess } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ENGINE_VERSION, labEnvironment, ROOT, SCRATCH } from "./lab.ts";
import { type Finished, run } from "./processes.ts";

const STACK = "dev";
/** What `pulumi stack init` makes of the project that most stacks are of; kept, for it takes the engine a third of a second. */
const NEW_STACK = join(SCRATCH, `new-stack-${ENGINE_VERSION}`);
const PROGRAM_FILES = /^(Pulumi\.yaml|package\.json|tsconfig.*\.json|users\.yaml|.*\.ts)$/;

/** How one command of the engine ended. */
export interface Outcome extends Finished {
  /** All that the user reads. */
  output: string;
}

/** One resource of the checkpoint, as far as the tests look at it. */
export interface StoredResource {
  urn: string;
  type: string;
  id?: string;
  dependencies?: string[];
  sourcePosition?: string;
  /** Deleted, and to be created again. */
  pendingReplacement?: boolean;
  inputs?: Record<string, any>;
  outputs?: Record<string, any>;
}

export class Stack {
  readonly folder: string;
  /** The engine's own folder (PULUMI_HOME). */
  readonly home: string;
  /** What the engine is started with. */
  readonly environment: NodeJS.ProcessEnv;
  /** All that the user has read so far, a text for each command. */
  readonly outputs: string[] = [];
  /** Shows each command of the engine and its output as it comes. */
  echo = false;
  /** Is given each process of the engine as it starts. */
  onStart: (engine: ChildProcess) => void = () => {};

  private constructor(folder: string, home: string, environment: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.home = home;
    this.environment = environment;
  }

  /** A new stack in a scratch folder, with a copy of the program in `source`, or with the one that `program` writes. */
  static create(environment: NodeJS.ProcessEnv, source?: string): Promise<Stack> {
    mkdirSync(SCRATCH, { recursive: true });
    const folder = mkdtempSync(join(SCRATCH, "stack-"));
    if (source === undefined) {
      writeFileSync(join(folder, "package.json"), '{ "main": "index.js" }\n');
      return Stack.createIn(folder, environment);
    }
    // At the top of the repository stands much else.
    for (const name of readdirSync(join(ROOT, source))) {
      if (source !== "." || PROGRAM_FILES.test(name))
        cpSync(join(ROOT, source, name), join(folder, name), { recursive: true });
    }
    return Stack.createIn(folder, environment);
  }

  /** A new stack in a folder that has its packages installed. */
  static async createIn(folder: string, environment: NodeJS.ProcessEnv): Promise<Stack> {
    const stack = Stack.#in(folder, environment);
    if (existsSync(join(folder, "Pulumi.yaml"))) {
      mkdirSync(join(folder, "backend"));
      await stack.pulumi("stack", "init", STACK);
      return stack;
    }
    if (!existsSync(NEW_STACK)) await Stack.#makeNew();
    cpSync(NEW_STACK, folder, { recursive: true });
    return stack;
  }

  static #in(folder: string, environment: NodeJS.ProcessEnv): Stack {
    const home = environment.PULUMI_HOME ?? join(SCRATCH, "pulumi-home");
    return new Stack(folder, home, {
      ...labEnvironment(),
      ...environment,
      PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
      PULUMI_HOME: home,
      PULUMI_STACK: STACK,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
  }

  static async #makeNew(): Promise<void> {
    const folder = mkdtempSync(join(SCRATCH, "new-stack-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
    mkdirSync(join(folder, "backend"));
    const { code, output } = await Stack.#in(folder, {}).pulumi("stack", "init", STACK);
    if (code !== 0) throw new Error(output);
    try {
      renameSync(folder, NEW_STACK);
    } catch (error) {
      // Another worker was faster.
      if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
      rmSync(folder, { recursive: true });
    }
  }

  /** Has all processes of the stack's runs keep their temporary files in its folder, among what is searched. */
  useOwnTemporaryFolder(): void {
    this.environment.TMPDIR = join(this.folder, "tmp");
    mkdirSync(this.environment.TMPDIR);
  }

  /** Writes the program's body; `pulumi`, `LoginProfile`, `LoginProfiles` and `config` are at hand in it. */
  program(body: string): void {
    writeFileSync(
      join(this.folder, "index.js"),
      `const pulumi = require("@pulumi/pulumi");
const { LoginProfile, LoginProfiles } = require("pulumi-aws-login-profile");
const config = new pulumi.Config();
${body}`,
    );
  }

  /** Runs the Pulumi CLI in the program's folder, whatever its exit code. Variables among the arguments reach the program. */
  async pulumi(command: string, ...args: (string | NodeJS.ProcessEnv)[]): Promise<Outcome> {
    const words = args.filter((arg): arg is string => typeof arg === "string");
    const extra = args.filter((arg): arg is NodeJS.ProcessEnv => typeof arg !== "string");
    return this.#run([command, ...words], Object.assign({}, ...extra));
  }

  /** Sets a secret of the stack's configuration; its value goes by standard input, out of sight of other processes. */
  setSecret(key: string, value: string): Promise<Outcome> {
    return this.#run(["config", "set", "--secret", key], {}, value);
  }

  async #run(words: string[], environment: NodeJS.ProcessEnv, input?: string): Promise<Outcome> {
    if (this.echo) console.log(`$ pulumi ${words.join(" ")}`);
    const finished = await run("pulumi", [...words, "--color", "never", "--non-interactive"], {
      cwd: this.folder,
      env: { ...this.environment, ...environment },
      echo: this.echo,
      onStart: (engine) => this.onStart(engine),
      ...(input === undefined ? {} : { input }),
    });
    const output = finished.stdout + finished.stderr;
    this.outputs.push(output);
    return { ...finished, output };
  }

  preview(...args: (string | NodeJS.ProcessEnv)[]): Promise<Outcome> {
    return this.pulumi("preview", "--diff", ...args);
  }

  up(...args: (string | NodeJS.ProcessEnv)[]): Promise<Outcome> {
    return this.pulumi("up", "--yes", "--skip-preview", ...args);
  }

  refresh(...args: (string | NodeJS.ProcessEnv)[]): Promise<Outcome> {
    return this.pulumi("refresh", "--yes", "--skip-preview", ...args);
  }

  destroy(...args: (string | NodeJS.ProcessEnv)[]): Promise<Outcome> {
    return this.pulumi("destroy", "--yes", "--skip-preview", ...args);
  }

  /** The checkpoint file's text. */
  checkpoint(): string {
    return readFileSync(this.#checkpointFile, "utf8");
  }

  putCheckpoint(text: string): void {
    writeFileSync(this.#checkpointFile, text);
  }

  /**
   * What people do where the engine was killed while it wrote ("failed to load checkpoint: EOF"): the checkpoint is taken
   * from its backup, and the file of its attributes, which is written in place, may be missing but not empty.
   */
  mendCheckpoint(): void {
    const attributes = `${this.#checkpointFile}.attrs`;
    if (statSync(attributes, { throwIfNoEntry: false })?.size === 0) rmSync(attributes);
    if (this.checkpoint() === "") cpSync(`${this.#checkpointFile}.bak`, this.#checkpointFile);
  }

  get #checkpointFile(): string {
    const stacks = join(this.folder, "backend", ".pulumi", "stacks");
    const file = readdirSync(stacks, { recursive: true, encoding: "utf8" }).find((name) =>
      name.endsWith(`${STACK}.json`),
    );
    return join(stacks, file ?? "");
  }

  /** The resources in the checkpoint, secrets still encrypted. */
  resources(): StoredResource[] {
    return JSON.parse(this.checkpoint()).checkpoint.latest?.resources ?? [];
  }

  loginProfiles(): StoredResource[] {
    return this.resources().filter(({ type }) => type === "pulumi-nodejs:dynamic/iam:LoginProfile");
  }

  /** Where a text occurs: in any file of the program's folder (backend, history, plans), or in what the user read. */
  occurrences(text: string): string[] {
    return [
      ...this.filesWith(text),
      ...this.outputs.filter((output) => output.includes(text)).map((output) => `output: ${output}`),
    ];
  }

  /** The files of the program's folder, the backend among them, in which a text occurs. */
  filesWith(text: string): string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(text));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
