import type { Account } from "../aws/accounts";
import { failedWith, type LoginProfileRequest } from "../aws/iam";
import { brokenRules } from "../passwords/rules";
import { type Action, callFailed } from "./failures";

/** The error of a call that set something; of a password that IAM refused, with the rules that it breaks. */
export async function failedToSet(
  action: Action,
  { userName, password }: LoginProfileRequest,
  { policy }: Pick<Account, "policy">,
  error: unknown,
): Promise<unknown> {
  if (password === undefined || !failedWith(error, "PasswordPolicyViolation")) {
    return callFailed(action, userName, error);
  }
  const known = await policy.read();
  const rules = known === undefined ? [] : brokenRules(known, password);
  if (rules.length === 0) return callFailed(action, userName, error);
  return callFailed(
    action,
    userName,
    error,
    `The account's policy asks for ${rules.join(", ")}. Choose another password.`,
  );
}
