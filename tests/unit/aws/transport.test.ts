import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "@jest/globals";
import { awsSettings } from "../../../provider/src/aws/aws-settings.ts";
import { ServerClock } from "../../../provider/src/aws/clock.ts";
import { IamClient } from "../../../provider/src/aws/iam-client.ts";
import { transport } from "../../../provider/src/aws/transport.ts";

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

/** IAM behind an address, reached as settings say. */
async function iamAt(endpoint: string, settings: Record<string, string>): Promise<IamClient> {
  const requestHandler = await transport(
    awsSettings((key) => settings[key]),
    undefined,
  );
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const config = { endpoint, credentials, region: "us-east-1", maxAttempts: 1, requestHandler };
  return new IamClient(async () => config, new ServerClock());
}

test.each<[where: string, answer: RequestListener]>([
  ["before it begins", () => {}],
  ["in its middle", (_, response) => response.writeHead(200).write("<GetLoginProfileResponse>")],
])(
  "an answer that stops %s is waited for as long as readTimeout says",
  async (_, answer) => {
    const iam = await iamAt(await serve(answer), { "aws-login-profile:readTimeout": "0.3" });
    await expect(iam.get("alice")).rejects.toMatchObject({ kind: "no answer" });
  },
  5_000,
);
