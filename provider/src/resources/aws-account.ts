/**
 * The account that a component's aws provider leads to. A console user is in one account: what its login profile's way
 * leads to is held against this one.
 */
import * as pulumi from "@pulumi/pulumi";

/** What the aws provider of a component is found by. */
export const USER = "aws:iam/user:User";

/** Who an aws provider acts for; a preview may have no answer. */
export interface CallerIdentity {
  accountId?: string;
}

/** The account of a console user by what its aws provider answers; undefined where that has no answer yet. */
export async function accountOf(name: string, identity: Promise<CallerIdentity>): Promise<string | undefined> {
  try {
    return (await identity).accountId;
  } catch (error) {
    throw new pulumi.RunError(
      `ConsoleUser "${name}": its aws provider could not say which account it leads to: ${(error as Error).message}`,
    );
  }
}

/** Whether a setting of the stack turns off that anybody is asked for the account. */
export function isAskedForAccount(...namespaces: string[]): boolean {
  return namespaces.every((name) => pulumi.runtime.getConfig(`${name}:skipRequestingAccountId`) !== "true");
}
