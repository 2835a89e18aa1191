/**
 * A folder on this machine that only the user of this process can read, for what the processes of one run hand to each
 * other. It is refused where somebody else owns it, where it is a link, and where its mode lets others in; a file in it
 * likewise.
 *
 * There are several places for it, since temporary and home folders may be read-only or missing: what is written goes to
 * the first that can be used, and what is read is looked for in all of them. Windows has no owners and modes of this kind:
 * there it is a folder of the user's own profile.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { LoginProfileError } from "./errors";
import { LEFT_BEHIND_MS } from "./limits";

const NAME = "pulumi-aws-login-profile";

/** The first place that can be used, made if need be; undefined where there is none. */
export function privateFolder(temporary?: string, home?: string): string | undefined {
  return usualPlaces(temporary, home).find((place) => {
    try {
      make(place);
      accessSync(place, constants.W_OK);
      return true;
    } catch (error) {
      if (!isOfThePlace(error)) throw error;
      return false;
    }
  });
}

export class PrivateFolder {
  /** Other places are for tests. */
  constructor(private readonly places: readonly string[] = usualPlaces()) {}

  /**
   * Writes a file as a whole or not at all.
   *
   * @throws LoginProfileError if no place can be used: which there are, and what is wrong with each.
   */
  write(name: string, content: Uint8Array): void {
    refuseUnlessName(name);
    const problems: string[] = [];
    for (const place of this.places) {
      try {
        make(place);
        const file = join(place, name);
        writeFileSync(`${file}.new`, content, { flag: "wx", mode: 0o600 });
        renameSync(`${file}.new`, file);
        return;
      } catch (error) {
        problems.push(`- ${place}: ${reasonOf(error)}`);
      }
    }
    throw new LoginProfileError(
      [
        "a folder is needed that only you can read, for what program and provider hand to each other, and none can be used:",
        ...problems,
        "Make one of them writable, or set TMPDIR to a folder of your own.",
      ].join("\n"),
    );
  }

  /** What a file holds; undefined where there is none, or none that is the user's own. */
  read(name: string): Buffer | undefined {
    refuseUnlessName(name);
    for (const place of this.places) {
      try {
        refuseUnlessOwn(lstatSync(place), "isDirectory");
        return readOwn(join(place, name));
      } catch (error) {
        if (!isOfThePlace(error)) throw error;
      }
    }
    return undefined;
  }

  /** Removes a file, wherever it is; one that is gone already is no failure. */
  remove(name: string): void {
    refuseUnlessName(name);
    for (const place of this.places) {
      try {
        rmSync(join(place, name), { force: true });
      } catch (error) {
        if (!isOfThePlace(error)) throw error;
      }
    }
  }

  /** The names of all files. */
  list(): string[] {
    return this.#files().map(({ name }) => name);
  }

  /**
   * Removes what processes left that were killed: of one kind, the files whose name says that they are of a process of
   * this machine that is gone, and those that nobody has written to for a day.
   */
  sweep(kind: string): void {
    for (const { place, name } of this.#files().filter((file) => file.name.startsWith(`${kind}-`))) {
      try {
        const path = join(place, name);
        if (hasNoOwner(name) || Date.now() - lstatSync(path).mtimeMs > LEFT_BEHIND_MS) rmSync(path, { force: true });
      } catch (error) {
        // Another process was faster.
        if (!isOfThePlace(error)) throw error;
      }
    }
  }

  #files(): { place: string; name: string }[] {
    return this.places.flatMap((place) => {
      try {
        refuseUnlessOwn(lstatSync(place), "isDirectory");
        return readdirSync(place).map((name) => ({ place, name }));
      } catch (error) {
        if (!isOfThePlace(error)) throw error;
        return [];
      }
    });
  }
}

/** A name for a file that is of no use once this process has ended: `<kind>-<machine>-<pid>-<random>`. */
export function ownedName(kind: string): string {
  return [kind, machine(), process.pid, randomBytes(16).toString("hex")].join("-");
}

/** Parts of an {@link ownedName}. */
export const OWNED_NAME = /^[a-z]+-([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{32}$/;

/** Whether a file is of a process that would be seen here if it ran still. */
function hasNoOwner(name: string): boolean {
  const [, of, pid] = OWNED_NAME.exec(name) ?? [];
  if (of !== machine()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Tells machines and containers apart that share a folder: each counts its processes for itself. */
function machine(): string {
  let namespace = "";
  try {
    namespace = readlinkSync("/proc/self/ns/pid");
  } catch {
    // Only Linux has them.
  }
  return createHash("sha256").update(`${hostname()}\0${namespace}`).digest("hex").slice(0, 8);
}

/** The last one is for a program and a provider of which only one has TMPDIR set. */
function usualPlaces(temporary = tmpdir(), home = homeFolder()): string[] {
  const uid = process.getuid?.();
  const own = uid === undefined ? NAME : `${NAME}-${uid}`;
  const homes = home === undefined ? [] : [join(home, `.${NAME}`)];
  return [...new Set([join(temporary, own), ...homes, ...(uid === undefined ? [] : [join("/tmp", own)])])];
}

function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    // A user whom the system does not know, as in some containers.
    return undefined;
  }
}

/** No path, and nothing hidden. */
function refuseUnlessName(name: string): void {
  if (!/^[a-z0-9][\w.-]*$/i.test(name)) throw new TypeError(`"${name}" is no name of a file in a private folder.`);
}

function readOwn(path: string): Buffer {
  // Opened before it is looked at, so that it cannot be exchanged in between.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    refuseUnlessOwn(fstatSync(file), "isFile");
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function make(place: string): void {
  mkdirSync(place, { recursive: true, mode: 0o700 });
  refuseUnlessOwn(lstatSync(place), "isDirectory");
}

/** Why a place or a file in it is not used. */
class Refusal extends Error {}

function refuseUnlessOwn(found: Stats, kind: "isDirectory" | "isFile"): void {
  if (!found[kind]()) throw new Refusal(kind === "isFile" ? "it is no file" : "it is no folder, but a link or a file");
  const uid = process.getuid?.();
  if (uid === undefined) return;
  if (found.uid !== uid) throw new Refusal(`it belongs to another user (${found.uid})`);
  const mode = found.mode & 0o777;
  if ((mode & 0o077) !== 0) throw new Refusal(`others have access to it (mode ${mode.toString(8)})`);
}

function reasonOf(error: unknown): string {
  if (!isOfThePlace(error)) throw error;
  return error instanceof Refusal ? error.message : `it cannot be written (${(error as NodeJS.ErrnoException).code})`;
}

/** Whether it says something of a place, which another may make up for. */
function isOfThePlace(error: unknown): boolean {
  return error instanceof Refusal || (error as NodeJS.ErrnoException).syscall !== undefined;
}
