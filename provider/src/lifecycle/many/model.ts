/**
 * What stands in the state of one resource with many login profiles. A byte in it counts as often as there are profiles, so
 * nothing is repeated for each profile that can be told from the rest: defaults stand once, and the hashes of all passwords
 * are one text, which is one secret.
 */
import type { Connection } from "../../aws/connection";
import type { Previewed } from "../../common/unknown";
import type { Delivery } from "../../recipients/recipient";

/** What is declared of each profile where it does not say otherwise. */
export interface DeclaredDefaults {
  passwordResetRequired?: boolean;
  adoptExisting?: boolean;
  /** Of generated passwords. */
  rotationTriggers?: Record<string, unknown>;
}

/** What is declared of one of the profiles once its password has been taken out of it. */
export interface DeclaredProfile extends DeclaredDefaults {
  passwordVersion: number;
}

/** What is declared of all of them. */
export interface DeclaredProfiles extends DeclaredDefaults {
  /** By the users' names, as the program spells them. */
  profiles: Record<string, DeclaredProfile>;
  /** Of all declared passwords, as hashes.ts writes them. */
  passwordHashes?: string;
  /** Tells this resource from all others, for ever: part of the salts, and the name of the notes on its steps. */
  scope: string;
  connection?: Connection;
}

/** A declaration as a preview knows it: a profile may be unknown as a whole, and so may all. */
export type PreviewedProfiles = { [K in keyof Omit<DeclaredProfiles, "profiles">]: Previewed<DeclaredProfiles[K]> } & {
  profiles: Previewed<Record<string, Previewed<PreviewedProfile>>>;
};

export type PreviewedProfile = { [K in keyof DeclaredProfile]: Previewed<DeclaredProfile[K]> };

/** What was applied of one of the profiles, and what IAM last said about it. */
export interface AppliedProfile extends Partial<Delivery> {
  passwordVersion: number;
  passwordResetPending: boolean;
  /** ISO 8601. */
  createDate: string;
  /** Absent where it is that of all, or was never sent. */
  passwordResetRequired?: boolean;
  /** As of a single login profile. */
  versionBase?: number;
  passwordInForce?: false;
}

/** What was applied of all of them. */
export interface AppliedProfiles {
  profiles: Record<string, AppliedProfile>;
  passwordHashes?: string;
  scope: string;
  /** Sent for every profile that does not say otherwise. */
  passwordResetRequired?: boolean;
  connection?: Connection;
  /** The account that the profiles are in; absent where nobody was asked for it. */
  accountId?: string;
}
