import { SYMBOLS } from "../common/limits";
import type { Secret } from "./secret";

/** What an account asks of the passwords of its IAM users. Source: IAM API reference, PasswordPolicy. */
export interface PasswordPolicy {
  minimumLength: number;
  requireSymbols: boolean;
  requireNumbers: boolean;
  requireUppercase: boolean;
  requireLowercase: boolean;
  allowUsersToChangePassword: boolean;
}

/** What a password lacks of what the policy asks for; empty when nothing. */
export function brokenRules(policy: PasswordPolicy, password: Secret): string[] {
  const text = password.reveal();
  const hasSymbol = [...SYMBOLS].some((symbol) => text.includes(symbol));
  const rules: [broken: boolean, name: string][] = [
    [text.length < policy.minimumLength, `at least ${policy.minimumLength} characters`],
    [policy.requireSymbols && !hasSymbol, `a symbol (one of ${[...SYMBOLS].join(" ")})`],
    [policy.requireNumbers && !/[0-9]/.test(text), "a digit (0 to 9)"],
    [policy.requireUppercase && !/[A-Z]/.test(text), "an upper-case letter (A to Z)"],
    [policy.requireLowercase && !/[a-z]/.test(text), "a lower-case letter (a to z)"],
  ];
  return rules.filter(([broken]) => broken).map(([, name]) => name);
}
