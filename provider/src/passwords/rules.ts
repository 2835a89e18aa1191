import { IamError } from "../aws/iam";
import { PREVIEW_WAIT_MS, SYMBOLS } from "../common/limits";
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

/** Reads the account's password policy. Rejects when there is none, or when it cannot be read. */
export interface PasswordPolicies {
  passwordPolicy(signal: AbortSignal): Promise<PasswordPolicy>;
}

/**
 * The account's password policy, read with the first question and remembered. Undefined where
 * it cannot be had (none set, no permission, no credentials, no answer): then the server decides.
 */
export class AccountPasswordPolicy {
  #policy: Promise<PasswordPolicy | undefined> | undefined;

  constructor(private readonly policies: PasswordPolicies) {}

  read(): Promise<PasswordPolicy | undefined> {
    this.#policy ??= this.#readOnce();
    return this.#policy;
  }

  #readOnce(): Promise<PasswordPolicy | undefined> {
    return this.withinTime((signal) => this.policies.passwordPolicy(signal));
  }

  /** What a preview may ask of AWS: undefined where there is no answer, or none in time. */
  async withinTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), PREVIEW_WAIT_MS);
    // Looking for credentials does not heed the signal, so the limit is kept here too.
    const abandoned = new Promise<undefined>((resolve) =>
      limit.signal.addEventListener("abort", () => resolve(undefined)),
    );
    try {
      return await Promise.race([ask(limit.signal), abandoned]);
    } catch (error) {
      if (error instanceof IamError) return undefined;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
