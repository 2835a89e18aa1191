import type { PasswordPolicy } from "../passwords/rules";
import { withinPreview } from "./time-limit";

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
    return withinPreview((signal) => this.policies.passwordPolicy(signal));
  }
}
