import { KEYBASE_TIMEOUT_MS, KEYBASE_URL } from "../common/limits";

/** Where and how Keybase is asked. Tests put a server of their own in its place. */
export interface KeybaseSettings {
  /** Address without a slash at the end. Default https://keybase.io. */
  url?: string | undefined;
  /** How long to wait for the whole answer, in milliseconds. Default 10,000. */
  timeoutMs?: number | undefined;
}

/** What Keybase has of a user: armored public keys, one or more, or the reason why there is none. */
export type KeybaseAnswer = { armored: string } | { problem: string };

const USER_NAME = /^[A-Za-z0-9_]{1,64}$/;

/** Whether a text can be the name of a Keybase user. */
export function isKeybaseUser(name: string): boolean {
  return USER_NAME.test(name);
}

/** Fetches what a Keybase user has published. Source: Keybase API, `<user>/pgp_keys.asc`. */
export async function fetchKeybaseKeys(user: string, settings: KeybaseSettings = {}): Promise<KeybaseAnswer> {
  const { url = KEYBASE_URL, timeoutMs = KEYBASE_TIMEOUT_MS } = settings;
  const address = `${url}/${user.toLowerCase()}/pgp_keys.asc`;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(timeoutMs) });
    if (response.status === 404) return { problem: `has no user "${user}". Correct the name.` };
    if (!response.ok) return { problem: `answered with status ${response.status} (${address}). ${TRY_AGAIN}` };
    const armored = await response.text();
    // A user without a key is answered with a line of text that says so.
    if (!armored.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----")) {
      return { problem: `has no PGP key of user "${user}". Ask its owner to add one (keybase pgp select).` };
    }
    return { armored };
  } catch (error) {
    return { problem: `${troubleOf(error, timeoutMs)} (${address}). ${TRY_AGAIN}` };
  }
}

const TRY_AGAIN = "Try again, or give the key itself (gpg --export --armor alice@example.com).";

/** Errors of fetch itself: they come from the network alone. */
function troubleOf(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as Error;
  if (name === "TimeoutError") return `gave no answer within ${timeoutMs / 1000} seconds`;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return `cannot be reached${code === undefined ? "" : `: ${code}`}`;
}
