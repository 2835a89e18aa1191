import { createServer, type RequestListener, type Server } from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { generate } from "selfsigned";
import { Accounts } from "../../../provider/src/aws/accounts.ts";
import { awsSettings } from "../../../provider/src/aws/aws-settings.ts";
import { ServerClock } from "../../../provider/src/aws/clock.ts";
import { IamClient } from "../../../provider/src/aws/iam-client.ts";
import { stackSettings } from "../../../provider/src/aws/settings.ts";
import { keybaseOnTheWay, transport } from "../../../provider/src/aws/transport.ts";
import { fetchKeybaseKeys } from "../../../provider/src/recipients/keybase.ts";
import { scratchFile } from "../../support/scratch.ts";
import { Tunnel } from "../../support/tunnel.ts";

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
  const requestHandler = await transport(awsSettings(stackSettings((key) => settings[key])), undefined);
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

describe("a way on which passwords can be read", () => {
  const WARNING = /^warning: Requests to IAM at (\S+)( and STS at (\S+))? are not encrypted: .*https:\/\//;

  /** What is told of a way while an account is reached twice. */
  async function told(settings: Record<string, string>): Promise<string[]> {
    const lines: string[] = [];
    const tell = (line: string) => lines.push(line);
    const account = new Accounts(
      stackSettings((key) => settings[key]),
      tell,
    ).reach(undefined);
    await account.ready();
    await account.ready();
    return lines;
  }

  test("is told of once, with what to do, and without credentials in the endpoint", async () => {
    const endpoints = JSON.stringify([{ iam: "http://user:sesame@iam.example.com:4566/path" }]);
    const [line, ...others] = await told({ "aws:endpoints": endpoints });
    expect(others).toEqual([]);
    expect(line).toMatch(WARNING);
    expect(WARNING.exec(line ?? "")?.[1]).toBe("http://iam.example.com:4566");
  });

  test("is told of for STS too, in the same line", async () => {
    const http = "http://10.0.0.1";
    const [line, ...others] = await told({ "aws:endpoints": JSON.stringify([{ iam: http, sts: http }]) });
    expect(others).toEqual([]);
    expect(WARNING.exec(line ?? "")?.[3]).toBe(http);
  });

  test.each(["https://iam.example.com", "http://localhost:4566", "http://127.0.0.1:4566", "http://[::1]:4566"])(
    "is not %s",
    async (url) => {
      expect(await told({ "aws:endpoints": JSON.stringify([{ iam: url, sts: url }]) })).toEqual([]);
    },
  );

  test("is not that to AWS", async () => {
    expect(await told({})).toEqual([]);
  });
});

describe("Keybase", () => {
  const KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
  let certificate: { cert: string; key: string };
  let secured: https.Server;
  let tunnel: Tunnel;

  beforeAll(async () => {
    const { cert, private: key } = await generate([{ name: "commonName", value: "keybase.example.com" }], {
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "keybase.example.com" }] }],
    });
    certificate = { cert, key };
  });

  beforeEach(async () => {
    secured = https.createServer(certificate, (_, response) => response.end(KEY));
    await new Promise<void>((resolve) => secured.listen(0, "127.0.0.1", resolve));
    tunnel = await Tunnel.start(`http://127.0.0.1:${(secured.address() as AddressInfo).port}`);
  });

  afterEach(() => {
    tunnel.close();
    secured.closeAllConnections();
    secured.close();
  });

  /** Asked for a key, as settings say. */
  const asked = (settings: Record<string, string>) => {
    const all: Record<string, string> = {
      "aws-login-profile:keybaseUrl": "https://keybase.example.com",
      "aws:httpsProxy": tunnel.url,
      ...settings,
    };
    return fetchKeybaseKeys("alice", keybaseOnTheWay(stackSettings((key) => all[key])));
  };

  test("is reached through AWS's proxy, and trusted by AWS's certificates", async () => {
    expect(await asked({ "aws:customCaBundle": scratchFile("keybase.pem", certificate.cert) })).toEqual({
      armored: KEY,
    });
    expect(tunnel.asked).toEqual(["keybase.example.com:443"]);
  });

  test.each([{}, { "aws:insecure": "true" }])(
    "is not trusted without a certificate, whatever is said of AWS: %j",
    async (settings) => {
      expect(await asked(settings)).toMatchObject({
        problem: expect.stringContaining("cannot be reached: DEPTH_ZERO_SELF_SIGNED_CERT"),
      });
    },
  );

  test("is told of with the proxy that is in the way", async () => {
    tunnel.refusal = 407;
    expect(await asked({})).toMatchObject({
      problem: expect.stringContaining(
        `cannot be reached: The proxy ${new URL(tunnel.url).host} (the setting aws:httpsProxy) answered 407`,
      ),
    });
  });
});
