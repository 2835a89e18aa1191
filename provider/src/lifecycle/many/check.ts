import { createHash } from "node:crypto";
import type { Facts } from "../../common/contract";
import type { Problem } from "../../common/problem";
import { type Previewed, UNKNOWN } from "../../common/unknown";
import { given, type Properties } from "../../common/values";
import type { LoginProfileLifecycle } from "../lifecycle";
import type { Declaration, PreviewedDeclaration } from "../model";
import { argumentsOf, declarationsOf, keyOf } from "./entries";
import { type HashOfUser, writeHashes } from "./hashes";
import type { DeclaredDefaults, DeclaredProfiles, PreviewedProfile, PreviewedProfiles } from "./model";
import { commonProblems, named, profilesIn } from "./validation";

/** What came of a check of many profiles. */
export type CheckedProfiles = { declaration: PreviewedProfiles } | { problems: Problem[] };

const DEFAULTS = ["passwordResetRequired", "adoptExisting", "rotationTriggers"] as const;

/** Checks each profile as if it were a resource of its own, and puts together what stands in the inputs of all. */
export async function checkAll(
  one: LoginProfileLifecycle,
  previous: Partial<DeclaredProfiles>,
  args: Properties,
  facts: Facts,
  urn: string | undefined,
): Promise<CheckedProfiles> {
  const problems = commonProblems(args);
  if (problems.length > 0) return { problems };
  const scope = previous.scope ?? scopeOf(facts);
  const common = {
    ...(given({ ...defaultsIn(args), connection: args.connection }) as Omit<PreviewedProfiles, "profiles" | "scope">),
    scope,
  };
  if (args.profiles === UNKNOWN) {
    return { declaration: { ...common, profiles: UNKNOWN, passwordHashes: UNKNOWN } };
  }
  const before = previousDeclarations(previous);
  const checked = await Promise.all(
    profilesIn(args).map(async ([userName, own]) => {
      if (own === UNKNOWN) return { userName, profile: UNKNOWN };
      const was: Partial<Declaration> = before.get(keyOf(userName)) ?? {};
      const ofUser = argumentsOf(userName, own as Properties, args, was);
      const result = await one.check(was, ofUser, { ...facts, scope }, urn);
      if ("problems" in result) return { userName, problems: named(userName, result.problems) };
      const { declaration } = result;
      return { userName, profile: profileFrom(declaration, own as Properties), declaration };
    }),
  );
  const mistakes = checked.flatMap((result) => ("problems" in result ? (result.problems ?? []) : []));
  if (mistakes.length > 0) return { problems: mistakes };
  const kept = new Set(checked.map(({ userName }) => keyOf(userName)));
  for (const [key, was] of before) if (!kept.has(key)) one.leave(was.userName, was.connection);
  const profiles = checked.map(({ userName, profile }) => [userName, profile]);
  const passwordHashes = hashesOf(
    checked.map(({ declaration }) => declaration),
    scope,
  );
  const declaration: PreviewedProfiles = { ...common, profiles: Object.fromEntries(profiles) };
  if (passwordHashes !== undefined) declaration.passwordHashes = passwordHashes;
  return { declaration };
}

function previousDeclarations(previous: Partial<DeclaredProfiles>): Map<string, Declaration> {
  if (previous.profiles === undefined) return new Map();
  return declarationsOf({ ...previous, profiles: previous.profiles }) as Map<string, Declaration>;
}

/** What stands in the inputs for one profile: its version, and what is said of it alone. */
function profileFrom({ passwordVersion, ...declaration }: PreviewedDeclaration, own: Properties): PreviewedProfile {
  const ofItsOwn = DEFAULTS.filter((name) => own[name] !== undefined).map((name) => [name, declaration[name]]);
  return { passwordVersion, ...given(Object.fromEntries(ofItsOwn) as DeclaredDefaults) };
}

function defaultsIn(args: Properties): Properties {
  return Object.fromEntries(DEFAULTS.map((name) => [name, args[name]]));
}

/** Undefined where no password was declared; unknown where one of the hashes is. */
function hashesOf(declarations: (PreviewedDeclaration | undefined)[], scope: string): Previewed<string> | undefined {
  if (declarations.some((one) => one === undefined || one.passwordHash === UNKNOWN)) return UNKNOWN;
  return writeHashes(declarations as HashOfUser[], scope) || undefined;
}

const SCOPE_BYTES = 16;

function scopeOf({ stack = "", project = "", name = "" }: Facts): string {
  const owner = createHash("sha256").update([stack, project, name].join("\0"));
  return owner.digest().subarray(0, SCOPE_BYTES).toString("base64url");
}
