/** Many profiles one by one, as the lifecycle of a single one knows them, and back. */
import type { Connection } from "../../aws/connection";
import { UNKNOWN } from "../../common/unknown";
import { given, type Properties } from "../../common/values";
import { hasRecipients, RECIPIENT_ARGUMENTS } from "../../recipients/recipients";
import { argumentsThat, DEFAULT_ARGUMENTS } from "../arguments";
import type { Declaration, LoginProfileState, PreviewedDeclaration } from "../model";
import { readHashes, writeHashes } from "./hashes";
import type { AppliedProfile, AppliedProfiles, DeclaredProfiles, PreviewedProfile, PreviewedProfiles } from "./model";

/** IAM does not tell upper case from lower in names. */
export function keyOf(userName: string): string {
  return userName.toLowerCase();
}

/** Whether the password of a profile is one that was generated, by what stands in its place. */
function isGenerated(passwordHash: unknown, passwordVersion: unknown): boolean {
  return passwordHash === undefined && passwordVersion !== 0;
}

const GENERATION_ARGUMENTS = argumentsThat("generates", DEFAULT_ARGUMENTS);

/**
 * The arguments of one profile, those of all included. What holds for all of generated passwords is none of the business of a
 * profile with a password of its own, nor of one whose password is left out by now, or held back by `ignoreChanges`: that one
 * stays. `was`: what is not said leaves a generated password as it is, too.
 */
export function argumentsOf(
  userName: string,
  own: Properties,
  all: Properties,
  was: Partial<Declaration> = {},
): Properties {
  const { connection, ...defaults } = given(all);
  delete defaults.profiles;
  const takesRecipients = own.password === undefined && !hasRecipients(own) && was.passwordHash === undefined;
  const isDelivered = hasRecipients(own) || (takesRecipients && hasRecipients(defaults));
  const generates = own.password === undefined && (wasGenerated(was) || isDelivered);
  for (const name of RECIPIENT_ARGUMENTS) if (!takesRecipients) delete defaults[name];
  for (const name of GENERATION_ARGUMENTS) if (!generates) delete defaults[name];
  return { ...defaults, ...own, userName, ...given({ connection }) };
}

/** Whether an earlier declaration was that of a generated password. */
function wasGenerated({ passwordHash, passwordVersion = 0 }: Partial<Declaration>): boolean {
  return isGenerated(passwordHash, passwordVersion);
}

/** What is declared of each profile, by the key of its user. */
export function declarationsOf(
  declared: Partial<Omit<PreviewedProfiles, "profiles">> & { profiles: Record<string, unknown> },
): Map<string, PreviewedDeclaration> {
  const { profiles, passwordHashes, scope = "", connection } = declared;
  const versions = profiles as DeclaredProfiles["profiles"];
  const hashes = typeof passwordHashes === "string" ? readHashes(passwordHashes, versions, scope as string) : undefined;
  const all = Object.entries(profiles).map(([userName, profile]): [string, PreviewedDeclaration] => {
    if (profile === UNKNOWN) {
      return [keyOf(userName), given({ ...NOTHING_KNOWN, userName, connection }) as PreviewedDeclaration];
    }
    const own = profile as PreviewedProfile;
    const passwordHash = passwordHashes === UNKNOWN ? UNKNOWN : hashes?.get(userName);
    const { passwordVersion } = own;
    const triggers = isGenerated(passwordHash, passwordVersion)
      ? (own.rotationTriggers ?? declared.rotationTriggers)
      : own.rotationTriggers;
    const declaration = {
      userName,
      passwordVersion,
      ...given({
        passwordHash,
        passwordResetRequired: own.passwordResetRequired ?? declared.passwordResetRequired,
        adoptExisting: own.adoptExisting ?? declared.adoptExisting,
        rotationTriggers: triggers,
        connection,
      }),
    };
    return [keyOf(userName), declaration as PreviewedDeclaration];
  });
  return new Map(all);
}

const NOTHING_KNOWN = { passwordHash: UNKNOWN, passwordVersion: UNKNOWN, passwordResetRequired: UNKNOWN } as const;

/** A preview that does not know one of the hashes knows none; yet of a password whose version is the same, it is the same. */
export function withKnownHash(declaration: PreviewedDeclaration, applied: LoginProfileState): PreviewedDeclaration {
  const { passwordHash, ...rest } = declaration;
  const isSame = passwordHash === UNKNOWN && rest.passwordVersion === declaredVersionOf(applied).passwordVersion;
  return isSame ? { ...rest, ...given({ passwordHash: applied.passwordHash }) } : declaration;
}

/** What was applied of each profile, by the key of its user. */
export function statesOf(applied: AppliedProfiles): Map<string, LoginProfileState> {
  const { profiles, passwordHashes = "", scope, passwordResetRequired, connection, accountId } = applied;
  const versions = Object.entries(profiles).map(([userName, profile]) => [userName, declaredVersionOf(profile)]);
  const hashes = readHashes(passwordHashes, Object.fromEntries(versions), scope);
  const all = Object.entries(profiles).map(([userName, profile]): [string, LoginProfileState] => {
    const common = given({ passwordHash: hashes.get(userName), passwordResetRequired, connection, accountId });
    return [keyOf(userName), { userName, ...common, ...profile }];
  });
  return new Map(all);
}

/** The way back. `usual` is the reset flag of all, where there is one. */
export function appliedFrom(
  states: Iterable<LoginProfileState>,
  {
    scope,
    connection,
    accountId,
  }: { scope: string; connection?: Connection | undefined; accountId?: string | undefined },
  usual: boolean | undefined,
): AppliedProfiles {
  const all = [...states].sort((one, other) => (one.userName < other.userName ? -1 : 1));
  // Where it was never sent for one of them, it has to be said of each of the others.
  const common = all.every((state) => state.passwordResetRequired !== undefined) ? usual : undefined;
  const hashes = all.map((state) => ({ ...state, ...declaredVersionOf(state) }));
  return {
    profiles: Object.fromEntries(all.map((state) => [state.userName, appliedProfile(state, common)])),
    scope,
    ...given({
      passwordHashes: writeHashes(hashes, scope) || undefined,
      passwordResetRequired: common,
      connection,
      accountId: all.find((state) => state.accountId !== undefined)?.accountId ?? accountId,
    }),
  };
}

/** The version that the declaration had, of which the salt is derived. */
function declaredVersionOf({
  passwordVersion,
  versionBase = 0,
}: Pick<AppliedProfile, "passwordVersion" | "versionBase">) {
  return { passwordVersion: passwordVersion - versionBase };
}

/** Names each property: nothing else may come into the state. */
function appliedProfile(state: LoginProfileState, common: boolean | undefined): AppliedProfile {
  const { passwordVersion, passwordResetPending, createDate, passwordResetRequired, encryptedPassword } = state;
  const { keyFingerprint, versionBase, passwordInForce } = state;
  return {
    passwordVersion,
    passwordResetPending,
    createDate,
    ...given({
      passwordResetRequired: passwordResetRequired === common ? undefined : passwordResetRequired,
      encryptedPassword,
      keyFingerprint,
      versionBase,
      passwordInForce,
    }),
  };
}

/** What the engine calls the resource by: the account, where it is known. */
export function idOf({ accountId }: Pick<AppliedProfiles, "accountId">): string {
  return accountId ?? "login-profiles";
}
