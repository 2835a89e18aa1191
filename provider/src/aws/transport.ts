import { readFile } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import { BlockList, isIP } from "node:net";
import type { NodeHttpHandlerOptions } from "@smithy/types";
import type { AgentConnectOpts } from "agent-base";
import { LoginProfileError } from "../common/errors";
import type { AwsSettings } from "./aws-settings";
import { withHome } from "./shared-files";

/** How requests travel: time limits, certificates, proxies. */
export async function transport(
  { readTimeout, connectTimeout, insecure, caBundle, proxies, nameOf }: AwsSettings,
  profileCaBundle: string | undefined,
): Promise<NodeHttpHandlerOptions> {
  const bundle = caBundle ?? process.env.AWS_CA_BUNDLE ?? profileCaBundle;
  const options: https.AgentOptions = {
    keepAlive: true,
    maxSockets: 50,
    ...(insecure
      ? { rejectUnauthorized: false }
      : bundle
        ? { ca: await certificates(bundle, nameOf("customCaBundle")) }
        : {}),
  };
  return {
    connectionTimeout: connectTimeout,
    requestTimeout: readTimeout,
    throwOnRequestTimeout: true,
    ...agents(options, {
      http: proxies.http?.reveal() ?? variable("HTTP_PROXY"),
      https: proxies.https?.reveal() ?? variable("HTTPS_PROXY"),
      no: proxies.no ?? variable("NO_PROXY") ?? "",
    }),
  };
}

async function certificates(path: string, setting: string): Promise<string> {
  try {
    return await readFile(withHome(path), "utf8");
  } catch (error) {
    throw new LoginProfileError(
      `The file of certificates ${path} (${setting}, AWS_CA_BUNDLE or ca_bundle) cannot be read: ${(error as NodeJS.ErrnoException).code}. ` +
        "Correct the path.",
    );
  }
}

function agents(
  options: https.AgentOptions,
  proxy: { http: string | undefined; https: string | undefined; no: string },
) {
  const direct = { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
  if (proxy.http === undefined && proxy.https === undefined) return direct;
  const { Agent }: typeof import("agent-base") = require("agent-base");
  const { HttpProxyAgent }: typeof import("http-proxy-agent") = require("http-proxy-agent");
  const { HttpsProxyAgent }: typeof import("https-proxy-agent") = require("https-proxy-agent");
  const proxied = {
    httpAgent: proxy.http === undefined ? direct.httpAgent : new HttpProxyAgent(proxy.http, options),
    httpsAgent: proxy.https === undefined ? direct.httpsAgent : new HttpsProxyAgent(proxy.https, options),
  };
  const goesDirect = bypass(proxy.no);
  class Route extends Agent {
    override connect(_: http.ClientRequest, { host, port, secureEndpoint }: AgentConnectOpts) {
      const way = goesDirect(host ?? "", Number(port)) ? direct : proxied;
      return secureEndpoint ? way.httpsAgent : way.httpAgent;
    }
  }
  const route = new Route(options);
  return { httpAgent: route, httpsAgent: route as unknown as https.Agent };
}

/** Environment variables of proxies are written in capitals, or not. */
function variable(name: string): string | undefined {
  return process.env[name] || process.env[name.toLowerCase()] || undefined;
}

/**
 * Which hosts a list such as `localhost,.internal,10.0.0.0/8,example.com:8443` lets pass by the
 * proxy: a name stands for its subdomains too, `*` for every host.
 */
export function bypass(list: string): (host: string, port?: number) => boolean {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== "");
  const networks = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix = ""] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const isNetwork = isIP(address) !== 0 && /^\d+$/.test(prefix) && Number(prefix) <= (family === "ipv6" ? 128 : 32);
    if (isNetwork) networks.addSubnet(address, Number(prefix), family);
  }
  const named = entries.map((entry) => {
    const [, name = "", port] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    return { name: name.toLowerCase(), port: port === undefined ? undefined : Number(port) };
  });
  return (host, port) => {
    const name = host.toLowerCase().replace(/^\[|\]$/g, "");
    const kind = isIP(name);
    if (entries.includes("*")) return true;
    if (kind !== 0 && networks.check(name, kind === 6 ? "ipv6" : "ipv4")) return true;
    return named.some(
      (entry) =>
        (entry.port === undefined || entry.port === port) &&
        (name === entry.name || (entry.name !== "" && name.endsWith(`.${entry.name}`))),
    );
  };
}
