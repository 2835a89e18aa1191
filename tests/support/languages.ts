/** Inline programs of Pulumi's Automation APIs with the generated SDKs, each built as its user would build it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { LANGUAGES, labEnvironment, ROOT, SCRATCH, SDK_GENERATOR, SDK_PYTHON } from "./lab.ts";
import { run, stop } from "./processes.ts";
import type { Stack } from "./stack.ts";

/** Where `make sdks` writes them too; the Go program's module file names this folder. */
const SDKS = join(SCRATCH, "sdks");
const BUILT = join(SCRATCH, "languages");

/** What a program is told to declare, and to do. */
export interface Step {
  command: "up" | "destroy";
  provider?: { allowedAccountIds: string[] };
  profiles?: DeclaredProfile[];
  /** Console users whose IAM users exist. */
  consoleUsers?: { userName: string; ageRecipients: string[] }[];
}

export interface DeclaredProfile {
  userName: string;
  password?: string;
  passwordResetRequired?: boolean;
  ageRecipients?: string[];
  rotationTriggers?: Record<string, unknown>;
  /** Imports the profile of this user. */
  importId?: string;
}

/** What a program tells of a step. */
export interface Answer {
  changes?: Record<string, number>;
  outputs?: Record<string, { value: any; secret: boolean }>;
  error?: string;
}

export interface Language {
  name: string;
  /** Builds the SDK and the program with it; tells how the program is started. */
  build(): Promise<{ command: string[]; environment?: NodeJS.ProcessEnv }>;
}

export const NODEJS: Language = {
  name: "Node.js",
  build: async () => {
    const folder = await freshFolder("nodejs");
    const sdk = join(SDKS, "nodejs");
    // What its own script does when it is installed.
    await succeeds("tsc", ["--project", sdk, "--types", "node"], ROOT);
    cpSync(join(sdk, "package.json"), join(sdk, "bin", "package.json"));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(sdk, join(folder, "node_modules", "pulumi-aws-login-profile-sdk"));
    await succeeds("tsc", ["--project", folder], ROOT);
    return { command: ["node", join(folder, "program.js")] };
  },
};

export const PYTHON_LANGUAGE: Language = {
  name: "Python",
  build: async () => {
    const folder = await freshFolder("python");
    const packages = join(folder, "packages");
    const pip = ["install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--target", packages];
    await succeeds(join(SDK_PYTHON, "bin", "pip"), [...pip, join(SDKS, "python")], ROOT);
    return {
      command: [join(SDK_PYTHON, "bin", "python"), join(folder, "program.py")],
      environment: { PYTHONPATH: packages },
    };
  },
};

export const GO: Language = {
  name: "Go",
  build: async () => {
    const program = join(await freshFolder("go"), "program");
    await succeeds("go", ["build", "-o", program, "."], join(LANGUAGES, "go"));
    return { command: [program] };
  },
};

export const JAVA: Language = {
  name: "Java",
  build: async () => {
    await generateJavaSdk();
    const folder = await freshFolder("java");
    const maven = ["--batch-mode", "--quiet", "compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath"];
    await succeeds("mvn", maven, folder);
    const classpath = [join(folder, "target", "classes"), readFileSync(join(folder, "classpath"), "utf8")];
    return { command: ["java", "-classpath", classpath.join(delimiter), "Program"] };
  },
};

/** Writes the SDKs for Node.js, Python and Go. */
export async function generateSdks(): Promise<void> {
  await succeeds(join(SDK_GENERATOR, "sdks"), generatorArguments().slice(1), ROOT);
}

/** Writes the SDKs for Java and .NET. */
export async function generateJavaSdk(): Promise<void> {
  const generator = ["run", "-modfile=older.mod", "-tags=older", ...generatorArguments()];
  await succeeds("go", generator, join(ROOT, "tools", "sdks"));
}

/** Whether Java programs can be built here: no test brings a JDK. */
export function hasJava(): boolean {
  return ["javac", "mvn"].every((command) => spawnSync(command, ["-version"]).status === 0);
}

/** A running program, which takes one step after the other. */
export class InlineProgram {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #errors = "";

  private constructor(child: ChildProcess) {
    this.#process = child;
    if (child.stdout === null) throw new Error("The program's output cannot be read.");
    this.#answers = createInterface(child.stdout)[Symbol.asyncIterator]();
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
  }

  static async start(language: Language, stack: Stack): Promise<InlineProgram> {
    const { command, environment } = await language.build();
    const [program = "", ...args] = command;
    const child = spawn(program, [...args, "dev", "test"], {
      cwd: stack.folder,
      env: { ...stack.environment, ...environment },
    });
    return new InlineProgram(child);
  }

  /** The step goes by standard input, out of sight of other processes. */
  async carryOut(step: Step): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify(step)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`The program ended: ${this.#errors}`);
    return JSON.parse(value);
  }

  stop(): Promise<void> {
    return stop(this.#process);
  }
}

function generatorArguments(): string[] {
  const { version } = JSON.parse(readFileSync(join(ROOT, "provider", "package.json"), "utf8"));
  return [".", join(ROOT, "provider", "schema.json"), SDKS, version];
}

/** A copy of a language's program in a folder of its own, for what is built beside it. */
async function freshFolder(language: string): Promise<string> {
  const folder = join(BUILT, language);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(LANGUAGES, language), folder, { recursive: true });
  return folder;
}

async function succeeds(command: string, args: string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await run(command, args, { cwd, env: labEnvironment() });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
}
