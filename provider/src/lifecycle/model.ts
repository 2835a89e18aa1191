import type { Connection } from "../aws/connection";
import type { LoginProfileRequest, ObservedLoginProfile } from "../aws/iam";
import type { Previewed } from "../common/unknown";
import { given } from "../common/values";
import type { Delivery } from "../recipients/recipient";

/** What is declared of a login profile once its password has been taken out of it. */
export interface Declaration {
  userName: string;
  /** PHC string; absent where the password is generated, or was never declared (a profile adopted as it was). */
  passwordHash?: string;
  /** 0 where no password was ever declared, else 1 and up. It and the hash tell a generated password from none. */
  passwordVersion: number;
  passwordResetRequired?: boolean;
  adoptExisting?: boolean;
  /** What a generated password was last rotated by. */
  rotationTriggers?: Record<string, unknown>;
  /** Absent where the stack's settings alone decide. */
  connection?: Connection;
}

/** A declaration as a preview knows it. */
export type PreviewedDeclaration = { [K in keyof Declaration]: Previewed<Declaration[K]> };

/** What was applied, and what IAM last said about it. */
export interface LoginProfileState extends Omit<Declaration, "adoptExisting" | "rotationTriggers">, Partial<Delivery> {
  passwordResetPending: boolean;
  /** ISO 8601. */
  createDate: string;
  /** The account that the profile is in; absent where nobody was asked for it. */
  accountId?: string;
  /**
   * What `passwordVersion` here counts above the declaration's: the passwords of what the profile replaced, where the
   * check could not know them, and those that were made anew for a profile found gone. Absent for 0.
   */
  versionBase?: number;
  /** False once a refresh has found another profile than the one whose password was set. Absent otherwise. */
  passwordInForce?: false;
}

/** The version that a state of the declaration has. */
export function versionOf(
  { passwordVersion }: Declaration,
  { versionBase = 0 }: Pick<LoginProfileState, "versionBase">,
) {
  return passwordVersion + versionBase;
}

/** The state with the version that it counts. */
export function counted({ versionBase: _, ...state }: LoginProfileState, base: number): LoginProfileState {
  return {
    ...state,
    ...(base === 0 ? {} : { versionBase: base }),
    passwordVersion: versionOf(state, { versionBase: base }),
  };
}

export function requestFor({ userName, passwordResetRequired }: Declaration): LoginProfileRequest {
  return { userName, ...given({ passwordResetRequired }) };
}

/** Names each property: nothing else may come into the state. */
export function stateOf(
  { userName, passwordHash, passwordVersion, passwordResetRequired, connection }: Declaration | LoginProfileState,
  observed: ObservedLoginProfile,
  { accountId }: { accountId?: string },
  { encryptedPassword, keyFingerprint }: Partial<Delivery> = {},
): LoginProfileState {
  return {
    userName,
    ...given({ passwordHash }),
    passwordVersion,
    ...given({ passwordResetRequired, connection, accountId }),
    passwordResetPending: observed.passwordResetRequired,
    createDate: observed.createDate,
    ...given({ encryptedPassword, keyFingerprint }),
  };
}
