/** The PGP keys that Keybase users have published. */
import * as http from "node:http";
import * as https from "node:https";
import { readUpTo } from "../common/bounded";
import { KEYBASE_TIMEOUT_MS, KEYBASE_URL, LONGEST_ANSWER } from "../common/limits";

/** Where and how Keybase is asked. Tests put a server of their own in its place. */
export interface KeybaseSettings {
  /** Address without a slash at the end. Default https://keybase.io. */
  url?: string | undefined;
  /** How long to wait for the whole answer, in milliseconds. Default 10,000. */
  timeoutMs?: number | undefined;
  /** The way there, asked for when Keybase is. Default: straight, trusting whom Node.js trusts. */
  agents?: (() => Promise<{ httpAgent: http.Agent; httpsAgent: https.Agent }>) | undefined;
}

/** What Keybase has of a user: armored public keys, one or more, or the reason why there is none. */
export type KeybaseAnswer = { armored: string } | { problem: string };

/** A Keybase user, and which of the user's keys is meant. */
export interface KeybaseReference {
  user: string;
  /** A whole fingerprint, or the 16 digits of it that are called key id: upper-case hexadecimal. */
  fingerprint: string | undefined;
}

const MOST_REDIRECTS = 3;
const PREFIX = "keybase:";

/** Whether a text means a key at Keybase. */
export function isOfKeybase(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** What `keybase:alice` or `keybase:alice#FINGERPRINT` refers to; undefined if it is misspelt. */
export function keybaseReference(text: string): KeybaseReference | undefined {
  const [user = "", fingerprint, ...more] = text.slice(PREFIX.length).split("#");
  const digits = fingerprint?.replaceAll(/\s/g, "").toUpperCase();
  if (more.length > 0 || !/^[A-Za-z0-9_]{1,64}$/.test(user)) return undefined;
  if (digits !== undefined && !/^([0-9A-F]{16}|[0-9A-F]{40}|[0-9A-F]{64})$/.test(digits)) return undefined;
  return { user, fingerprint: digits };
}

/** Fetches what a Keybase user has published. Source: Keybase API, `<user>/pgp_keys.asc`. */
export async function fetchKeybaseKeys(user: string, settings: KeybaseSettings = {}): Promise<KeybaseAnswer> {
  const { url = KEYBASE_URL, timeoutMs = KEYBASE_TIMEOUT_MS, agents } = settings;
  const address = `${url}/${user.toLowerCase()}/pgp_keys.asc`;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { status, text } = await get(new URL(address), signal, (await agents?.()) ?? {});
    if (status === 404) return { problem: `has no user "${user}". Correct the name.` };
    if (status !== 200) return { problem: `answered with status ${status} (${address}). ${TRY_AGAIN}` };
    if (text === undefined)
      return { problem: `answered with more than ${LONGEST_ANSWER / 1024 ** 2} MiB (${address}). ${TRY_AGAIN}` };
    // A user without a key is answered with a line of text that says so.
    if (!text.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----")) {
      return { problem: `has no PGP key of user "${user}". Ask its owner to add one (keybase pgp select).` };
    }
    return { armored: text };
  } catch (error) {
    const trouble = signal.aborted ? `gave no answer within ${timeoutMs / 1000} seconds` : troubleOf(error);
    return { problem: `${trouble} (${address}). ${TRY_AGAIN}` };
  }
}

const TRY_AGAIN = "Try again, or give the key itself (gpg --export --armor alice@example.com).";

/** An answer; without its text if that is too long. */
interface TextAnswer {
  status: number;
  text: string | undefined;
}

/** Who could send a key from elsewhere would get the password: so redirects are followed on the same host alone. */
async function get(
  url: URL,
  signal: AbortSignal,
  agents: { httpAgent?: http.Agent; httpsAgent?: https.Agent },
  redirects = 0,
): Promise<TextAnswer> {
  const headers = { "user-agent": "pulumi-aws-login-profile" };
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const isTls = url.protocol === "https:";
    const agent = isTls ? agents.httpsAgent : agents.httpAgent;
    const ask: typeof http.get = isTls ? https.get : http.get;
    ask(url, { headers, signal, ...(agent === undefined ? {} : { agent }) }, resolve).on("error", reject);
  });
  const { statusCode: status = 0, headers: answered } = response;
  const next = answered.location === undefined ? null : URL.parse(answered.location, url.href);
  const isSafe = next?.hostname === url.hostname && (next.protocol === url.protocol || next.protocol === "https:");
  if (status < 300 || status >= 400 || next === null || !isSafe || redirects === MOST_REDIRECTS) {
    return { status, text: (await readUpTo(LONGEST_ANSWER, response))?.toString("utf8") };
  }
  response.destroy();
  return get(next, signal, agents, redirects + 1);
}

/** Errors of the connection are told by their codes, those of a proxy by their sentence, which names it. */
function troubleOf(error: unknown): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  return `cannot be reached: ${name === "IamError" || code === undefined ? message : code}`;
}
