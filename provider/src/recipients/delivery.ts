import { LoginProfileError } from "../common/errors";
import type { Problem } from "../common/problem";
import { generatePassword } from "../passwords/generation";
import type { PasswordPolicy } from "../passwords/rules";
import type { Secret } from "../passwords/secret";
import type { KeybaseSettings } from "./keybase";
import type { Delivery, Recipients } from "./recipient";
import { encryptTo, readRecipients } from "./recipients";

/** A password on its way to IAM; a generated one with what its owner gets. */
export type NewPassword = { password: Secret } & Partial<Delivery>;

/** What is declared of a generated password: how to make it, and to whom it goes. Read only when it is needed. */
export class DeliveredPassword {
  #read: Promise<{ recipients: Recipients } | { problems: Problem[] } | undefined> | undefined;

  constructor(
    private readonly args: Record<string, unknown>,
    private readonly keybase: KeybaseSettings,
  ) {}

  /** What would keep the password from its owner. */
  async problems(): Promise<Problem[]> {
    const read = await this.#recipients();
    return read !== undefined && "problems" in read ? read.problems : [];
  }

  /** Makes a password and encrypts it; each call makes another one. */
  async make(policy: PasswordPolicy | undefined): Promise<NewPassword> {
    const read = await this.#recipients();
    if (read === undefined)
      throw new LoginProfileError("No recipient of the new password is known. Run `pulumi up` again.");
    if ("problems" in read) throw new LoginProfileError(read.problems.map(({ reason }) => reason).join("\n"));
    const { passwordLength, allowConfusableCharacters } = this.args as {
      passwordLength?: number;
      allowConfusableCharacters?: boolean;
    };
    const password = generatePassword({ length: passwordLength, policy, allowConfusable: allowConfusableCharacters });
    return { password, ...(await encryptTo(password, read.recipients)) };
  }

  #recipients() {
    this.#read ??= readRecipients(this.args, this.keybase);
    return this.#read;
  }
}
