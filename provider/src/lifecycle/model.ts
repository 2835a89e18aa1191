import type { Connection } from "../aws/connection";
import type { Previewed } from "../common/unknown";
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
  /** The account that `connection` led to; absent without one. */
  accountId?: string;
}
