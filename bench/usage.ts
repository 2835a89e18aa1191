/** What a command costs: CPU time and peak memory of each of its processes, and bytes written to files. */
import { readdirSync, readFileSync } from "node:fs";

const INTERVAL_MS = 100;
/** The kernel's unit of CPU time in /proc, on every Linux of today. */
const TICK_MS = 10;

export type Role = "engine" | "program" | "provider" | "other";

export interface Cost {
  cpuMs: number;
  peakBytes: number;
  writtenBytes: number;
}

export type Costs = Partial<Record<Role, Cost>>;

/**
 * Watches a process and all that it starts, by reading /proc at short intervals. What happens between
 * the last look and the end is lost, so a command shorter than a second is measured too low.
 */
export class Usage {
  readonly #seen = new Map<number, Cost & { role: Role }>();
  readonly #timer: NodeJS.Timeout;
  readonly #root: number;

  constructor(root: number) {
    this.#root = root;
    this.#timer = setInterval(() => this.#look(), INTERVAL_MS);
  }

  /** Ends watching; CPU time and writes of the processes of one role are added, of their peaks the highest counts. */
  stop(): Costs {
    clearInterval(this.#timer);
    const costs: Costs = {};
    for (const { role, ...cost } of this.#seen.values()) {
      const sum = costs[role] ?? { cpuMs: 0, peakBytes: 0, writtenBytes: 0 };
      costs[role] = {
        cpuMs: sum.cpuMs + cost.cpuMs,
        peakBytes: Math.max(sum.peakBytes, cost.peakBytes),
        writtenBytes: sum.writtenBytes + cost.writtenBytes,
      };
    }
    return costs;
  }

  #look(): void {
    for (const pid of withDescendants(this.#root)) {
      try {
        const before = this.#seen.get(pid);
        // A process starts as a copy of the one that started it, so its role may change at first.
        const role = before === undefined || before.role === "other" ? roleOf(pid) : before.role;
        const cost = costOf(pid);
        // One that is about to end has no memory any more.
        this.#seen.set(pid, { role, ...cost, peakBytes: Math.max(cost.peakBytes, before?.peakBytes ?? 0) });
      } catch {
        // It ended meanwhile: what was seen of it last stands.
      }
    }
  }
}

/** CPU time until now of a process and of all that it started and that still run. */
export function cpuOfTree(root: number): number {
  return withDescendants(root).reduce((sum, pid) => {
    try {
      return sum + cpuOf(pid);
    } catch {
      // It ended meanwhile.
      return sum;
    }
  }, 0);
}

function cpuOf(pid: number): number {
  const [utime, stime] = statOf(pid).slice(11, 13);
  return (Number(utime) + Number(stime)) * TICK_MS;
}

function costOf(pid: number): Cost {
  const field = (file: string, name: string) =>
    Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(readFileSync(`/proc/${pid}/${file}`, "utf8"))?.[1] ?? 0);
  return {
    cpuMs: cpuOf(pid),
    peakBytes: field("status", "VmHWM") * 1024,
    writtenBytes: field("io", "write_bytes"),
  };
}

function roleOf(pid: number): Role {
  const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  if (command[0]?.split("/").at(-1) === "pulumi") return "engine";
  if (command.some((word) => word.includes("@pulumi/pulumi/cmd/run"))) return "program";
  if (command.some((word) => /@pulumi\/pulumi\/cmd\/dynamic-provider|dist\/plugin\/main\.js/.test(word)))
    return "provider";
  return "other";
}

function withDescendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const parent = Number(statOf(pid)[1]);
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    } catch {
      // It ended meanwhile.
    }
  }
  const under = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(under)];
  return under(root);
}

/** The fields of /proc/PID/stat from the third on; the second, the name in brackets, may hold blanks. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}
