/** Which users of an account have a console password. */
import type { AccountWithUsers } from "../aws/accounts";
import { failedWith, IamError, type ListedUser } from "../aws/iam";
import { within } from "../aws/operation";
import { LoginProfileError } from "../common/errors";
import { inParallel } from "../common/in-parallel";
import { READ_AT_ONCE } from "../common/limits";
import { given } from "../common/values";

export interface ConsoleUsers {
  /** The account; undefined where it has no users, and so no ARN that names it. */
  accountId?: string;
  /** Names of the users with a login profile, in the order of names. */
  names: string[];
  /** Of those whose profile may not be read; empty unless these are to be skipped. */
  denied: string[];
  /** How many users there are in all. */
  listed: number;
}

export interface Reading {
  /** Only users whose path begins so. */
  pathPrefix?: string;
  /** Whether users whose profile may not be read are left out, and named, in place of an error. */
  skipDenied?: boolean;
}

/**
 * Reads all users, then the login profile of each; it is complete or an error. A user who is deleted in between has no
 * console password.
 *
 * @param progress Told how many of how many have been read.
 * @throws LoginProfileError if something cannot be read: what, what AWS said, and what to do.
 */
export async function consoleUsers(
  { users, profiles }: Pick<AccountWithUsers, "users" | "profiles">,
  reading: Reading,
  progress: (read: number, all: number | undefined) => void,
): Promise<ConsoleUsers> {
  const listed = await allUsers(users, reading.pathPrefix, (count) => progress(count, undefined));
  const names: string[] = [];
  const denied: string[] = [];
  let read = 0;
  await forEach(listed, async ({ userName, arn }) => {
    try {
      await profiles.get(userName);
      names.push(userName);
    } catch (error) {
      if (failedWith(error, "AccessDenied") && reading.skipDenied === true) denied.push(userName);
      else if (!failedWith(error, "NoSuchEntity")) throw notRead(userName, arn, error);
    }
    progress(++read, listed.length);
  });
  const accountId = listed[0]?.arn.split(":")[4];
  return { names: names.sort(byName), denied: denied.sort(byName), listed: listed.length, ...given({ accountId }) };
}

/** Upper and lower case side by side, and always in the same order. */
export function byName(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a === b) return one < other ? -1 : Number(one > other);
  return a < b ? -1 : 1;
}

async function allUsers(
  users: AccountWithUsers["users"],
  pathPrefix: string | undefined,
  progress: (count: number) => void,
): Promise<ListedUser[]> {
  // Pages that shift while they are read may show a user twice; IAM does not tell upper case from lower in names.
  const all = new Map<string, ListedUser>();
  let next: string | undefined;
  do {
    const page = await users.page(pathPrefix, next).catch((error: unknown) => {
      throw notListed(error);
    });
    for (const user of page.users) all.set(user.userName.toLowerCase(), user);
    next = page.next;
    progress(all.size);
  } while (next !== undefined);
  return [...all.values()];
}

/** Does something for each, some at a time. The first failure ends it: nothing is begun any more, or waited for. */
function forEach<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const failed = new AbortController();
  return new Promise((resolve, reject) => {
    const each = async (item: T) => {
      if (failed.signal.aborted) return;
      await work(item).catch((cause: unknown) => {
        reject(cause);
        failed.abort();
      });
    };
    const all = within({ cancelled: failed.signal }, () => inParallel(READ_AT_ONCE, items, each));
    void all.then(() => resolve());
  });
}

function notListed(error: unknown): unknown {
  if (!(error instanceof IamError)) return error;
  const advice =
    error.code === "AccessDenied"
      ? "Allow iam:ListUsers to the identity that runs this."
      : (error.advice ?? "Run the command again once the cause is gone.");
  return new LoginProfileError(`Could not list the IAM users: ${error.saying} ${advice}`);
}

function notRead(userName: string, arn: string, error: unknown): unknown {
  if (!(error instanceof IamError)) return error;
  const everyone = arn.replace(/:user\/.*$/, ":user/*");
  const advice =
    error.code === "AccessDenied"
      ? `Nothing was written, for the list would not be complete. Allow iam:GetLoginProfile on ${everyone} to the identity ` +
        "that runs this, read only a part of the users (--path-prefix), or leave out, and name, those who may not be read " +
        "(--skip-denied)."
      : (error.advice ?? "Run the command again once the cause is gone.");
  return new LoginProfileError(`Could not read the login profile of IAM user "${userName}": ${error.saying} ${advice}`);
}
