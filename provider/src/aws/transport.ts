import type { AgentOptions } from "node:https";
import * as tls from "node:tls";
import type { NodeHttpHandlerOptions } from "@smithy/types";
import { type AwsSettings, awsSettings } from "./aws-settings";
import { bundleOf, certificatesIn } from "./certificates";
import { type Agents, agents, isThisMachine } from "./proxies";
import { type NameOf, type SettingsSource, setting } from "./settings";
import { sharedFiles } from "./shared-files";

/** How requests to AWS travel: time limits, certificates, proxies. */
export async function transport(
  settings: AwsSettings,
  profileCaBundle: string | undefined,
): Promise<NodeHttpHandlerOptions> {
  const { readTimeout, connectTimeout, insecure, proxies, nameOf } = settings;
  const bundle = bundleOf(settings, profileCaBundle);
  const options: AgentOptions = {
    keepAlive: true,
    maxSockets: 50,
    // A file takes the place of those whom Node.js trusts (its own, the system's, NODE_EXTRA_CA_CERTS), as for the AWS CLI.
    ...(insecure ? { rejectUnauthorized: false } : bundle ? { ca: await certificatesIn(bundle) } : {}),
  };
  return {
    connectionTimeout: connectTimeout,
    requestTimeout: readTimeout,
    throwOnRequestTimeout: true,
    // The limit above ends with the first byte of an answer, which may stop there.
    socketTimeout: readTimeout,
    ...agents(proxies, nameOf, options),
  };
}

/** The warning about endpoints, by service, where what is sent can be read on the way; undefined if there are none. */
export function readableOnTheWay(endpoints: Record<string, string | undefined>, nameOf: NameOf): string | undefined {
  const readable = Object.entries(endpoints).flatMap(([service, endpoint]) => {
    const url = URL.parse(endpoint ?? "");
    return url?.protocol === "http:" && !isThisMachine(url.hostname) ? [{ service, origin: url.origin }] : [];
  });
  if (readable.length === 0) return undefined;
  const ways = readable.map(({ service, origin }) => `${service} at ${origin}`).join(" and ");
  return (
    `warning: Requests to ${ways} are not encrypted: passwords and credentials can be read on the way. ` +
    `Give an endpoint that begins with https:// (${nameOf("endpoints")}, AWS_ENDPOINT_URL, or the connection's endpoint).`
  );
}

/**
 * Keybase, reached through the same proxies as AWS. Whom AWS's certificates are trusted by is trusted beside those whom
 * Node.js trusts, and `aws:insecure` is not for it: who sends a key in Keybase's place would get the password.
 */
export function keybaseOnTheWay(source: SettingsSource): { url: string; agents: () => Promise<Agents> } {
  const agentsThere = async () => {
    const settings = awsSettings(source);
    const { profile } = await sharedFiles(settings);
    const bundle = bundleOf(settings, profile.ca_bundle);
    const ca = bundle === undefined ? {} : { ca: [...trustedByDefault(), ...(await certificatesIn(bundle))] };
    return agents(settings.proxies, settings.nameOf, ca);
  };
  return { url: setting(source, "keybaseUrl"), agents: agentsThere };
}

/** With those of NODE_EXTRA_CA_CERTS where Node.js tells them (from 22.15 on). */
function trustedByDefault(): readonly string[] {
  return tls.getCACertificates?.("default") ?? tls.rootCertificates;
}
