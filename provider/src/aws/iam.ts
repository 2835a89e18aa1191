import type { Secret } from "../passwords/secret";

/** The calls to IAM that a login profile needs. Each rejects with an `IamError` when IAM, or the way to it, says no. */
export interface LoginProfiles {
  /** `userMayBeNew`: the user may have been created moments ago, so not being found yet may pass. */
  create(request: LoginProfileRequest & { password: Secret }, userMayBeNew: boolean): Promise<ObservedLoginProfile>;
  get(userName: string, isThere?: IsThere): Promise<ObservedLoginProfile>;
  update(request: LoginProfileRequest, isThere?: boolean): Promise<void>;
  delete(userName: string, isThere?: IsThere): Promise<void>;
}

/** Login profiles of which it can be told whether a call made them that was never seen to end. */
export interface DatedLoginProfiles extends LoginProfiles {
  /** The profile, if it was made between two times of this machine, by the server's own clock. */
  madeBetween(userName: string, from: number, to: number): Promise<ObservedLoginProfile | undefined>;
}

/** Tells which IAM users an account has. */
export interface Users {
  /**
   * One page of them: the first, or the one that the page before names as the next.
   *
   * @param pathPrefix Only users whose path begins so, such as `/contractors/`.
   */
  page(pathPrefix?: string, marker?: string): Promise<UserPage>;
}

export interface UserPage {
  users: ListedUser[];
  /** The next page; undefined if this is the last one. */
  next?: string;
}

/** An IAM user as a listing has it. */
export interface ListedUser {
  userName: string;
  arn: string;
}

/** Whether a profile was just made or seen, or when it was made: moments after, not being found yet may pass. */
export type IsThere = boolean | { since: string };

/** What to set. What is left out is not sent, and IAM leaves it as it is. */
export interface LoginProfileRequest {
  userName: string;
  password?: Secret;
  passwordResetRequired?: boolean;
}

/** What IAM says of a login profile. */
export interface ObservedLoginProfile {
  /** As IAM spells it. */
  userName?: string;
  /** ISO 8601. */
  createDate: string;
  passwordResetRequired: boolean;
}

/**
 * How a call failed: refused by IAM, broken in the server, ended without a complete answer (the
 * call may have worked all the same), never sent for want of a connection, or failed on this side of IAM,
 * where waiting does not mend it.
 */
export type FailureKind = "refused" | "server error" | "no answer" | "no connection" | "local";

/** A call that failed, reduced to what may be shown: the SDK's own errors can carry the request. */
export class IamError extends Error {
  override readonly name = "IamError";

  constructor(
    /** The error code of the IAM API (`NoSuchEntity`), or of the connection (`ECONNREFUSED`). */
    readonly code: string,
    message: string,
    readonly kind: FailureKind,
    readonly requestId?: string,
    /** What to do about it, where the code alone does not tell. */
    readonly advice?: string,
  ) {
    super(message);
  }

  /** What AWS said, as a sentence of a longer message: `AccessDenied: … (request id …)`. */
  get saying(): string {
    const sentence = /[.!?)]$/.test(this.message) ? this.message : `${this.message}.`;
    return `${this.code}: ${sentence}${this.requestId === undefined ? "" : ` (request id ${this.requestId})`}`;
  }

  /** The same error, with what to do about it unless that is said already. */
  advised(advice: string | undefined): IamError {
    if (this.advice !== undefined || advice === undefined) return this;
    return new IamError(this.code, this.message, this.kind, this.requestId, advice);
  }

  /** The same error, of a call that was given up on. */
  givenUp(attempts: number, seconds: number): IamError {
    const message = `${this.message} (given up after ${attempts} attempts in ${seconds} seconds)`;
    return new IamError(this.code, message, this.kind, this.requestId, this.advice);
  }
}

/** Whether a call failed with this error code of the IAM API. */
export function failedWith(error: unknown, code: string): boolean {
  return error instanceof IamError && error.code === code;
}

/** Codes of Node.js for a server whose certificate is not trusted; waiting does not mend it. Source: Node.js, TLS, "X509 certificate error codes". */
export const CERTIFICATE_TROUBLE = /CERT|^UNABLE_TO_|^INVALID_CA$|^HOSTNAME_MISMATCH$/;

/** The code for an answer that is not of AWS: of a proxy, a gateway, or a network's sign-in page. */
export const FOREIGN_ANSWER = "ForeignAnswer";
