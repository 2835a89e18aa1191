import type { Secret } from "./secret";

/** The calls to IAM that a login profile needs. Each rejects with an `IamError` when IAM, or the way to it, says no. */
export interface LoginProfiles {
  create(request: LoginProfileRequest & { password: Secret }): Promise<ObservedLoginProfile>;
  get(userName: string): Promise<ObservedLoginProfile>;
  update(request: LoginProfileRequest): Promise<void>;
  delete(userName: string): Promise<void>;
}

/** What to set. What is left out is not sent, and IAM leaves it as it is. */
export interface LoginProfileRequest {
  userName: string;
  password?: Secret;
  passwordResetRequired?: boolean;
}

/** What IAM says of a login profile. */
export interface ObservedLoginProfile {
  /** ISO 8601. */
  createDate: string;
  passwordResetRequired: boolean;
}

/** A call that failed, reduced to what may be shown: the SDK's own errors can carry the request. */
export class IamError extends Error {
  override readonly name = "IamError";

  constructor(
    /** The error code of the IAM API (`NoSuchEntity`), or of the connection (`ECONNREFUSED`). */
    readonly code: string,
    message: string,
    readonly requestId?: string,
  ) {
    super(message);
  }
}

/** Whether a call failed with this error code of the IAM API. */
export function failedWith(error: unknown, code: string): boolean {
  return error instanceof IamError && error.code === code;
}
