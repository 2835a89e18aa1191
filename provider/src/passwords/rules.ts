import { GENERATED_LENGTH, SYMBOLS } from "../common/limits";
import type { Secret } from "./secret";

/** What an account asks of the passwords of its IAM users. Source: IAM API reference, PasswordPolicy. */
export interface PasswordPolicy {
  minimumLength: number;
  requireSymbols: boolean;
  requireNumbers: boolean;
  requireUppercase: boolean;
  requireLowercase: boolean;
  allowUsersToChangePassword: boolean;
  /** How many of the four kinds of characters there must be, whichever. */
  kinds?: number;
}

/**
 * What holds in an account without a policy of its own. That a password must not be the account's name or e-mail address
 * either is left to the server, which knows them. Source: IAM user guide, "Default password policy".
 */
export const AWS_DEFAULT_POLICY: PasswordPolicy = {
  minimumLength: GENERATED_LENGTH.least,
  requireSymbols: false,
  requireNumbers: false,
  requireUppercase: false,
  requireLowercase: false,
  allowUsersToChangePassword: false,
  kinds: 3,
};

/** What a password lacks of what the policy asks for; empty when nothing. */
export function brokenRules(policy: PasswordPolicy, password: Secret): string[] {
  const text = password.reveal();
  const hasSymbol = [...SYMBOLS].some((symbol) => text.includes(symbol));
  const [hasDigit, hasUpper, hasLower] = [/[0-9]/, /[A-Z]/, /[a-z]/].map((kind) => kind.test(text));
  const kinds = [hasSymbol, hasDigit, hasUpper, hasLower].filter(Boolean).length;
  const symbols = `one of ${[...SYMBOLS].join(" ")}`;
  const rules: [broken: boolean, name: string][] = [
    [text.length < policy.minimumLength, `at least ${policy.minimumLength} characters`],
    [policy.requireSymbols && !hasSymbol, `a symbol (${symbols})`],
    [policy.requireNumbers && !hasDigit, "a digit (0 to 9)"],
    [policy.requireUppercase && !hasUpper, "an upper-case letter (A to Z)"],
    [policy.requireLowercase && !hasLower, "a lower-case letter (a to z)"],
    [
      kinds < (policy.kinds ?? 0),
      `${policy.kinds} of the four kinds of characters: upper-case letters, lower-case letters, digits, symbols (${symbols})`,
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, name]) => name);
}
