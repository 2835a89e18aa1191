import type { Connection } from "./connection";
import type { Previewed } from "./unknown";

/** What is declared of a login profile once its password has been taken out of it. */
export interface Declaration {
  userName: string;
  /** PHC string; absent where no password was ever declared (a profile adopted as it was). */
  passwordHash?: string;
  /** 0 where no password was ever declared, else 1 and up. */
  passwordVersion: number;
  passwordResetRequired?: boolean;
  adoptExisting?: boolean;
  /** Absent where the stack's settings alone decide. */
  connection?: Connection;
}

/** A declaration as a preview knows it. */
export type PreviewedDeclaration = { [K in keyof Declaration]: Previewed<Declaration[K]> };

/** What was applied, and what IAM last said about it. */
export interface LoginProfileState extends Omit<Declaration, "adoptExisting"> {
  passwordResetPending: boolean;
  /** ISO 8601. */
  createDate: string;
  /** The account that `connection` led to; absent without one. */
  accountId?: string;
}
