import { isSameConnection } from "../aws/connection";
import { UNKNOWN } from "../common/unknown";
import type { LoginProfileState, PreviewedDeclaration } from "./model";

/** What has to change so that IAM holds what is declared. */
export interface Difference {
  userName: boolean;
  password: boolean;
  passwordResetRequired: boolean;
  connection: boolean;
}

/** Compares what was applied with what is declared. A value not known yet counts as changed. */
export function difference(applied: LoginProfileState, declared: PreviewedDeclaration): Difference {
  return {
    userName: !isSameUser(applied.userName, declared.userName),
    // A generated password has no hash; each change of any password counts one up.
    password: declared.passwordHash !== applied.passwordHash || !isSameVersion(applied, declared),
    passwordResetRequired: resetFlagDiffers(applied, declared.passwordResetRequired),
    connection: !isSameConnection(applied.connection, declared.connection),
  };
}

/** IAM does not tell upper case from lower in names. */
export function isSameUser(one: string | undefined, other: PreviewedDeclaration["userName"]): boolean {
  return typeof other === "string" && one?.toLowerCase() === other.toLowerCase();
}

function isSameVersion(
  { passwordVersion, versionBase = 0 }: LoginProfileState,
  declared: PreviewedDeclaration,
): boolean {
  return declared.passwordVersion !== UNKNOWN && declared.passwordVersion + versionBase === passwordVersion;
}

/**
 * What the version counts above the declared one, so that another password never has a version that was seen: what is
 * declared begins with the first one again where a user was taken out of many and put in again.
 */
export function baseAfter(
  { passwordVersion, versionBase = 0 }: LoginProfileState,
  declaredVersion: number,
  isNewPassword: boolean,
): number {
  return isNewPassword ? Math.max(versionBase, passwordVersion + 1 - declaredVersion) : versionBase;
}

/**
 * IAM turns the flag off when the user obeys it, so a flag declared true and found false is
 * success, not drift. Declared false and found true is drift.
 */
function resetFlagDiffers(
  applied: LoginProfileState,
  declared: PreviewedDeclaration["passwordResetRequired"],
): boolean {
  if (declared === undefined) return false;
  if (declared === UNKNOWN) return true;
  return declared !== applied.passwordResetRequired || (!declared && applied.passwordResetPending);
}
