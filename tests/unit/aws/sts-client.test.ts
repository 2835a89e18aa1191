import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { IamError } from "../../../provider/src/aws/iam.ts";
import { StsClient } from "../../../provider/src/aws/sts-client.ts";

const TOKEN = "a-token-to-keep";
const PAGE = "<!DOCTYPE html><html><body>ECHO</body></html>";

let server: Server;
let answer: { status: number; body: string };

beforeEach(async () => {
  server = createServer(async (request, response) => {
    let sent = "";
    for await (const chunk of request) sent += chunk;
    response.writeHead(answer.status, { "content-type": "text/xml" });
    response.end(answer.body.replaceAll("ECHO", sent));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function failure(): Promise<unknown> {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sts = new StsClient({ endpoint, region: "us-east-1", maxAttempts: 1 }, undefined);
  const RoleArn = "arn:aws:iam::123456789012:role/admin";
  const role = { RoleArn, RoleSessionName: "test", WebIdentityToken: TOKEN };
  return sts.assumeRoleWithWebIdentity(role).catch((error: unknown) => error);
}

describe("an answer that is not of STS is told so, and not quoted:", () => {
  test.each([
    [407, PAGE, "local"],
    [200, PAGE, "local"],
    [200, "", "local"],
    [503, PAGE, "no connection"],
  ])("%d %s: %s", async (status, body, kind) => {
    answer = { status, body };
    const error = await failure();
    expect(error).toBeInstanceOf(IamError);
    const message = expect.stringContaining(`answered ${status} `);
    expect(error).toMatchObject({ code: "ForeignAnswer", kind, message });
    expect((error as Error).message).toContain("by something that is not STS");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(TOKEN);
  });
});

test("an answer of STS that cannot be read is not quoted", async () => {
  answer = { status: 200, body: `<AssumeRoleWithWebIdentityResponse><a></${TOKEN}>` };
  const error = await failure();
  expect(error).toMatchObject({ code: "UnreadableAnswer", kind: "no connection" });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(TOKEN);
});

test.each([
  [403, "AccessDenied", "local"],
  [400, "Throttling", "no connection"],
  [500, "InternalFailure", "no connection"],
])("%d %s of STS keeps its code and says what was asked: %s", async (status, code, kind) => {
  answer = { status, body: `<ErrorResponse><Error><Code>${code}</Code><Message>No.</Message></Error></ErrorResponse>` };
  expect(await failure()).toMatchObject({
    code,
    kind,
    message: "AssumeRoleWithWebIdentity of arn:aws:iam::123456789012:role/admin: No.",
    advice: expect.stringContaining("Check that the token is fresh"),
  });
});
