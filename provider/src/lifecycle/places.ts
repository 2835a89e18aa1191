import type { Account, Reach } from "../aws/accounts";
import type { Connection } from "../aws/connection";
import { failedWith, type IsThere, type ObservedLoginProfile } from "../aws/iam";
import type { LoginProfileError } from "../common/errors";
import { given } from "../common/values";
import { type Action, callFailed, notWithTheUser, refused } from "./failures";
import type { Declaration } from "./model";
import type { UserInRun, Whereabouts } from "./run";

/** The account at hand, with its id where it is known. */
export type Place = Pick<Account, "profiles" | "policy"> & { accountId?: string };

/** Where login profiles are: the account that each is in must be the one that the way to it leads to. */
export class Places {
  constructor(private readonly reach: Reach) {}

  /**
   * The account that a profile is in or is to be made in; undefined if it is not to be asked for. Rejects where the way to it
   * leads to another account than its own, or nobody knows where.
   */
  async confirmedAccount(action: Action, profile: Whereabouts): Promise<string | undefined> {
    const { accountId } = await this.at(action, profile);
    return accountId;
  }

  /**
   * The account that a profile is in. It must stay the one where the profile was created; a state of an older release does
   * not know it, and learns it at the next change.
   */
  async at(action: Action, profile: Whereabouts): Promise<Place> {
    const { connection, accountId } = profile;
    const { profiles, policy } = this.reach(connection);
    if (accountId === undefined && (action === "read" || action === "delete")) return { profiles, policy };
    const id = await this.#accountId(action, profile);
    if (accountId !== undefined && id !== undefined && id !== accountId)
      throw this.inAnotherAccount(action, profile, id);
    return { profiles, policy, ...given({ accountId: id ?? accountId }) };
  }

  async #accountId(action: Action, { userName, connection }: Whereabouts): Promise<string | undefined> {
    try {
      return await this.reach(connection).id(userName);
    } catch (error) {
      throw callFailed(action, userName, error);
    }
  }

  async isSameAccount(action: Action, one: Whereabouts, other: Whereabouts): Promise<boolean> {
    const id = async (profile: Whereabouts) => profile.accountId ?? this.#accountId(action, profile);
    return (await id(one)) === (await id(other));
  }

  /** A profile is in the account of its user, or there is no signing in. */
  refuseToPart(action: Action, declared: Declaration, { accountId: own }: UserInRun, { accountId }: Place): void {
    if (own === undefined || accountId === undefined || own === accountId) return;
    throw refused(action, declared.userName, notWithTheUser(own, this.reach(declared.connection).way(), accountId));
  }

  /** The account that a user's profile would be in, and the way there in words. A preview may not know the account. */
  async account(
    userName: string,
    connection: Connection | undefined,
    isPreview: boolean,
  ): Promise<{ accountId?: string; way: string }> {
    const account = this.reach(connection);
    const accountId = isPreview
      ? await account.idSoon()
      : await this.#accountId("create", { userName, ...given({ connection }) });
    return { way: account.way(), ...given({ accountId }) };
  }

  inAnotherAccount(
    action: Action,
    { userName, connection, accountId }: Whereabouts,
    reached: string,
  ): LoginProfileError {
    const way = this.reach(connection).way();
    return refused(
      action,
      userName,
      `it is in AWS account ${accountId}, but ${way} leads to account ${reached} now. Nothing was changed. Let it lead to ` +
        `account ${accountId} again, then run \`pulumi up\` again.`,
    );
  }

  async find(
    userName: string,
    { profiles }: Pick<Place, "profiles">,
    isThere: IsThere,
  ): Promise<ObservedLoginProfile | undefined> {
    try {
      return await profiles.get(userName, isThere);
    } catch (error) {
      if (failedWith(error, "NoSuchEntity")) return undefined;
      throw callFailed("read", userName, error);
    }
  }
}
