import { Agent, createServer, type RequestListener, type Server } from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as openpgp from "openpgp";
import { generate } from "selfsigned";
import { Secret } from "../../../provider/src/passwords/secret.ts";
import { fetchKeybaseKeys } from "../../../provider/src/recipients/keybase.ts";
import { encryptTo, readRecipients, recipientProblems } from "../../../provider/src/recipients/recipients.ts";
import { made, subkey } from "../../support/pgp-keys.ts";
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

  beforeAll(async () => {
    alice = await pair("alice@example.com");
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
      "with a key that is cut off",
      (_, response) => response.end(alice.publicKey.slice(0, 200)),
      "pgpKey (keybase:Alice_1) is cut off: its end is missing. " +
        "Give it whole, as gpg --export --armor alice@example.com prints it.",
    ],
  ])("%s is a clear error", async (_, answer, message) => {
    const settings = { ...(await keybase(answer)), timeoutMs: 200 };
    expect(await problems(PGP_KEY, settings)).toEqual([message.replace("URL", settings.url)]);
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

describe("a Keybase user with several keys", () => {
  let settings: { url: string };
  let keys: Record<"first" | "second" | "revoked" | "expired" | "six", Pair>;
  let published: string[];

  beforeAll(async () => {
    const past = { date: new Date("2020-03-01T00:00:00Z"), keyExpirationTime: 86_400 };
    const [first, second, revoked, expired, six] = await Promise.all([
      pair("first@example.com"),
      pair("second@example.com"),
      pair("revoked@example.com"),
      pair("expired@example.com", past),
      pair("six@example.com", { config: { v6Keys: true } }),
    ]);
    const { publicKey } = await openpgp.revokeKey({ key: revoked.privateKey });
    keys = { first, second, revoked: { ...revoked, publicKey }, expired, six };
  });

  beforeEach(async () => {
    const url = await serve((_, response) => response.end(published.join("")));
    settings = { url };
  });

  const publish = (...names: (keyof typeof keys)[]) => {
    published = names.map((name) => keys[name].publicKey);
  };

  async function encryptedTo(pgpKey: string): Promise<string> {
    const read = await readRecipients({ pgpKey }, settings);
    if (read === undefined || "problems" in read) throw new Error(JSON.stringify(read));
    return (await encryptTo(new Secret("pass"), read.recipients)).keyFingerprint;
  }

  /** Names of keys in a sentence, in place of which their fingerprints are expected. */
  const filled = (sentence: string) =>
    sentence.replaceAll(/[A-Z]{3,}/g, (name) => keys[name.toLowerCase() as keyof typeof keys]?.fingerprint ?? name);

  test("is encrypted to with the one that can be, wherever it stands", async () => {
    publish("revoked", "first", "expired");
    expect(await encryptedTo("keybase:alice")).toBe(keys.first.fingerprint);
    published.push((await made({ version: 5, subkeys: [{ packet: await subkey() }] })).publicKey);
    expect(await encryptedTo("keybase:alice")).toBe(keys.first.fingerprint);
  });

  test("is refused where several can be, with all of them and how to choose", async () => {
    publish("first", "expired", "second");
    expect(await problems({ pgpKey: "keybase:Alice" }, settings)).toEqual([
      filled(
        "pgpKey (keybase:Alice) has 2 keys that can be encrypted to: key FIRST of <first@example.com>; " +
          "key SECOND of <second@example.com>. Choose one: keybase:Alice#FIRST",
      ),
    ]);
  });

  test.each<[string, (fingerprint: string) => string]>([
    ["fingerprint", (fingerprint) => fingerprint],
    ["fingerprint in small letters", (fingerprint) => fingerprint.toLowerCase()],
    [
      "fingerprint as gpg prints it",
      (fingerprint) => ` ${fingerprint.replace(/.{4}/g, "$& ").replace(/.{25}/, "$& ")}`,
    ],
    ["key id", (fingerprint) => (fingerprint.length === 64 ? fingerprint.slice(0, 16) : fingerprint.slice(-16))],
  ])("is encrypted to with the one that is chosen by its %s", async (_, written) => {
    publish("first", "second", "six");
    for (const { fingerprint } of [keys.first, keys.second, keys.six]) {
      expect(await encryptedTo(`keybase:alice#${written(fingerprint)}`)).toBe(fingerprint);
    }
  });

  test("is refused where another key is asked for than those that are there", async () => {
    publish("first");
    const fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567";
    expect(await problems({ pgpKey: `keybase:alice#${fingerprint.toLowerCase()}` }, settings)).toEqual([
      filled(
        `pgpKey (keybase:alice#${fingerprint}) is none of the keys at Keybase: key FIRST of <first@example.com>. Correct the fingerprint.`,
      ),
    ]);
  });

  test("is refused where the chosen one cannot be encrypted to, though another can", async () => {
    publish("first", "revoked");
    expect(await problems({ pgpKey: filled("keybase:alice#REVOKED") }, settings)).toEqual([
      filled(
        "pgpKey (keybase:alice#REVOKED): key REVOKED of <revoked@example.com> was revoked. " +
          "Ask its owner for the key in use now (gpg --export --armor alice@example.com).",
      ),
    ]);
  });

  test("is refused where none can be encrypted to, with the reason of each", async () => {
    publish("revoked", "expired");
    expect(await problems({ pgpKey: "keybase:alice" }, settings)).toEqual([
      filled(
        "pgpKey (keybase:alice) has 2 keys, and none can be encrypted to. First, key REVOKED of <revoked@example.com> was revoked. " +
          "Ask its owner for the key in use now (gpg --export --armor alice@example.com). " +
          "Then, key EXPIRED of <expired@example.com> expired on 2020-03-02. " +
          "Its owner can extend it (gpg --quick-set-expire EXPIRED 1y); then give the key anew (gpg --export --armor EXPIRED).",
      ),
    ]);
  });

  test("is refused where none can be read", async () => {
    published = [(await made({ version: 5, subkeys: [{ packet: await subkey() }] })).publicKey];
    expect(await problems({ pgpKey: "keybase:alice" }, settings)).toEqual([
      "pgpKey (keybase:alice) is a key of version 5, which cannot be encrypted to here. " +
        "Ask its owner for an ordinary one (gpg --full-generate-key).",
    ]);
  });
});
