/**
 * The account that a component's aws provider leads to. A console user is in one account: what its login profile's way
 * leads to is held against this one.
 */
import * as pulumi from "@pulumi/pulumi";
import { fromWire } from "../dynamic/wire";

/** What the aws provider of a component is found by. */
export const USER = "aws:iam/user:User";

/** The account of a caller identity that was asked for through that provider; undefined where a preview cannot ask yet. */
export async function accountOf(identity: pulumi.Output<unknown>): Promise<string | undefined> {
  return (await ifKnown<{ accountId?: string }>(identity))?.accountId;
}

/** The value of an output; undefined where a preview does not know it. */
export async function ifKnown<T>(output: pulumi.Output<unknown>): Promise<T | undefined> {
  const { value } = fromWire(await pulumi.runtime.serializeProperties("value", { value: output }));
  return typeof value === "symbol" ? undefined : (value as T | undefined);
}

/** Whether a setting of the stack turns off that anybody is asked for the account. */
export function isAskedForAccount(...namespaces: string[]): boolean {
  return namespaces.every((name) => pulumi.runtime.getConfig(`${name}:skipRequestingAccountId`) !== "true");
}
