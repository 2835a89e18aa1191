import { Agent, createServer, type RequestListener, type Server } from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { generate } from "selfsigned";
import { Secret } from "../../../provider/src/passwords/secret.ts";
import { fetchKeybaseKeys } from "../../../provider/src/recipients/keybase.ts";
import { encryptTo, readRecipients, recipientProblems } from "../../../provider/src/recipients/recipients.ts";
import { opened, type Pair, pair, problems } from "../../support/recipients.ts";

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

describe("a Keybase user", () => {
  let alice: Pair;
  let bob: Pair;

  beforeAll(async () => {
    [alice, bob] = await Promise.all([pair("alice@example.com"), pair("bob@example.com")]);
  });

  const keybase = async (answer: RequestListener) => ({ url: await serve(answer) });
  const PGP_KEY = { pgpKey: "keybase:Alice_1" };

  test("is encrypted to with the key published there", async () => {
    const asked: (string | undefined)[] = [];
    const settings = await keybase(({ url }, response) => {
      asked.push(url);
      response.end(alice.publicKey);
    });
    const read = await readRecipients(PGP_KEY, settings);
    if (read === undefined || "problems" in read) throw new Error(JSON.stringify(read));
    const { encryptedPassword, keyFingerprint } = await encryptTo(new Secret("pass"), read.recipients);
    expect(await opened(encryptedPassword, alice)).toBe("pass");
    expect(keyFingerprint).toBe(alice.fingerprint);
    expect(asked).toEqual(["/alice_1/pgp_keys.asc"]);
  });

  test.each<[string, RequestListener, string]>([
    [
      "who does not exist",
      (_, response) => response.writeHead(404).end("404"),
      'pgpKey cannot be had from Keybase, which has no user "Alice_1". Correct the name.',
    ],
    [
      "who has no key",
      (_, response) => response.end("SELF-SIGNED PUBLIC KEY NOT FOUND"),
      'pgpKey cannot be had from Keybase, which has no PGP key of user "Alice_1". Ask its owner to add one (keybase pgp select).',
    ],
    [
      "while Keybase is broken",
      (_, response) => response.writeHead(503).end(alice.publicKey),
      "pgpKey cannot be had from Keybase, which answered with status 503 (URL/alice_1/pgp_keys.asc). " +
        "Try again, or give the key itself (gpg --export --armor alice@example.com).",
    ],
    [
      "while connections break",
      ({ socket }) => socket.destroy(),
      "pgpKey cannot be had from Keybase, which cannot be reached: ECONNRESET (URL/alice_1/pgp_keys.asc). " +
        "Try again, or give the key itself (gpg --export --armor alice@example.com).",
    ],
    [
      "while Keybase does not answer",
      () => {},
      "pgpKey cannot be had from Keybase, which gave no answer within 0.2 seconds (URL/alice_1/pgp_keys.asc). " +
        "Try again, or give the key itself (gpg --export --armor alice@example.com).",
    ],
    [
      "while the answer does not end",
      (_, response) => response.write(alice.publicKey),
      "pgpKey cannot be had from Keybase, which gave no answer within 0.2 seconds (URL/alice_1/pgp_keys.asc). " +
        "Try again, or give the key itself (gpg --export --armor alice@example.com).",
    ],
    [
      "with several keys",
      (_, response) => response.end(alice.publicKey + bob.publicKey),
      "pgpKey (keybase:Alice_1) holds 2 keys: key ALICE of <alice@example.com>; key BOB of <bob@example.com>. " +
        "Give the one that is meant: gpg --export --armor ALICE",
    ],
    [
      "with a key that cannot be read",
      (_, response) => response.end(alice.publicKey.slice(0, 200)),
      "pgpKey (keybase:Alice_1) cannot be read as a PGP public key. " +
        "Give it whole, with its ends of lines, as gpg --export --armor alice@example.com prints it.",
    ],
  ])("%s is a clear error", async (_, answer, message) => {
    const settings = { ...(await keybase(answer)), timeoutMs: 200 };
    const expected = message
      .replace("URL", settings.url)
      .replaceAll("ALICE", alice.fingerprint)
      .replaceAll("BOB", bob.fingerprint);
    expect(await problems(PGP_KEY, settings)).toEqual([expected]);
  });

  test("with nobody listening is a clear error", async () => {
    const { url } = await keybase(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await problems(PGP_KEY, { url })).toEqual([
      `pgpKey cannot be had from Keybase, which cannot be reached: ECONNREFUSED (${url}/alice_1/pgp_keys.asc). ` +
        "Try again, or give the key itself (gpg --export --armor alice@example.com).",
    ]);
  });

  test("is not asked for by a look at the arguments", async () => {
    expect(recipientProblems({ pgpKey: "keybase:nobody" })).toEqual([]);
  });
});
