/** A machine whose clock is off, against a server that refuses signatures of more than five minutes' age, on the wire. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { Accounts } from "../../../provider/src/aws/accounts.ts";
import { stackSettings } from "../../../provider/src/aws/settings.ts";
import { Secret } from "../../../provider/src/passwords/secret.ts";
import { awsError, LocalAws, type Request } from "../../support/local-aws.ts";

const MINUTE = 60_000;

let aws: LocalAws;
const usual = { ...process.env };

beforeAll(async () => {
  aws = await LocalAws.start();
});
afterAll(() => aws.close());

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  const files = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: "KEY",
    AWS_SECRET_ACCESS_KEY: "s",
    ...files,
  });
});

afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in usual)) delete process.env[name];
  Object.assign(process.env, usual);
  aws.decide = () => undefined;
  aws.ahead = 0;
  aws.take();
});

const account = (settings: Record<string, string> = {}) =>
  new Accounts(
    stackSettings((key) => ({ "aws:maxRetries": "1", ...settings })[key]),
    () => {},
  ).reach(undefined);

/** Sets the server's clock, which refuses signatures that are too old or too new for it, in IAM's words. */
function serverAhead(minutes: number, code = "SignatureDoesNotMatch"): void {
  aws.ahead = minutes * MINUTE;
  aws.decide = ({ signedAt }) => {
    const age = Date.now() + aws.ahead - (signedAt?.getTime() ?? 0);
    return Math.abs(age) > 5 * MINUTE ? awsError(403, code, "Signature expired") : undefined;
  };
}

const operations = (requests: Request[]) => requests.map(({ what }) => what);

async function failure(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (thrown: Error & { code?: string; advice?: string }) => thrown,
  );
  return `${error?.code}: ${error?.message} ${error?.advice}`;
}

describe("a clock that is off", () => {
  test.each([17, -17, 26 * 60])("by %d minutes costs IAM one call more, and only the first time", async (minutes) => {
    serverAhead(minutes);
    const { profiles } = account();
    await profiles.get("alice");
    expect(operations(aws.take())).toEqual(["GetLoginProfile", "GetLoginProfile"]);
    await profiles.get("alice");
    expect(operations(aws.take())).toEqual(["GetLoginProfile"]);
  });

  test.each([
    "AuthFailure",
    "InvalidSignatureException",
    "RequestExpired",
    "RequestInTheFuture",
    "RequestTimeTooSkewed",
  ])("is told by the code %s too", async (code) => {
    serverAhead(17, code);
    await account().profiles.get("alice");
    expect(aws.take()).toHaveLength(2);
  });

  test("does not keep STS from answering, however often it is tried", async () => {
    serverAhead(-17);
    const roles = { "aws:assumeRoles": '[{"roleArn":"arn:aws:iam::123456789012:role/admin"}]' };
    await account(roles).profiles.get("alice");
    expect(operations(aws.take())).toEqual(["AssumeRole", "AssumeRole", "GetLoginProfile", "GetLoginProfile"]);
    expect(await account({ "aws:maxRetries": "9" }).id("alice")).toBe("123456789012");
    expect(operations(aws.take())).toEqual(["GetCallerIdentity", "GetCallerIdentity"]);
  });
});

describe("where the signature is refused all the same", () => {
  const refuse = (code: string) => {
    aws.decide = () => awsError(403, code, "The request signature we calculated does not match");
  };

  test.each([
    [17, "17 minutes behind"],
    [-17, "17 minutes ahead of"],
    [180, "3 hours behind"],
    [-3 * 24 * 60, "3 days ahead of"],
  ])("the error of IAM and of STS says by how much the clock is off: %d", async (minutes, words) => {
    refuse("SignatureDoesNotMatch");
    aws.ahead = minutes * MINUTE;
    const sentence = `This machine's clock is ${words} the server's`;
    expect(await failure(account().profiles.get("alice"))).toContain(`SignatureDoesNotMatch: `);
    expect(aws.take()).toHaveLength(2);
    expect(await failure(account().profiles.get("alice"))).toContain(sentence);
    expect(await failure(account().id("alice"))).toContain(sentence);
  });

  test.each([
    [0, "SignatureDoesNotMatch"],
    [3, "SignatureDoesNotMatch"],
    [17, "AccessDenied"],
    [17, "InvalidClientTokenId"],
  ])("it is not blamed on a clock that is %d minutes off, nor for another cause: %s", async (minutes, code) => {
    refuse(code);
    aws.ahead = minutes * MINUTE;
    const password = new Secret("Correct-Horse-7");
    expect(await failure(account().profiles.create({ userName: "alice", password }, false))).not.toContain("clock");
    expect(operations(aws.take())).toEqual(["CreateLoginProfile"]);
  });
});
