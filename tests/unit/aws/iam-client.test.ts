import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { ServerClock } from "../../../provider/src/aws/clock.ts";
import { IamError } from "../../../provider/src/aws/iam.ts";
import { IamClient } from "../../../provider/src/aws/iam-client.ts";
import { Secret } from "../../../provider/src/passwords/secret.ts";

let server: Server;
let answer: { status: number; body: string };

beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, { "content-type": "text/xml", "x-amzn-requestid": "id-1" });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function failureOf(password: string, endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`) {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new IamClient(
    async () => ({ endpoint, credentials, region: "us-east-1", maxAttempts: 1 }),
    new ServerClock(),
  );
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
