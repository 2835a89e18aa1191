import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ServerClock } from "../../../provider/src/aws/clock.ts";
import { IamError } from "../../../provider/src/aws/iam.ts";
import { IamClient } from "../../../provider/src/aws/iam-client.ts";
import { Secret } from "../../../provider/src/passwords/secret.ts";

let server: Server;
let answer: { status: number; body: string };
/** What the server was sent. */
let sent: string;

beforeEach(async () => {
  sent = "";
  server = createServer(async (request, response) => {
    for await (const chunk of request) sent += chunk;
    response.writeHead(answer.status, { "content-type": "text/xml", "x-amzn-requestid": "id-1" });
    response.end(answer.body.replaceAll("ECHO", sent));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function failureOf(
  password: string,
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  clock = new ServerClock(),
) {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new IamClient(async () => ({ endpoint, credentials, region: "us-east-1", maxAttempts: 1 }), clock);
  try {
    await client.update({ userName: "alice", password: new Secret(password) });
  } catch (error) {
    if (error instanceof IamError) return error;
    throw error;
  }
  throw new Error("The call succeeded.");
}

function refusal(status: number, code: string, message: string) {
  const text = message.replace(/[&<>\r]/g, (character) => `&#${character.charCodeAt(0)};`);
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>id-1</RequestId></ErrorResponse>`;
  return { status, body };
}

test("an error of IAM keeps its code, its sentence and its request id", async () => {
  answer = refusal(400, "PasswordPolicyViolation", "Password should have a minimum length of 14");
  expect(await failureOf("secret-123")).toMatchObject({
    code: "PasswordPolicyViolation",
    message: "Password should have a minimum length of 14",
    kind: "refused",
    requestId: "id-1",
  });
});

test.each(["secret-123", "sec\rret-123", "sec\r\nret\t-123", "<sec&ret>", "abc", "a"])(
  "a sentence that quotes the password %j is withheld",
  async (password) => {
    answer = refusal(400, "ValidationError", `The value '${password}' is not good`);
    expect((await failureOf(password)).message).toBe("(message withheld: it quotes the password)");
  },
);

test("a sentence that happens to hold a very short password is not withheld", async () => {
  answer = refusal(400, "PasswordPolicyViolation", "Password should have at least one digit");
  expect((await failureOf("a")).message).toBe("Password should have at least one digit");
});

test.each([
  [500, "ServiceFailure", "server error"],
  [503, "ServiceUnavailable", "server error"],
  [403, "AccessDenied", "refused"],
])("status %d with %s is told as: %s", async (status, code, kind) => {
  answer = refusal(status, code, "Injected");
  expect(await failureOf("secret-123")).toMatchObject({ code, kind });
});

describe("an answer that is not IAM's", () => {
  const PAGE = "<!DOCTYPE html><html><head><title>Sorry</title></head><body>ECHO</body></html>";

  test.each<[status: number, body: string, kind: string, says: string]>([
    [407, PAGE, "local", "answered 407 Proxy Authentication Required by something that is not IAM"],
    [403, PAGE, "local", "answered 403 Forbidden by something that is not IAM"],
    [403, "", "local", "answered 403 Forbidden by something that is not IAM"],
    [404, "<html><br></body>ECHO", "local", "answered 404 Not Found by something that is not IAM"],
    [302, "", "local", "answered 302 Found by something that is not IAM"],
    [200, PAGE, "local", "answered 200 OK by something that is not IAM"],
    [200, "", "local", "answered 200 OK by something that is not IAM"],
    [200, "ECHO", "local", "answered 200 OK by something that is not IAM"],
    [200, '{"echo":"ECHO"}', "local", "answered 200 OK by something that is not IAM"],
    [511, PAGE, "local", "answered 511 Network Authentication Required by something that is not IAM"],
    [500, PAGE, "server error", "answered 500 Internal Server Error by something that is not IAM"],
    [502, PAGE, "server error", "answered 502 Bad Gateway by something that is not IAM"],
    [503, "ECHO", "server error", "answered 503 Service Unavailable by something that is not IAM"],
    [504, "", "server error", "answered 504 Gateway Timeout by something that is not IAM"],
  ])("%d, %j, is told as: %s", async (status, body, kind, says) => {
    answer = { status, body };
    const failure = await failureOf("secret-123");
    expect(sent).toContain("secret-123");
    expect(failure).toMatchObject({ code: "ForeignAnswer", kind, message: expect.stringContaining(says) });
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain("secret-123");
  });

  test("is not read for ever", async () => {
    answer = { status: 200, body: `<UpdateLoginProfileResponse>${" ".repeat(2 ** 20)}</UpdateLoginProfileResponse>` };
    expect(await failureOf("secret-123")).toMatchObject({ code: "ForeignAnswer", kind: "local" });
  });

  test("tells nothing of the server's clock", async () => {
    answer = { status: 200, body: PAGE };
    const clock = new ServerClock();
    await failureOf("secret-123", undefined, clock);
    expect(clock.uncertainty).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("an answer of IAM's", () => {
  test.each([
    '<UpdateLoginProfileResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata/></UpdateLoginProfileResponse>',
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<UpdateLoginProfileResponse></UpdateLoginProfileResponse>',
  ])("is taken for what it is: %s", async (body) => {
    answer = { status: 200, body };
    await expect(failureOf("secret-123")).rejects.toThrow("The call succeeded.");
  });

  test("of the servers in front of it is a refusal", async () => {
    answer = { status: 404, body: "<UnknownOperationException/>" };
    expect(await failureOf("secret-123")).toMatchObject({ code: "NotFound", kind: "refused" });
  });

  test.each([
    "<UpdateLoginProfileResponse><secret-123>",
    "<UpdateLoginProfileResponse><a></secret-123>",
    "<UpdateLoginProfileResponse",
  ])("that is cut off may have been success, and is not quoted: %s", async (body) => {
    answer = { status: 200, body };
    const failure = await failureOf("secret-123");
    expect(failure).toMatchObject({ code: "UnreadableAnswer", kind: "no answer" });
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain("secret-123");
  });
});
