import { isSameConnection } from "../../aws/connection";
import type { Facts } from "../../common/contract";
import { LoginProfileError } from "../../common/errors";
import { inParallel } from "../../common/in-parallel";
import { isKnown, UNKNOWN } from "../../common/unknown";
import { given, type Properties } from "../../common/values";
import { difference } from "../diff";
import { refused } from "../failures";
import { type LoginProfileLifecycle, NOTHING_TO_UPDATE, ProfileExists } from "../lifecycle";
import type { Declaration, LoginProfileState, PreviewedDeclaration } from "../model";
import type { Run } from "../run";
import { type CheckedProfiles, checkAll } from "./check";
import { appliedFrom, declarationsOf, keyOf, statesOf, withKnownHash } from "./entries";
import type { AppliedProfiles, DeclaredProfiles, PreviewedProfiles } from "./model";
import { completed, LeftNotes, StepNotes, supposedStates, type Unread } from "./notes";
import { allOf, PartlyDone } from "./partly-done";
import { predictedAll } from "./prediction";
import { Leavers } from "./renamed-users";

/** What is to happen to each user's profile. */
export interface ProfilesDifference {
  connection: boolean;
  /** Whether the profiles are in another account than they should be. */
  account: boolean;
  added: string[];
  removed: string[];
  changed: { userName: string; password: boolean; passwordResetRequired: boolean }[];
  /** Whether a preview does not know which profiles there will be. */
  unknown: boolean;
}

/**
 * Many login profiles in one resource: at each step of its life, the step of each profile as if that were a resource of its
 * own, a bounded number of them at once. What fails for one hinders no other.
 */
export class LoginProfilesLifecycle {
  constructor(
    private readonly one: LoginProfileLifecycle,
    private readonly parallelism: () => number,
  ) {}

  /** What the run has told so far. */
  get run(): Run {
    return this.one.run;
  }

  /** Validates the arguments and takes the passwords out of them. `previous` is what an earlier check returned. */
  check(
    previous: Partial<DeclaredProfiles>,
    args: Properties,
    facts: Facts = {},
    urn?: string,
  ): Promise<CheckedProfiles> {
    // A mistaken setting is told whether or not it is needed this time.
    this.parallelism();
    return checkAll(this.one, previous, args, facts, urn);
  }

  /** What has to change. Rejects where something is to be made for which the program gives no password. */
  async diff(applied: AppliedProfiles, declared: PreviewedProfiles, mayMove = false): Promise<ProfilesDifference> {
    const differences: ProfilesDifference = {
      connection: false,
      account: false,
      added: [],
      removed: [],
      changed: [],
      unknown: declared.profiles === UNKNOWN,
    };
    if (declared.profiles === UNKNOWN) return differences;
    const declarations = declarationsOf({ ...declared, profiles: declared.profiles });
    const stored = statesOf(applied);
    const notes = new LeftNotes(applied.scope, applied.accountId);
    const states = supposedStates(notes, stored, declarations, applied.connection);
    const missing: string[] = [];
    for (const [key, declaration] of declarations) {
      const userName = declaration.userName as string;
      const before = stored.get(key);
      const state = before && states.get(key);
      if (state === undefined) {
        if (this.#isPasswordMissing(declaration)) missing.push(refused("create", userName, NOTHING_TO_UPDATE).message);
        differences.added.push(userName);
        continue;
      }
      const { connection, account, password, passwordResetRequired } = await this.one.diff(
        state,
        await this.#settable(withKnownHash(declaration, state), state),
        mayMove,
      );
      differences.connection ||= connection;
      differences.account ||= account;
      // What a run that was killed has done is to come into the state.
      const isNoted = state !== before;
      if (password || passwordResetRequired || isNoted)
        differences.changed.push({ userName, password: password || isNoted, passwordResetRequired });
    }
    for (const [key, state] of new Map([...stored, ...states])) {
      if (declarations.has(key)) continue;
      this.one.offer(state);
      differences.removed.push(state.userName);
    }
    // With nobody in common, it is those who are taken out that tell where the profiles are.
    const [first] = states.values();
    if (first !== undefined && differences.added.length === declarations.size) {
      const aim = { ...first, connection: declared.connection } as PreviewedDeclaration;
      const { connection, account } = await this.one.diff(first, given(aim) as PreviewedDeclaration, mayMove);
      Object.assign(differences, { connection, account });
    }
    if (missing.length > 0) throw new LoginProfileError(allOf(missing));
    return differences;
  }

  /**
   * What is declared, with the password that was set where there is none to be set: the program gives none, though an earlier
   * run could not set the last one, or it has gone back to the one before that.
   */
  async #settable<T extends PreviewedDeclaration>(declaration: T, before: LoginProfileState): Promise<T> {
    const stays = this.#isWithoutPassword(declaration) || (await this.one.passwords.isSetAlready(before, declaration));
    return stays ? withPasswordOf(before, declaration) : declaration;
  }

  /** In a refresh, in which nothing is checked, what the program gives is not known, and nothing is to be created. */
  #isPasswordMissing(declaration: PreviewedDeclaration): boolean {
    const { userName, connection, passwordVersion } = declaration;
    const wasChecked = !isKnown(connection) || this.run.user(userName as string, connection).isChecked === true;
    return wasChecked && passwordVersion !== 0 && this.#isWithoutPassword(declaration);
  }

  #isWithoutPassword(declaration: PreviewedDeclaration): boolean {
    return isKnown(declaration as object) && !this.one.passwords.isAtHand(declaration);
  }

  /** What a preview can say of the state that a create (`applied` undefined) or an update will leave. */
  predicted(declared: PreviewedProfiles, applied?: AppliedProfiles): Properties {
    const isGenerated = (userName: string) => this.run.user(userName, declared.connection).delivered !== undefined;
    return predictedAll(declared, applied, isGenerated);
  }

  create(declared: DeclaredProfiles, urn?: string): Promise<AppliedProfiles> {
    return this.#reach({ profiles: {}, scope: declared.scope }, declared, "create", urn);
  }

  /** The profiles that are declared no more are deleted, unless another resource declares them now. */
  update(applied: AppliedProfiles, declared: DeclaredProfiles, urn?: string): Promise<AppliedProfiles> {
    return this.#reach(applied, declared, "update", urn);
  }

  async #reach(
    applied: AppliedProfiles,
    declared: DeclaredProfiles,
    action: "create" | "update",
    urn: string | undefined,
  ): Promise<AppliedProfiles> {
    const declarations = declarationsOf({ ...declared }) as Map<string, Declaration>;
    const { connection } = declared;
    const { scope, accountId } = applied;
    const stored = statesOf(applied);
    const [first] = [...declarations.values(), ...stored.values()];
    // One that holds no profiles may go where the program leads it.
    const mayMove = stored.size === 0 && !isSameConnection(applied.connection, connection);
    const own = mayMove ? undefined : accountId;
    const whereabouts = first && { userName: first.userName, ...given({ connection, accountId: own }) };
    const account = whereabouts && (await this.one.places.confirmedAccount(action, whereabouts));
    const notes = new StepNotes(scope, account);
    const { states, unread } = await completed(this.one, notes, stored, declarations, connection);
    const removed = [...states].filter(([key]) => !declarations.has(key)).map(([, before]) => before);
    for (const [key, declaration] of declarations) if (!states.has(key)) this.one.hasNone(declaration, account, urn);
    const isUnclear = ({ userName }: LoginProfileState) => notes.mayHaveChanged(userName, stored.get(keyOf(userName)));
    const leavers = new Leavers(this.one, removed, account, isUnclear, unread);
    const existing = new Map<Declaration, unknown>();
    const steps = await Promise.all(
      [...declarations].map(([key, declaration]) => this.#stepTo(declaration, states.get(key), urn, leavers, existing)),
    );
    const carryOut = (these: Step[]) => this.#carryOut(these, notes, unread);
    const [outcome] = await Promise.all([carryOut(steps), this.one.takenSoon(removed)]);
    const supposed: Supposed[] = [];
    await leavers.lookFor([...existing.keys()]);
    const outcomes = [
      outcome,
      await carryOut([...existing].map((one) => this.#stepFrom(one, urn, leavers, supposed))),
      await carryOut(leavers.toDelete.map((before) => this.#drop(before, urn))),
      await carryOut(supposed.map((one) => this.#stepOnceDeleted(one, urn, leavers))),
    ];
    const { reasons, after, hasChanged } = joined(outcomes);
    after.push(...leavers.toKeep.filter((leaver) => !after.includes(leaver)));
    notes.end({ isComplete: reasons.length === 0, isStored: true });
    const state = appliedFrom(after, { scope, accountId, connection }, declared.passwordResetRequired);
    if (reasons.length === 0) return state;
    // Where nothing was done, the engine is to keep what it had.
    throw hasChanged || !isSameMap(states, stored)
      ? new PartlyDone(state, reasons)
      : new LoginProfileError(allOf(reasons));
  }

  async #stepTo(
    declaration: Declaration,
    before: LoginProfileState | undefined,
    urn: string | undefined,
    leavers: Leavers,
    existing: Map<Declaration, unknown>,
  ): Promise<Step> {
    const { userName } = declaration;
    if (before === undefined) {
      const carryOut = async () => {
        try {
          return await this.one.create(declaration, urn, { mayHaveMoved: leavers.mayHaveMoved });
        } catch (error) {
          if (error instanceof ProfileExists) {
            existing.set(declaration, error.cause);
            return undefined;
          }
          leavers.wasBlind();
          throw error;
        }
      };
      return { userName, changes: true, carryOut };
    }
    const settable = await this.#settable(declaration, before);
    const { password, passwordResetRequired } = difference(before, settable);
    const isMended = before.passwordInForce === false && this.one.passwords.isAtHand(settable);
    return {
      userName,
      before,
      changes: password || passwordResetRequired || isMended,
      carryOut: () => this.one.update(before, settable),
    };
  }

  /** To a profile that exists, and may have moved along with its user. */
  #stepFrom(
    [declaration, exists]: [Declaration, unknown],
    urn: string | undefined,
    leavers: Leavers,
    supposed: Supposed[],
  ): Step {
    const carryOut = async () => {
      const { gone, supposed: leaving } = leavers.matchesOf(declaration);
      if (gone.length > 0 || leaving.length === 0) return this.#moveAlong(declaration, exists, gone, urn, leavers);
      supposed.push({ declaration, exists, leaving });
      return undefined;
    };
    return { userName: declaration.userName, changes: true, carryOut };
  }

  /** Once a profile was to be deleted, it is certain whether it was there. */
  #stepOnceDeleted({ declaration, exists, leaving }: Supposed, urn: string | undefined, leavers: Leavers): Step {
    const carryOut = async () => {
      const gone = leaving.filter((leaver) => this.one.wasGone(leaver));
      return this.#moveAlong(declaration, exists, gone, urn, leavers);
    };
    return { userName: declaration.userName, changes: true, carryOut };
  }

  /** Takes over a profile that exists: one of those that are gone, or else as any other. */
  async #moveAlong(
    declaration: Declaration,
    exists: unknown,
    gone: LoginProfileState[],
    urn: string | undefined,
    leavers: Leavers,
  ): Promise<LoginProfileState> {
    const movedFrom = gone.length === 0 ? undefined : leavers.claimed(declaration, gone);
    const state = await this.one.create(declaration, urn, { exists, movedFrom });
    if (movedFrom !== undefined) leavers.moved(movedFrom);
    return state;
  }

  #drop(before: LoginProfileState, urn: string | undefined): Step {
    const carryOut = async () => ((await this.one.drop(before, urn)) ? undefined : before);
    return { userName: before.userName, before, changes: true, carryOut };
  }

  async #carryOut(steps: Step[], notes?: StepNotes, unread?: Unread): Promise<Outcome> {
    const results = await inParallel(this.parallelism(), steps, (step) => carriedOut(step, notes, unread));
    const outcome: Outcome = { after: [], reasons: [], hasChanged: false };
    for (const [at, { before, changes }] of steps.entries()) {
      const result = results[at] as PromiseSettledResult<LoginProfileState | undefined>;
      const after = result.status === "fulfilled" ? result.value : before;
      if (after !== undefined) outcome.after.push(after);
      if (result.status === "rejected") outcome.reasons.push(messageOf(result.reason));
      else outcome.hasChanged ||= changes && after !== before;
    }
    return outcome;
  }

  /** Reads the profiles. Those that are gone are in the result no more, and the next update creates them. */
  async read(applied: AppliedProfiles): Promise<AppliedProfiles> {
    const steps = [...statesOf(applied).values()].map((before): Step => {
      return { userName: before.userName, before, changes: false, carryOut: () => this.one.read(before) };
    });
    const { after, reasons } = await this.#carryOut(steps);
    if (reasons.length > 0) throw new LoginProfileError(allOf(reasons));
    return appliedFrom(after, applied, applied.passwordResetRequired);
  }

  async delete(applied: AppliedProfiles, urn?: string): Promise<void> {
    const before = statesOf(applied);
    const [first] = before.values();
    const account = first && (await this.one.places.confirmedAccount("delete", first));
    const notes = new StepNotes(applied.scope, account);
    const { states, unread } = await completed(this.one, notes, before, new Map(), applied.connection);
    const steps = [...states.values()].map((state): Step => {
      const carryOut = async () => {
        await this.one.delete(state, urn);
        return undefined;
      };
      return { userName: state.userName, before: state, changes: true, carryOut };
    });
    const { reasons } = await this.#carryOut(steps, notes, unread);
    const isComplete = reasons.length === 0;
    notes.end({ isComplete, isStored: isComplete });
    if (!isComplete) throw new LoginProfileError(allOf(reasons));
  }
}

async function carriedOut(
  { userName, before, changes, carryOut }: Step,
  notes: StepNotes | undefined,
  unread: Unread | undefined,
): Promise<LoginProfileState | undefined> {
  const failure = unread?.get(keyOf(userName));
  if (failure !== undefined) throw failure;
  if (notes === undefined || !changes) return carryOut();
  const note = notes.asked(userName, before);
  try {
    const after = await carryOut();
    notes.done(note, after);
    return after;
  } catch (error) {
    notes.failed(note);
    throw error;
  }
}

/** What is done for one profile: from its state, undefined where there is none, to its next one. */
interface Step {
  userName: string;
  before?: LoginProfileState;
  /** Whether it is to change anything. */
  changes: boolean;
  carryOut(): Promise<LoginProfileState | undefined>;
}

/** Whom a profile may have moved to that was there under the old name when it was read. */
interface Supposed {
  declaration: Declaration;
  /** IAM's answer to its creation. */
  exists: unknown;
  leaving: LoginProfileState[];
}

interface Outcome {
  after: LoginProfileState[];
  /** Why steps failed, a text for each, which names its user. */
  reasons: string[];
  hasChanged: boolean;
}

function joined(outcomes: Outcome[]): Outcome {
  return {
    after: outcomes.flatMap(({ after }) => after),
    reasons: outcomes.flatMap(({ reasons }) => reasons),
    hasChanged: outcomes.some(({ hasChanged }) => hasChanged),
  };
}

/** What is declared, with the password that was set. */
function withPasswordOf<T extends PreviewedDeclaration>(
  { passwordVersion, versionBase = 0, passwordHash }: LoginProfileState,
  declaration: T,
): T {
  return given({ ...declaration, passwordVersion: passwordVersion - versionBase, passwordHash }) as unknown as T;
}

function isSameMap<T>(one: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
