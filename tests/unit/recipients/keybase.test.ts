import { Agent, createServer, type RequestListener, type Server } from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { generate } from "selfsigned";
import { fetchKeybaseKeys } from "../../../provider/src/recipients/keybase.ts";

const KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\nof alice";
const TRY_AGAIN = "Try again, or give the key itself (gpg --export --armor alice@example.com).";

let certificate: { cert: string; key: string };
const servers: Server[] = [];

beforeAll(async () => {
  const altNames = [{ type: 7 as const, ip: "127.0.0.1" }];
  const { cert, private: key } = await generate([{ name: "commonName", value: "keybase" }], {
    extensions: [{ name: "subjectAltName", altNames }],
  });
  certificate = { cert, key };
});

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(answer: RequestListener, tls = false): Promise<string> {
  const server = tls ? https.createServer(certificate, answer) : createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Whoever asks for a key is sent on; elsewhere, one is given. */
const sendingTo =
  (location: string): RequestListener =>
  ({ url }, response) =>
    url === "/elsewhere" ? response.end(KEY) : response.writeHead(302, { location }).end();

const agents = async () => ({ httpAgent: new Agent(), httpsAgent: new https.Agent({ ca: certificate.cert }) });

describe("a redirect", () => {
  test("is followed on the same host", async () => {
    const url = await serve(sendingTo("/elsewhere"));
    expect(await fetchKeybaseKeys("alice", { url })).toEqual({ armored: KEY });
  });

  test("is followed to https", async () => {
    const secure = await serve(sendingTo(""), true);
    const url = await serve(sendingTo(`${secure}/elsewhere`));
    expect(await fetchKeybaseKeys("alice", { url, agents })).toEqual({ armored: KEY });
  });

  test("is not followed to another host", async () => {
    const other = (await serve(sendingTo(""))).replace("127.0.0.1", "localhost");
    const url = await serve(sendingTo(`${other}/elsewhere`));
    const problem = `answered with status 302 (${url}/alice/pgp_keys.asc). ${TRY_AGAIN}`;
    expect(await fetchKeybaseKeys("alice", { url })).toEqual({ problem });
  });

  test("is not followed from https to http", async () => {
    const plain = await serve(sendingTo(""));
    const url = await serve(sendingTo(`${plain}/elsewhere`), true);
    const problem = `answered with status 302 (${url}/alice/pgp_keys.asc). ${TRY_AGAIN}`;
    expect(await fetchKeybaseKeys("alice", { url, agents })).toEqual({ problem });
  });

  test("is not followed for ever", async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      response.writeHead(302, { location: "/again" }).end();
    });
    expect(await fetchKeybaseKeys("alice", { url })).toMatchObject({
      problem: expect.stringContaining("answered with status 302"),
    });
    expect(asked).toBe(4);
  });
});

test("an answer of more than 1 MiB is not read", async () => {
  const url = await serve((_, response) => response.end(KEY.padEnd(2 ** 20 + 1)));
  const problem = `answered with more than 1 MiB (${url}/alice/pgp_keys.asc). ${TRY_AGAIN}`;
  const answer = await fetchKeybaseKeys("alice", { url });
  expect("problem" in answer && answer.problem).toBe(problem);
});

test("an answer of just 1 MiB is", async () => {
  const url = await serve((_, response) => response.end(KEY.padEnd(2 ** 20)));
  expect(await fetchKeybaseKeys("alice", { url })).toHaveProperty("armored");
});
