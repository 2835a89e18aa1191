import {
  type DatedLoginProfiles,
  IamError,
  type IsThere,
  type LoginProfileRequest,
  type ObservedLoginProfile,
} from "../../provider/src/aws/iam.ts";
import type { PasswordPolicies } from "../../provider/src/aws/password-policy.ts";
import type { PasswordPolicy } from "../../provider/src/passwords/rules.ts";

/** IAM as the lifecycle sees it: profiles by user, and the calls that were made. */
export class FakeIam implements DatedLoginProfiles, PasswordPolicies {
  /** Undefined where the account has none of its own. */
  policy: PasswordPolicy | undefined = {
    minimumLength: 0,
    requireSymbols: false,
    requireNumbers: false,
    requireUppercase: false,
    requireLowercase: false,
    allowUsersToChangePassword: true,
  };
  policyReads = 0;
  readonly calls: string[] = [];
  /** How sure the last read of each user's profile was that there is one. */
  readonly lookedFor = new Map<string, IsThere>();
  readonly profiles = new Map<string, ObservedLoginProfile>();
  failure: IamError | undefined;
  /** May throw in the place of IAM, or do what somebody else does at that moment; told the call, without its password. */
  meanwhile: (call: string) => void = () => {};
  /** How long each creation takes. */
  slow: () => Promise<void> = async () => {};
  /** Whose update takes as long. */
  slowUpdate: string | undefined;
  /** When the next profile is created. */
  now = "2026-01-01T00:00:00Z";

  async create({ userName, password, passwordResetRequired = false }: LoginProfileRequest) {
    this.#call("create", userName, password?.reveal(), passwordResetRequired);
    await this.slow();
    if (this.profiles.has(userName)) throw new IamError("EntityAlreadyExists", "It exists.", "refused");
    const profile = { createDate: this.now, passwordResetRequired };
    this.profiles.set(userName, profile);
    return profile;
  }

  async get(userName: string, isThere: IsThere = false) {
    this.lookedFor.set(userName, isThere);
    this.#call("get", userName);
    return this.#find(userName);
  }

  async update({ userName, password, passwordResetRequired }: LoginProfileRequest) {
    this.#call("update", userName, password?.reveal(), passwordResetRequired);
    if (this.slowUpdate === userName) await this.slow();
    this.#find(userName);
  }

  async delete(userName: string) {
    this.#call("delete", userName);
    this.#find(userName);
    this.profiles.delete(userName);
  }

  async madeBetween(userName: string, from: number, to: number) {
    const found = await this.get(userName);
    const date = Date.parse(found.createDate);
    // IAM tells dates to the second.
    return date >= from - (from % 1000) && date < to ? found : undefined;
  }

  async passwordPolicy() {
    this.policyReads++;
    if (this.policy === undefined) throw new IamError("NoSuchEntity", "There is no policy.", "refused");
    return this.policy;
  }

  #call(...words: unknown[]) {
    this.calls.push(words.join(" ").trimEnd());
    this.meanwhile(`${words[0]} ${words[1]}`);
    if (this.failure !== undefined) throw this.failure;
  }

  #find(userName: string) {
    const profile = this.profiles.get(userName);
    if (profile === undefined) throw new IamError("NoSuchEntity", "It does not exist.", "refused");
    return profile;
  }
}
