import { IamError } from "../aws/iam";
import { LoginProfileError } from "../common/errors";

/** What was being done when a call failed. */
export type Action = "create" | "update" | "read" | "delete" | "adopt";

const API_CALLS: Record<Action, string> = {
  create: "CreateLoginProfile",
  update: "UpdateLoginProfile",
  read: "GetLoginProfile",
  delete: "DeleteLoginProfile",
  adopt: "UpdateLoginProfile",
};

/** The error a user reads when a call failed: what was done, to whom, what IAM said, what to do next. */
export function callFailed(action: Action, userName: string, cause: unknown, advice?: string): unknown {
  if (!(cause instanceof IamError)) return cause;
  return new LoginProfileError(
    `Could not ${action} the login profile of IAM user "${userName}": ${cause.saying} ` +
      (advice ?? cause.advice ?? generalAdvice(cause.code, action, userName)),
  );
}

export function refused(action: Action, userName: string, why: string): LoginProfileError {
  return new LoginProfileError(`Could not ${action} the login profile of IAM user "${userName}": ${why}`);
}

/** Why no profile is made where its user is not. */
export function notWithTheUser(userAccount: string | undefined, way: string, reached: string): string {
  return (
    `its IAM user is in AWS account ${userAccount}, where the aws provider leads, but ${way} leads to account ${reached}. ` +
    `Nothing was changed. Give a connection that leads to account ${userAccount}, or another aws provider.`
  );
}

function generalAdvice(code: string, action: Action, userName: string): string {
  switch (code) {
    case "NoSuchEntity":
      return "There is no such IAM user: create the user first (aws.iam.User), or correct userName.";
    case "AccessDenied":
      return `Allow iam:${API_CALLS[action]} on user "${userName}" to the identity that runs Pulumi.`;
    case "PasswordPolicyViolation":
      return "Choose a password that meets the account's password policy (aws iam get-account-password-policy).";
    case "EntityTemporarilyUnmodifiable":
      return "IAM is still working on this user: run `pulumi up` again in a minute.";
    case "LimitExceeded":
      return "An IAM quota of the account is used up: raise it, or remove what is not needed.";
    default:
      return "Run `pulumi up` again once the cause is gone.";
  }
}
