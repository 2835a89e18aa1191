import { failedWith } from "../aws/iam";
import { LoginProfileError } from "../common/errors";
import { given } from "../common/values";
import { isHashOf } from "../passwords/hash";
import type { NewPassword } from "../recipients/delivery";
import type { CheckSettings } from "./check";
import { type Action, callFailed, refused } from "./failures";
import { type Declaration, type LoginProfileState, type PreviewedDeclaration, requestFor } from "./model";
import type { Place } from "./places";
import { failedToSet } from "./policy-violation";
import type { Run } from "./run";

/** The passwords that a run can set: those that its checks put aside, and those that it makes. */
export class PasswordsAtHand {
  constructor(
    private readonly run: Run,
    private readonly settings: Pick<CheckSettings, "policyCheck">,
  ) {}

  /** Whether the password that is declared can be set in this run: the program gives it, or a recipient for another one. */
  isAtHand({ userName, connection, passwordHash, passwordVersion }: PreviewedDeclaration): boolean {
    if (typeof passwordHash === "string") return this.run.passwords.has(passwordHash);
    const isGenerated = passwordHash === undefined && passwordVersion !== 0;
    return isGenerated && typeof userName === "string" && this.run.user(userName, connection).delivered !== undefined;
  }

  /**
   * Whether the password that was set is the declared one, though its hash is another: another one was declared in between,
   * and could not be set. It waits under the hash of the state from then on.
   */
  async isSetAlready(applied: LoginProfileState, { passwordHash }: PreviewedDeclaration): Promise<boolean> {
    const password = typeof passwordHash === "string" ? this.run.passwords.get(passwordHash) : undefined;
    const set = applied.passwordInForce === false ? undefined : applied.passwordHash;
    if (password === undefined || set === undefined || set === passwordHash) return false;
    if (!(await isHashOf(set, password))) return false;
    this.run.passwords.set(set, password);
    return true;
  }

  async isPasswordOf(offered: LoginProfileState, { passwordHash, passwordVersion }: Declaration): Promise<boolean> {
    if (offered.passwordInForce === false) return false;
    const password = passwordHash === undefined ? undefined : this.run.passwords.get(passwordHash);
    if (password !== undefined) return isHashOf(offered.passwordHash ?? "", password);
    // Another one would be generated for the same owner, who has this one already.
    return passwordVersion > 0 && offered.passwordHash === undefined && offered.encryptedPassword !== undefined;
  }

  forget({ passwordHash }: Declaration): void {
    if (passwordHash !== undefined) this.run.passwords.delete(passwordHash);
  }

  /** A declared password as this process's check put it aside, or a generated one, encrypted before IAM hears of it. */
  async fresh(declared: Declaration, action: "create" | "update", place: Place): Promise<NewPassword> {
    const fresh = await this.#declared(declared, action, place);
    if (fresh !== undefined) return fresh;
    throw refused(
      action,
      declared.userName,
      "the provider process restarted and lost the password between check and this step. Run `pulumi up` again.",
    );
  }

  /** The password of a profile that has to be created again though its password was not to change; undefined without one. */
  async again(declared: Declaration, place: Place): Promise<NewPassword | undefined> {
    return declared.passwordVersion === 0 ? undefined : this.#declared(declared, "update", place);
  }

  /** Another password where IAM refused a generated one: the policy was changed since it was read. Throws in any other case. */
  async better(
    declared: Declaration,
    action: "create" | "update",
    refusedOne: NewPassword | undefined,
    place: Place,
    error: unknown,
    turn: number,
  ): Promise<NewPassword> {
    const isGenerated = refusedOne?.encryptedPassword !== undefined;
    if (!isGenerated || turn > 1 || !failedWith(error, "PasswordPolicyViolation")) {
      const request = { ...requestFor(declared), ...given({ password: refusedOne?.password }) };
      throw await failedToSet(action, request, place, error);
    }
    place.policy.forget();
    return this.fresh(declared, action, place);
  }

  async #declared(declared: Declaration, action: Action, place: Place): Promise<NewPassword | undefined> {
    const { userName, passwordHash, connection } = declared;
    if (passwordHash !== undefined) {
      const password = this.run.passwords.get(passwordHash);
      return password === undefined ? undefined : { password };
    }
    const { delivered } = this.run.user(userName, connection);
    if (delivered === undefined) return undefined;
    try {
      return await delivered.make(this.settings.policyCheck() ? await place.policy.certain(userName) : undefined);
    } catch (error) {
      throw error instanceof LoginProfileError
        ? refused(action, userName, error.message)
        : callFailed(action, userName, error);
    }
  }
}
