import { AWS_DEFAULT_POLICY, type PasswordPolicy } from "../passwords/rules";
import { failedWith } from "./iam";
import { PreviewWait } from "./time-limit";

/** Reads the account's password policy. Rejects when there is none, or when it cannot be read. */
export interface PasswordPolicies {
  passwordPolicy(): Promise<PasswordPolicy>;
}

/** Makes a call for a user's sake until it succeeds, fails for good, or its time is used up. */
type Attempt = <T>(userName: string, call: () => Promise<T>) => Promise<T>;

/**
 * The account's password policy: AWS's default rules where it has none of its own, undefined where nobody may read it.
 * That it could not be read for another reason is not remembered.
 */
export class AccountPasswordPolicy {
  #known: Promise<PasswordPolicy | undefined> | undefined;
  #wait = new PreviewWait();

  constructor(
    private readonly policies: PasswordPolicies,
    private readonly attempt: Attempt = (_, call) => call(),
  ) {}

  /** What a preview can know of it; undefined where there is no answer in time: then the server decides. */
  read(): Promise<PasswordPolicy | undefined> {
    return this.#wait.within(this.#ask());
  }

  /** What a password is generated under. Rejects where it is not certain. */
  certain(userName: string): Promise<PasswordPolicy | undefined> {
    return this.attempt(userName, () => this.#ask());
  }

  /** IAM refused a password that complies with what was read: it is read anew. */
  forget(): void {
    this.#known = undefined;
    this.#wait = new PreviewWait();
  }

  #ask(): Promise<PasswordPolicy | undefined> {
    const asked = this.#known ?? this.#askOnce();
    this.#known = asked;
    asked.catch(() => {
      if (this.#known === asked) this.#known = undefined;
    });
    return asked;
  }

  async #askOnce(): Promise<PasswordPolicy | undefined> {
    try {
      return await this.policies.passwordPolicy();
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return AWS_DEFAULT_POLICY;
      if (failedWith(error, "AccessDenied")) return undefined;
      throw error;
    }
  }
}
