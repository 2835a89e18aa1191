/** Requests over real sockets: which way they take, and what is said where a proxy is in the way. */
import * as http from "node:http";
import * as https from "node:https";
import { type AddressInfo, connect } from "node:net";
import * as tls from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { generate } from "selfsigned";
import { agents, bypass, type ProxySettings } from "../../../provider/src/aws/proxies.ts";
import { proxyIn } from "../../../provider/src/aws/proxy-url.ts";
import { stackKeyOf } from "../../../provider/src/aws/settings.ts";
import { Secret } from "../../../provider/src/passwords/secret.ts";
import { Socks } from "../../support/socks.ts";
import { Tunnel } from "../../support/tunnel.ts";

/** Nothing listens here. */
const NOWHERE = "127.0.0.1:9";
const VARIABLES = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

/** What requests reach in the end, over TLS; and a proxy for plain HTTP, which notes what it is asked for. */
let origin: https.Server;
let certificate: { cert: string; key: string };
let tunnel: Tunnel;
let plain: http.Server;
let asked: { url: string | undefined; authorization: string | undefined }[];
const environment = { ...process.env };

beforeAll(async () => {
  const { cert, private: key } = await generate([{ name: "commonName", value: "iam.example.com" }]);
  certificate = { cert, key };
  origin = https.createServer(certificate, (_, response) => response.end("from the origin"));
  plain = http.createServer(({ url, headers }, response) => {
    asked.push({ url, authorization: headers["proxy-authorization"] });
    response.end("from the proxy");
  });
  for (const server of [origin, plain]) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  for (const server of [origin, plain]) {
    server.closeAllConnections();
    server.close();
  }
});

beforeEach(async () => {
  asked = [];
  tunnel = await Tunnel.start(addressOf(origin));
  for (const name of VARIABLES) {
    delete process.env[name];
    delete process.env[name.toUpperCase()];
  }
});

afterEach(() => {
  tunnel.close();
  process.env = { ...environment };
});

function addressOf(server: http.Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const hostOf = (url: string) => new URL(url).host;

function settings({ http: plainProxy, https: tlsProxy, no }: { http?: string; https?: string; no?: string }) {
  return {
    ...(plainProxy === undefined ? {} : { http: new Secret(plainProxy) }),
    ...(tlsProxy === undefined ? {} : { https: new Secret(tlsProxy) }),
    ...(no === undefined ? {} : { no }),
  } satisfies ProxySettings;
}

/** What a request is answered with: its text, or the error. */
async function get(url: string, proxies: Parameters<typeof settings>[0] = {}): Promise<string> {
  const { httpAgent, httpsAgent } = agents(settings(proxies), stackKeyOf, { rejectUnauthorized: false });
  const isPlain = url.startsWith("http:");
  return new Promise((resolve, reject) => {
    const answered = (response: http.IncomingMessage) => {
      response.setEncoding("utf8").on("data", resolve);
    };
    const request = isPlain
      ? http.get(url, { agent: httpAgent }, answered)
      : https.get(url, { agent: httpsAgent }, answered);
    request.on("error", reject);
  });
}

describe("a proxy is that of", () => {
  const HTTPS = "https://iam.example.com/";

  test.each(["https_proxy", "HTTPS_PROXY"])("%s for https URLs", async (name) => {
    process.env[name] = tunnel.url;
    expect(await get(HTTPS)).toBe("from the origin");
    expect(tunnel.asked).toEqual(["iam.example.com:443"]);
  });

  test.each(["http_proxy", "HTTP_PROXY"])("%s for http URLs", async (name) => {
    process.env[name] = addressOf(plain);
    expect(await get("http://iam.example.com/a")).toBe("from the proxy");
    expect(asked).toEqual([{ url: "http://iam.example.com/a", authorization: undefined }]);
  });

  test("the variable in small letters where both are set", async () => {
    Object.assign(process.env, { https_proxy: tunnel.url, HTTPS_PROXY: NOWHERE });
    expect(await get(HTTPS)).toBe("from the origin");
  });

  test("aws:httpProxy for https URLs too, where nobody names one for them", async () => {
    expect(await get(HTTPS, { http: tunnel.url })).toBe("from the origin");
    expect(tunnel.asked).toEqual(["iam.example.com:443"]);
  });

  test("HTTPS_PROXY for https URLs, before aws:httpProxy", async () => {
    process.env.HTTPS_PROXY = tunnel.url;
    expect(await get(HTTPS, { http: NOWHERE })).toBe("from the origin");
  });

  test("the settings before the environment's", async () => {
    process.env.HTTPS_PROXY = NOWHERE;
    expect(await get(HTTPS, { https: tunnel.url })).toBe("from the origin");
  });

  test("ALL_PROXY last of all", async () => {
    Object.assign(process.env, { ALL_PROXY: NOWHERE, HTTPS_PROXY: tunnel.url });
    expect(await get(HTTPS)).toBe("from the origin");
    Object.assign(process.env, { ALL_PROXY: tunnel.url, HTTPS_PROXY: "" });
    expect(await get(HTTPS)).toBe("from the origin");
  });

  test("nobody where a setting is empty", async () => {
    Object.assign(process.env, { HTTPS_PROXY: NOWHERE, HTTP_PROXY: NOWHERE });
    await expect(get("https://iam.invalid/", { https: "" })).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(get("http://iam.invalid/", { http: "" })).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  test("nobody for this machine", async () => {
    Object.assign(process.env, { HTTP_PROXY: NOWHERE, HTTPS_PROXY: NOWHERE });
    expect(await get(addressOf(plain))).toBe("from the proxy");
    expect(await get(addressOf(origin).replace("http:", "https:"))).toBe("from the origin");
  });

  test("nobody for a host that aws:noProxy lists, and NO_PROXY only without it", async () => {
    process.env.NO_PROXY = "example.com";
    expect(await get(HTTPS, { https: tunnel.url, no: "example.org" })).toBe("from the origin");
    await expect(get("https://iam.invalid/", { https: tunnel.url, no: "invalid" })).rejects.toMatchObject({
      code: "ENOTFOUND",
    });
  });
});

describe("a proxy may be given", () => {
  test("without a scheme", async () => {
    expect(await get("https://iam.example.com/", { https: hostOf(tunnel.url) })).toBe("from the origin");
    expect(await get("http://iam.example.com/", { http: hostOf(addressOf(plain)) })).toBe("from the proxy");
  });

  test.each([
    ["alice:secret", "alice:secret"],
    ["al%40ice:se%2Fcret%25", "al@ice:se/cret%"],
    ["alice:100%", "alice:100%"],
    ["a%lice:50%zz", "a%lice:50%zz"],
    ["alice:p@ss", "alice:p@ss"],
    ["alice", "alice:"],
    ["alice:p%C3%A4ss", "alice:päss"],
    ["alice:päss", "alice:päss"],
  ])("with the user %s", async (userInfo, credentials) => {
    const expected = `Basic ${Buffer.from(credentials).toString("base64")}`;
    await get("https://iam.example.com/", { https: `http://${userInfo}@${hostOf(tunnel.url)}` });
    await get("http://iam.example.com/", { http: `${userInfo}@${hostOf(addressOf(plain))}` });
    expect([...tunnel.authorizations, ...asked.map(({ authorization }) => authorization)]).toEqual([
      expected,
      expected,
    ]);
  });

  test("with a code that is no UTF-8", async () => {
    await get("https://iam.example.com/", { https: `http://alice:p%E4ss@${hostOf(tunnel.url)}` });
    expect(tunnel.authorizations).toEqual([`Basic ${Buffer.from("alice:päss", "latin1").toString("base64")}`]);
  });

  test("behind TLS", async () => {
    const secured = tls.createServer(certificate, (socket) => {
      const onward = connect(Number(new URL(tunnel.url).port), "127.0.0.1");
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((resolve) => secured.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = secured.address() as AddressInfo;
      expect(await get("https://iam.example.com/", { https: `https://127.0.0.1:${port}` })).toBe("from the origin");
      expect(tunnel.asked).toEqual(["iam.example.com:443"]);
    } finally {
      secured.close();
    }
  });

  test.each(["socks5", "socks5h"])("as %s, and looks hosts up itself", async (scheme) => {
    const socks = await Socks.start(addressOf(origin), "al@ice:100%");
    try {
      process.env.ALL_PROXY = `${scheme}://al%40ice:100%@${socks.host}`;
      expect(await get("https://iam.invalid/")).toBe("from the origin");
      expect(socks.asked).toEqual(["iam.invalid:443"]);
    } finally {
      socks.close();
    }
  });

  test("as SOCKS for plain HTTP", async () => {
    const socks = await Socks.start(addressOf(plain));
    try {
      expect(await get("http://iam.invalid/b", { http: `socks5://${socks.host}` })).toBe("from the proxy");
      expect(asked).toMatchObject([{ url: "/b" }]);
    } finally {
      socks.close();
    }
  });
});

describe("an error names the proxy and who gave it, and never shows a password:", () => {
  const HTTPS = "https://iam.example.com/";

  test.each<[name: string, proxy: string, error: object]>([
    [
      "one that is not there",
      `http://alice:sesame@${NOWHERE}`,
      {
        code: "ECONNREFUSED",
        kind: "no connection",
        message: `The proxy ${NOWHERE} (HTTPS_PROXY) cannot be used: connect ECONNREFUSED ${NOWHERE}`,
      },
    ],
    [
      "one whose name is not known",
      "http://alice:sesame@proxy.invalid",
      {
        code: "ENOTFOUND",
        kind: "local",
        message: expect.stringMatching(
          /^The proxy proxy\.invalid:80 \(HTTPS_PROXY\) cannot be used: getaddrinfo ENOTFOUND/,
        ),
      },
    ],
    [
      "SOCKS that is not there",
      `socks5://alice:sesame@${NOWHERE}`,
      {
        code: "ProxyFailed",
        kind: "no connection",
        message: expect.stringMatching(`^The proxy ${NOWHERE} \\(HTTPS_PROXY\\) cannot be used: .*ECONNREFUSED`),
      },
    ],
  ])("%s", async (_, proxy, error) => {
    process.env.HTTPS_PROXY = proxy;
    await expect(get(HTTPS)).rejects.toMatchObject(error);
    await expect(get(HTTPS)).rejects.not.toThrow("sesame");
  });

  test("SOCKS with the wrong password", async () => {
    const socks = await Socks.start(addressOf(origin), "alice:other");
    try {
      const failure = get(HTTPS, { https: `socks5://alice:sesame@${socks.host}` });
      await expect(failure).rejects.toMatchObject({ code: "ProxyFailed", kind: "no connection" });
      await expect(failure).rejects.not.toThrow("sesame");
    } finally {
      socks.close();
    }
  });

  test.each([
    [407, "local", "answered 407 Proxy Authentication Required", "Give its user name and password with it"],
    [403, "local", "answered 403 Forbidden", "aws:noProxy"],
    [503, "no connection", "answered 503 Service Unavailable", "aws:noProxy"],
  ])("one that answers %d", async (status, kind, message, advice) => {
    tunnel.refusal = status;
    await expect(get(HTTPS, { https: tunnel.url })).rejects.toMatchObject({
      code: "ProxyRefused",
      kind,
      message: `The proxy ${hostOf(tunnel.url)} (the setting aws:httpsProxy) ${message}`,
      advice: expect.stringContaining(advice),
    });
  });
});

describe("a text that names no proxy is refused:", () => {
  test.each([
    ["alice:sesame#1@proxy:3128", "is not the host and port of a proxy"],
    ["http://alice:ses/ame@proxy:3128", "is not the host and port of a proxy"],
    ["http://alice:1?sesame@proxy:3128", "is not the host and port of a proxy"],
    ["http://", "is not the host and port of a proxy"],
    ["http://proxy:3128/sesame.pac", "is not the host and port of a proxy"],
    ["socks4://alice:sesame@proxy", "must begin with http://, https://, socks5:// or socks5h://"],
    ["ftp://alice:sesame@proxy", "must begin with http://, https://, socks5:// or socks5h://"],
  ])("%s", (text, why) => {
    const refusal = () => proxyIn(text, "HTTPS_PROXY");
    expect(refusal).toThrow(`The proxy that HTTPS_PROXY names cannot be used: it ${why}`);
    expect(refusal).not.toThrow("sesame");
  });
});

test.each<[list: string, host: string, port: number, goesDirect: boolean]>([
  ["", "iam.amazonaws.com", 443, false],
  ["*", "iam.amazonaws.com", 443, true],
  ["amazonaws.com", "iam.amazonaws.com", 443, true],
  ["amazonaws.com", "amazonaws.com", 443, true],
  [".amazonaws.com", "iam.amazonaws.com", 443, true],
  [".amazonaws.com", "amazonaws.com", 443, false],
  ["*.amazonaws.com", "iam.amazonaws.com", 443, true],
  ["*.amazonaws.com", "amazonaws.com", 443, false],
  ["iam.amazonaws.com", "IAM.amazonaws.com", 443, true],
  ["IAM.Amazonaws.com", "iam.amazonaws.com", 443, true],
  ["amazonaws.com", "notamazonaws.com", 443, false],
  ["local, internal", "iam.internal", 443, true],
  ["local internal", "iam.internal", 80, true],
  ["internal:8443", "iam.internal", 8443, true],
  ["internal:8443", "iam.internal", 443, false],
  [":8443", "iam.internal", 8443, false],
  ["bücher.example", "iam.xn--bcher-kva.example", 443, true],
  ["10.1.2.3", "10.1.2.3", 80, true],
  ["10.1.2.3:80", "10.1.2.3", 80, true],
  ["10.1.2.3:80", "10.1.2.3", 443, false],
  ["10.0.0.0/8", "10.1.2.3", 443, true],
  ["10.0.0.0/8", "11.1.2.3", 443, false],
  ["10.0.0.0/99", "10.1.2.3", 443, false],
  ["3", "10.1.2.3", 443, false],
  ["fd00::/8", "[fd12::1]", 443, true],
  ["fd00::/8", "[fe12::1]", 443, false],
  ["FD00:0::1", "fd00::1", 443, true],
  ["[fd00::1]", "fd00::1", 443, true],
  ["[fd00::1]:443", "fd00::1", 443, true],
  ["[fd00::1]:443", "fd00::1", 80, false],
  ["", "localhost", 80, true],
  ["", "127.1.2.3", 80, true],
  ["", "::1", 80, true],
  ["", "[::1]", 80, true],
  ["", "localhost.example.com", 80, false],
])("of the list %j, %s:%d goes direct: %p", (list, host, port, goesDirect) => {
  expect(bypass(list)(host, port)).toBe(goesDirect);
});
