/**
 * Notes on a step that is under way, for the run that follows if this one is killed: the engine stores what a step has done
 * when all of it is done, and of many profiles that is late. They lie in a folder that only the user can read, under the
 * scope of the resource, and are removed when the step ends. What they say is held against the state (of another state they
 * say nothing) and against what IAM has, so a note that is out of date does no harm. No password is in them.
 */
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { inParallel } from "../../common/in-parallel";
import { LEFT_BEHIND_MS, PARALLELISM } from "../../common/limits";
import { privateFolder } from "../../common/private-folder";
import { given, isMap } from "../../common/values";
import type { LoginProfileLifecycle } from "../lifecycle";
import type { Declaration, LoginProfileState } from "../model";
import { keyOf } from "./entries";

/** What was done to one profile. */
export interface Note {
  userName: string;
  /** The state that it began with. */
  from: string;
  /** The account that the way led to; absent where it is not asked for. */
  accountId?: string;
  /** When IAM was about to be asked, by this machine's clock. */
  at: number;
  /** What came of it; null where the profile was deleted, and absent where nobody lived to see it. */
  to?: NotedState | null;
  /** Whether it failed, so that there is nothing to complete. */
  failed?: true;
}

/** What is known of what killed runs did to one profile. */
interface WhatWasDone {
  /** The last that came of it; null where the profile was deleted, undefined where nobody lived to see any. */
  to: NotedState | null | undefined;
  /** When IAM was about to be asked, and nobody lived to see what came of it. */
  askedAt: number[];
}

/** The state with a digest in the place of the hash. */
export type NotedState = Omit<LoginProfileState, "passwordHash" | "connection"> & { passwordDigest?: string };

const KIND = "step";

export class StepNotes {
  /** The files of steps that are under way in this process. */
  static readonly underWay = new Set<string>();
  readonly #file: string | undefined;
  readonly #left: string[];
  readonly #notes: Note[];

  /** Whether there is nothing to complete. */
  get areNone(): boolean {
    return this.#notes.length === 0;
  }

  /** In another account, nothing of what they say was done. */
  constructor(
    scope: string,
    private readonly accountId: string | undefined,
    folder: () => string | undefined = privateFolder,
  ) {
    const place = orElse(undefined, folder);
    this.#file = place && join(place, `${KIND}-${scope}-${randomBytes(8).toString("hex")}`);
    this.#left = place === undefined ? [] : filesOf(place, scope);
    this.#notes = this.#left.flatMap(notesIn).filter((note) => note.accountId === accountId);
    if (this.#file !== undefined) StepNotes.underWay.add(this.#file);
  }

  /** What runs that were killed did to a profile that was then as it is now in the state. */
  of(userName: string, before: LoginProfileState | undefined): WhatWasDone {
    const from = fingerprint(before);
    const notes = this.#notes
      .filter((note) => keyOf(note.userName) === keyOf(userName) && note.from === from)
      .sort((one, other) => one.at - other.at);
    const ended = new Set(notes.filter(({ to, failed }) => to !== undefined || failed).map(({ at }) => at));
    return {
      to: notes.findLast(({ to }) => to !== undefined)?.to,
      askedAt: notes.map(({ at }) => at).filter((at) => !ended.has(at)),
    };
  }

  /** IAM is about to be asked. */
  asked(userName: string, before: LoginProfileState | undefined): Note {
    const about = { userName: keyOf(userName), from: fingerprint(before), ...given({ accountId: this.accountId }) };
    const note: Note = { ...about, at: Date.now() };
    this.#write(note);
    return note;
  }

  done(note: Note, after: LoginProfileState | undefined): void {
    this.#write({ ...note, to: after === undefined ? null : noted(after) });
  }

  failed(note: Note): void {
    this.#write({ ...note, failed: true });
  }

  /**
   * The step is over. What the engine stores of it needs no notes, and if it left nothing to do, nor is anything left of
   * those before; of a deletion that failed in part, it stores nothing.
   */
  end({ isComplete, isStored }: { isComplete: boolean; isStored: boolean }): void {
    const own = this.#file === undefined ? [] : [this.#file];
    for (const file of own) StepNotes.underWay.delete(file);
    for (const file of [...(isComplete ? this.#left : []), ...(isStored ? own : [])]) {
      orElse(undefined, () => rmSync(file, { force: true }));
    }
  }

  #write(note: Note): void {
    const file = this.#file;
    if (file === undefined) return;
    // A full disk is no reason to fail: it leaves less evidence.
    orElse(undefined, () => appendFileSync(file, `${JSON.stringify(note)}\n`, { mode: 0o600 }));
  }
}

/**
 * The states as a run that was killed would have left them: a profile is what a note says of it if IAM has it so. One of
 * which it is only known that it was about to be created may turn out to exist, and to be that one.
 */
export async function completed(
  one: LoginProfileLifecycle,
  notes: StepNotes,
  states: ReadonlyMap<string, LoginProfileState>,
  declarations: ReadonlyMap<string, Declaration>,
): Promise<Map<string, LoginProfileState>> {
  const result = new Map(states);
  if (notes.areNone) return result;
  const keys = [...new Set([...states.keys(), ...declarations.keys()])];
  await inParallel(PARALLELISM, keys, async (key) => {
    const before = states.get(key);
    const profile = before ?? declarations.get(key);
    if (profile === undefined) return;
    const { to, askedAt } = notes.of(profile.userName, before);
    // Each of several runs that were killed may have been the one that created it.
    if (before === undefined) one.wasAsked(profile, askedAt);
    if (to === undefined) return;
    const found = await one.observed(profile, to !== null && { since: to.createDate });
    if (to === null) {
      if (found === undefined || found.createDate !== before?.createDate) result.delete(key);
    } else if (found?.createDate === to.createDate) {
      result.set(key, stateAfter(to, profile, declarations.get(key), found.passwordResetRequired));
    }
  });
  return result;
}

function stateAfter(
  { passwordDigest, ...noted }: NotedState,
  { userName, connection }: Pick<LoginProfileState, "userName" | "connection">,
  declaration: Declaration | undefined,
  passwordResetPending: boolean,
): LoginProfileState {
  const declared = declaration?.passwordHash;
  const passwordHash = declared !== undefined && digestOf(declared) === passwordDigest ? declared : undefined;
  return { ...noted, userName, passwordResetPending, ...given({ connection, passwordHash }) };
}

/** Tells passwords of one version apart. */
function digestOf(passwordHash: string): string {
  return createHash("sha256").update(passwordHash).digest("base64url").slice(0, 22);
}

function noted({ passwordHash, connection: _, ...state }: LoginProfileState): NotedState {
  return passwordHash === undefined ? state : { ...state, passwordDigest: digestOf(passwordHash) };
}

/** A refresh changes what is pending, and nothing here. */
function fingerprint(state: LoginProfileState | undefined): string {
  if (state === undefined) return "";
  const { createDate, passwordVersion, passwordResetRequired, accountId } = state;
  return [accountId, createDate, passwordVersion, passwordResetRequired].join(" ");
}

/** Files of other steps of the resource: the stack's lock keeps runs apart, so they were left behind. Very old ones go. */
function filesOf(folder: string, scope: string): string[] {
  return orElse([], () => readdirSync(folder))
    .filter((name) => name.startsWith(`${KIND}-`))
    .map((name) => join(folder, name))
    .filter((file) => {
      const isOld = orElse(true, () => Date.now() - statSync(file).mtimeMs > LEFT_BEHIND_MS);
      if (isOld) orElse(undefined, () => rmSync(file, { force: true }));
      return !isOld && !StepNotes.underWay.has(file) && file.startsWith(join(folder, `${KIND}-${scope}-`));
    });
}

/** The last line may be cut short. */
function notesIn(file: string): Note[] {
  const lines = orElse("", () => readFileSync(file, "utf8")).split("\n");
  return lines
    .map((line) => orElse(undefined, () => JSON.parse(line)))
    .filter((note) => isMap(note)) as unknown as Note[];
}

function orElse<T>(nothing: T, use: () => T): T {
  try {
    return use();
  } catch {
    return nothing;
  }
}
