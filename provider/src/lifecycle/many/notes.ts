/**
 * Notes on a step that is under way, for the run that follows if this one is killed: the engine stores what a step has done
 * when all of it is done, and of many profiles that is late. They lie in a folder that only the user can read, under the
 * scope of the resource, and are removed when the step ends. What they say is held against the state (of another state they
 * say nothing) and against what IAM has, so a note that is out of date does no harm. No password is in them.
 */
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "../../aws/connection";
import { inParallel } from "../../common/in-parallel";
import { LEFT_BEHIND_MS, PARALLELISM } from "../../common/limits";
import { privateFolder } from "../../common/private-folder";
import { given, isMap } from "../../common/values";
import type { LoginProfileLifecycle } from "../lifecycle";
import type { Declaration, LoginProfileState, PreviewedDeclaration } from "../model";
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

/** What runs left that were killed. */
export class LeftNotes {
  /** The files of steps that are under way in this process. */
  static readonly underWay = new Set<string>();
  protected readonly place: string | undefined;
  protected readonly left: string[];
  /** By the key of the user, oldest first. */
  readonly #notes = new Map<string, Note[]>();

  /** Whom they are about, by key. */
  get users(): Iterable<string> {
    return this.#notes.keys();
  }

  /** In another account, nothing of what they say was done. */
  constructor(
    scope: string,
    protected readonly accountId: string | undefined,
    folder: () => string | undefined = privateFolder,
  ) {
    this.place = orElse(undefined, folder);
    this.left = this.place === undefined ? [] : filesOf(this.place, scope);
    const notes = this.left.flatMap(notesIn).filter((note) => note.accountId === accountId);
    for (const note of notes.sort((one, other) => one.at - other.at)) {
      const key = keyOf(note.userName);
      this.#notes.set(key, [...(this.#notes.get(key) ?? []), note]);
    }
  }

  /** What runs that were killed did to a profile that was then as it is now in the state. */
  of(userName: string, before: LoginProfileState | undefined): WhatWasDone {
    const from = fingerprint(before);
    const notes = (this.#notes.get(keyOf(userName)) ?? []).filter((note) => note.from === from);
    const ended = new Set(notes.filter(({ to, failed }) => to !== undefined || failed).map(({ at }) => at));
    return {
      to: notes.findLast(({ to }) => to !== undefined)?.to,
      askedAt: notes.map(({ at }) => at).filter((at) => !ended.has(at)),
    };
  }

  /** Whether a run that was killed may have changed such a profile. */
  mayHaveChanged(userName: string, before: LoginProfileState | undefined): boolean {
    const { to, askedAt } = this.of(userName, before);
    return to !== undefined || askedAt.length > 0;
  }
}

/** Those, and what a step itself does. */
export class StepNotes extends LeftNotes {
  readonly #file: string | undefined;

  constructor(scope: string, accountId: string | undefined, folder?: () => string | undefined) {
    super(scope, accountId, folder);
    this.#file = this.place && join(this.place, `${KIND}-${scope}-${randomBytes(8).toString("hex")}`);
    if (this.#file !== undefined) LeftNotes.underWay.add(this.#file);
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
    for (const file of own) LeftNotes.underWay.delete(file);
    for (const file of [...(isComplete ? this.left : []), ...(isStored ? own : [])]) {
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

/** Why a profile could not be read of which there is a note, by the key of its user: nothing is done to it. */
export type Unread = ReadonlyMap<string, unknown>;

/**
 * The states as a run that was killed would have left them: a profile is what a note says of it if IAM has it so. One of
 * which it is only known that it was about to be created may turn out to exist, and to be that one. One that was made, and
 * is declared no more, is among them.
 */
export async function completed(
  one: LoginProfileLifecycle,
  notes: LeftNotes,
  states: ReadonlyMap<string, LoginProfileState>,
  declarations: ReadonlyMap<string, Declaration>,
  connection: Connection | undefined,
): Promise<{ states: Map<string, LoginProfileState>; unread: Unread }> {
  const result = new Map(states);
  const unread = new Map<string, unknown>();
  const supposed = supposedStates(notes, states, declarations, connection);
  const keys = [...new Set([...states.keys(), ...declarations.keys(), ...supposed.keys()])];
  await inParallel(PARALLELISM, keys, async (key) => {
    const before = states.get(key);
    const after = supposed.get(key);
    const profile = before ?? declarations.get(key) ?? after;
    if (profile === undefined) return;
    const { to, askedAt } = notes.of(profile.userName, before);
    // Each of several runs that were killed may have been the one that created it.
    if (before === undefined) one.wasAsked(profile, askedAt);
    if (to === undefined) return;
    try {
      const found = await one.observed(profile, after !== undefined && { since: after.createDate });
      if (after === undefined) {
        if (found === undefined || found.createDate !== before?.createDate) result.delete(key);
      } else if (found?.createDate === after.createDate) {
        result.set(key, { ...after, passwordResetPending: found.passwordResetRequired });
      }
    } catch (error) {
      unread.set(key, error);
      // Whom nobody declares would be forgotten.
      if (after !== undefined && !declarations.has(key)) result.set(key, before ?? after);
    }
  });
  return { states: result, unread };
}

/** The same, as far as it can be told without asking IAM: by the notes alone. */
export function supposedStates(
  notes: LeftNotes,
  states: ReadonlyMap<string, LoginProfileState>,
  declarations: ReadonlyMap<string, PreviewedDeclaration>,
  connection: Connection | undefined,
): Map<string, LoginProfileState> {
  const result = new Map(states);
  for (const key of notes.users) {
    const before = states.get(key);
    const { to } = notes.of(key, before);
    if (to === undefined) continue;
    if (to === null) result.delete(key);
    else {
      const profile = before ?? { userName: to.userName, ...given({ connection }) };
      result.set(key, stateAfter(to, profile, declarations.get(key)));
    }
  }
  return result;
}

function stateAfter(
  { passwordDigest, ...noted }: NotedState,
  { userName, connection }: Pick<LoginProfileState, "userName" | "connection">,
  declaration: PreviewedDeclaration | undefined,
): LoginProfileState {
  const declared = declaration?.passwordHash;
  const passwordHash = typeof declared === "string" && digestOf(declared) === passwordDigest ? declared : undefined;
  return { ...noted, userName, ...given({ connection, passwordHash }) };
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
      return !isOld && !LeftNotes.underWay.has(file) && file.startsWith(join(folder, `${KIND}-${scope}-`));
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
