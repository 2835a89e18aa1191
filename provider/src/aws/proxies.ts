/**
 * Which way a request takes: straight to its host, or through a proxy. Who decides is Go's httpproxy, which `@pulumi/aws`
 * goes by, and with it the settings of `@pulumi/aws`. Source: golang.org/x/net/http/httpproxy; aws-sdk-go-base, HTTPProxy.
 */
import * as http from "node:http";
import * as https from "node:https";
import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";
import type { Agent } from "agent-base";
import type { Secret } from "../passwords/secret";
import { type ProxyAddress, proxyIn } from "./proxy-url";
import { notConnected, refusedByProxy } from "./sdk-errors";
import type { NameOf } from "./settings";

/** What the settings say: a text for each kind of URL, empty for no proxy at all, and the hosts that are reached without. */
export interface ProxySettings {
  http?: Secret;
  https?: Secret;
  no?: string;
}

/** What requests are made with. */
export interface Agents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

/** The agents for all requests, with these options for their connections. Throws for a proxy that cannot be used. */
export function agents(settings: ProxySettings, nameOf: NameOf, options: https.AgentOptions): Agents {
  const direct: Agents = { httpAgent: new http.Agent(options), httpsAgent: new https.Agent(options) };
  const proxies = proxiesOf(settings, nameOf);
  if (proxies.http === undefined && proxies.https === undefined) return direct;
  const proxied: Agents = {
    httpAgent: proxies.http === undefined ? direct.httpAgent : through(proxies.http, "http", nameOf, options),
    httpsAgent: proxies.https === undefined ? direct.httpsAgent : through(proxies.https, "https", nameOf, options),
  };
  const goesDirect = bypass(settings.no ?? variable("no_proxy")?.value ?? "");
  const route = <A extends http.Agent>(kind: keyof Agents, agent: A): A => {
    // Where a request is made, for an agent of proxies writes into its head what the proxy has to know.
    (agent as A & RequestTaker).addRequest = (request, asked) => {
      const way = goesDirect(asked.host ?? "", Number(asked.port)) ? direct : proxied;
      // Agents of proxies keep no options of their own.
      (way[kind] as http.Agent & RequestTaker).addRequest(request, { ...asked, ...options });
    };
    return agent;
  };
  return {
    httpAgent: route("httpAgent", new http.Agent(options)),
    httpsAgent: route("httpsAgent", new https.Agent(options)),
  };
}

/** What Node.js calls of an agent, though its types do not say so. */
interface RequestTaker {
  addRequest(request: http.ClientRequest, options: http.RequestOptions): void;
}

/**
 * The proxy for each kind of URL. That of `aws:httpProxy` is for https URLs too where nobody names one for them, as for
 * `@pulumi/aws`. ALL_PROXY, which Go does not read, comes last.
 */
function proxiesOf(
  settings: ProxySettings,
  nameOf: NameOf,
): { http: ProxyAddress | undefined; https: ProxyAddress | undefined } {
  const setting = (key: "http" | "https") => {
    const value = settings[key]?.reveal();
    return value === undefined ? undefined : { value, from: `the setting ${nameOf(`${key}Proxy`)}` };
  };
  const all = variable("all_proxy");
  const given = {
    http: setting("http") ?? variable("http_proxy") ?? all,
    https: setting("https") ?? variable("https_proxy") ?? setting("http") ?? all,
  };
  const proxy = (found: Given | undefined) =>
    found === undefined || found.value === "" ? undefined : proxyIn(found.value, found.from);
  return { http: proxy(given.http), https: proxy(given.https) };
}

/** A value, and who gave it. */
interface Given {
  value: string;
  from: string;
}

/** Environment variables of proxies are written in small letters, or in capitals; both ways, the small ones count. */
function variable(name: string): Given | undefined {
  const found = [name, name.toUpperCase()].find((spelling) => process.env[spelling]);
  return found === undefined ? undefined : { value: process.env[found] ?? "", from: found };
}

/** The agent that leads requests for one kind of URL through a proxy. */
function through(
  proxy: ProxyAddress,
  kind: "http" | "https",
  nameOf: NameOf,
  options: https.AgentOptions,
): https.Agent {
  if (proxy.url.protocol.startsWith("socks")) return naming(proxy, nameOf, throughSocks(proxy, options));
  const user = Buffer.concat([proxy.user, Buffer.from(":"), proxy.password]);
  const headers = user.length > 1 ? { "Proxy-Authorization": `Basic ${user.toString("base64")}` } : {};
  if (kind === "http") {
    const { HttpProxyAgent }: typeof import("http-proxy-agent") = require("http-proxy-agent");
    return naming(proxy, nameOf, new HttpProxyAgent(proxy.url, { ...options, headers }));
  }
  const { HttpsProxyAgent }: typeof import("https-proxy-agent") = require("https-proxy-agent");
  return naming(proxy, nameOf, new HttpsProxyAgent(proxy.url, { ...options, headers }));
}

/** The proxy looks the host up, be it socks5 or socks5h: as in Go. */
function throughSocks({ url, user, password }: ProxyAddress, options: https.AgentOptions): Agent {
  const { SocksProxyAgent }: typeof import("socks-proxy-agent") = require("socks-proxy-agent");
  const userInfo =
    user.length > 0 ? `${encodeURIComponent(user.toString())}:${encodeURIComponent(password.toString())}@` : "";
  const agent = new SocksProxyAgent(`socks5h://${userInfo}${url.host}`, options);
  agent.proxy.host = url.hostname.replace(/^\[|\]$/g, "");
  return agent;
}

/** Names the proxy where a connection through it cannot be had: then the request was never sent. */
function naming(proxy: ProxyAddress, nameOf: NameOf, agent: Agent): https.Agent {
  const statuses = new WeakMap<http.ClientRequest, number>();
  agent.on("proxyConnect", ({ statusCode }: { statusCode: number }, request: http.ClientRequest) => {
    statuses.set(request, statusCode);
  });
  const connect = agent.connect.bind(agent);
  agent.connect = async (request, options) => {
    const socket = await Promise.resolve(connect(request, options)).catch((error: unknown) => {
      throw notConnected(error, `The proxy ${proxy.name} cannot be used`);
    });
    const status = statuses.get(request);
    if (status !== undefined && status !== 200) throw refusedByProxy(`The proxy ${proxy.name}`, status, nameOf);
    return socket;
  };
  return agent as unknown as https.Agent;
}

/** Whether a host, by its name or address, is this machine. */
export function isThisMachine(host: string): boolean {
  return bypass("")(host);
}

/**
 * Which hosts a list such as `.internal,10.0.0.0/8,example.com:8443` lets pass by the proxy: a domain stands for its
 * subdomains too, with a dot before it for them alone, `*` for every host. This machine is never reached through one.
 */
export function bypass(list: string): (host: string, port?: number) => boolean {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== "");
  const matchers = [...entries.map(matcher), hostMatcher("localhost"), hostMatcher("127.0.0.0/8"), hostMatcher("::1")];
  return (host, port) => {
    const name = host.toLowerCase().replace(/^\[|\]$/g, "");
    return matchers.some((matches) => matches(name, port));
  };
}

type Matcher = (host: string, port?: number) => boolean;

function matcher(entry: string): Matcher {
  const isAddress = isIP(entry) !== 0;
  const [, host = entry, port] = isAddress ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  const matches = hostMatcher(host);
  return (other, otherPort) => (port === undefined || Number(port) === otherPort) && matches(other);
}

function hostMatcher(entry: string): Matcher {
  if (entry === "*") return () => true;
  const [address = "", prefix] = entry.replace(/^\[|\]$/g, "").split("/");
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  if (isIP(address) !== 0) {
    const bits = family === "ipv6" ? 128 : 32;
    const length = /^\d+$/.test(prefix ?? "") ? Number(prefix) : prefix === undefined ? bits : Number.NaN;
    if (!(length <= bits)) return () => false;
    const network = new BlockList();
    network.addSubnet(address, length, family);
    return (host) => isIP(host) !== 0 && network.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
  }
  const domain = (domainToASCII(entry) || entry).toLowerCase().replace(/^\*(?=\.)/, "");
  if (domain === "") return () => false;
  const ending = domain.startsWith(".") ? domain : `.${domain}`;
  return (host) => isIP(host) === 0 && (host === domain || host.endsWith(ending));
}
