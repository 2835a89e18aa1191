/**
 * What the processes of one run tell each other of users' profiles: the program, and the provider processes (two provider
 * resources are two, and so are the two front ends). Each writes a file of its own, and of processes that are no more
 * nothing is read.
 */
import { appendFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "../aws/connection";
import { privateFolder } from "../common/private-folder";

/**
 * What became of a user's profile: the program declares it; the state holds it for a resource that is declared; it was
 * created or adopted; or nothing of it holds any more.
 */
type Fate = "declared" | "held" | "taken" | "released";

export interface Line {
  userName: string;
  fate: Fate;
  /** Known to a provider. */
  accountId?: string;
  /** Known to a program. */
  connection?: Connection;
  urn?: string;
}

/** One process may serve several providers. */
let instances = 0;

export class SharedRun {
  readonly #number = instances++;
  /** One program may take part in several runs at once. */
  readonly #begun = new Set<string>();

  constructor(
    /** Where the engine of the run listens; undefined where there is none. */
    private readonly engineAddress: () => string | undefined,
    private readonly folder: () => string | undefined = privateFolder,
    /** The file is read while one of these lives: this process, or for a program, which ends early, who started it too. */
    private readonly lifeline: number[] = [process.pid],
  ) {}

  note(line: Line): void {
    const text = JSON.stringify({ ...line, userName: line.userName.toLowerCase() });
    orElse(undefined, () => {
      const file = this.#own();
      if (file !== undefined) appendFileSync(file, `${text}\n`, { mode: 0o600 });
    });
  }

  /** What other processes of the run said at last of a user, by resource and account. */
  elsewhere(userName: string): Line[] {
    const folder = this.folder();
    const own = orElse(undefined, () => this.#own());
    if (own === undefined || folder === undefined) return [];
    return orElse([], () => filesOf(folder, this.#run()))
      .filter((file) => isAlive(file) && join(folder, file) !== own)
      .flatMap((file) => {
        const lines = orElse([], () => linesIn(join(folder, file)));
        const ofUser = lines.filter((line) => line.userName === userName.toLowerCase());
        return [...new Map(ofUser.map((line) => [`${line.accountId} ${line.urn}`, line])).values()];
      });
  }

  /** The file of this process; what processes left that are no more is removed when it is begun. */
  #own(): string | undefined {
    const run = this.#run();
    const folder = run === "" ? undefined : this.folder();
    if (folder === undefined) return undefined;
    const file = join(folder, `run-${run}-${this.#number}-${this.lifeline.join("+")}`);
    if (!this.#begun.has(file)) {
      for (const other of filesOf(folder)) if (!isAlive(other)) rmSync(join(folder, other), { force: true });
      rmSync(file, { force: true });
      if (files.size === 0) process.once("exit", removeFiles);
      if (this.lifeline.length === 1) files.add(file);
      this.#begun.add(file);
    }
    return file;
  }

  #run(): string {
    return (this.engineAddress() ?? "").replace(/[^0-9A-Za-z.]/g, "_");
  }
}

/** The files that end with this process. */
const files = new Set<string>();

function removeFiles(): void {
  for (const file of files) rmSync(file, { force: true });
}

function filesOf(folder: string, run?: string): string[] {
  return readdirSync(folder).filter((file) => file.startsWith(run === undefined ? "run-" : `run-${run}-`));
}

function isAlive(file: string): boolean {
  const lifeline = file.slice(file.lastIndexOf("-") + 1).split("+");
  return lifeline.some((pid) => {
    try {
      return process.kill(Number(pid), 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EPERM";
    }
  });
}

/** The last line may be under way. */
function linesIn(path: string): Line[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line);
}

/** A full disk, or a process that has just ended, leaves less evidence: no reason to fail after IAM has done what was asked. */
function orElse<T>(nothing: T, use: () => T): T {
  try {
    return use();
  } catch {
    return nothing;
  }
}
