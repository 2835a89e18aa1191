/**
 * What the provider processes of one run tell each other: two provider resources are two processes, and so are the two
 * front ends. Each writes a file of its own, which lives as long as it does.
 */
import { appendFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { privateFolder } from "../common/private-folder";

/** What became of a user's profile: the state holds it for a resource that declares it, it was created or adopted, or neither any more. */
type Fate = "held" | "taken" | "released";

interface Line {
  userName: string;
  accountId: string;
  urn?: string;
  fate: Fate;
}

/** One process may serve several providers. */
let instances = 0;

export class SharedRun {
  readonly #number = instances++;
  #file: string | undefined;

  constructor(
    /** Where the engine of the run listens; undefined where there is none. */
    private readonly engineAddress: () => string | undefined,
    private readonly folder: () => string | undefined = privateFolder,
  ) {}

  note(userName: string, accountId: string | undefined, fate: Fate, urn?: string): void {
    const file = this.#own();
    const line: Line = { userName: userName.toLowerCase(), accountId: accountId ?? "", fate, ...(urn && { urn }) };
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  /** The accounts in which another process of the run holds a user's profile, for another resource than that. */
  elsewhere(userName: string, urn: string | undefined): string[] {
    const own = this.#own();
    const folder = this.folder();
    if (own === undefined || folder === undefined) return [];
    return filesOf(folder, this.#run())
      .map((file) => join(folder, file))
      .filter((file) => file !== own)
      .flatMap((file) => [...lastLines(file, userName).values()])
      .filter(({ fate, urn: by }) => fate === "taken" || (fate === "held" && (urn === undefined || by !== urn)))
      .map(({ accountId }) => accountId);
  }

  /** The file of this process; what processes left that are no more is removed when it is begun. */
  #own(): string | undefined {
    const run = this.#run();
    if (run === "") return undefined;
    const folder = this.folder();
    if (folder === undefined) return undefined;
    const file = join(folder, `run-${run}-${this.#number}-${process.pid}`);
    if (this.#file !== file) {
      for (const other of filesOf(folder)) if (!isAlive(other)) rmSync(join(folder, other), { force: true });
      rmSync(file, { force: true });
      this.#file = file;
      if (files.size === 0) process.once("exit", removeFiles);
      files.add(file);
    }
    return file;
  }

  #run(): string {
    return (this.engineAddress() ?? "").replace(/[^0-9A-Za-z.]/g, "_");
  }
}

/** The files of this process. */
const files = new Set<string>();

function removeFiles(): void {
  for (const file of files) rmSync(file, { force: true });
}

function filesOf(folder: string, run?: string): string[] {
  return readdirSync(folder).filter((file) => file.startsWith(run === undefined ? "run-" : `run-${run}-`));
}

function isAlive(file: string): boolean {
  try {
    process.kill(Number(file.slice(file.lastIndexOf("-") + 1)), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What a file says of a user at last, by account and resource. */
function lastLines(file: string, userName: string): Map<string, Line> {
  const ofUser = linesIn(file).filter((line) => line.userName === userName.toLowerCase());
  return new Map(ofUser.map((line) => [`${line.accountId} ${line.urn}`, line]));
}

/** The last line may be under way. */
function linesIn(path: string): Line[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // Its process has just ended.
    return [];
  }
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}
