import { LoginProfileError } from "../common/errors";
import { DEFAULT_COST, type HashCost } from "../passwords/hash";
import type { KeybaseSettings } from "../recipients/keybase";

/** Reads one key of the stack's configuration, such as `aws:region`. */
export type ReadSetting = (key: string) => string | undefined;

/** What decides how long, and how often, an operation is tried. */
export interface RetrySettings {
  /** Milliseconds for one operation. */
  timeout: number;
  /** Attempts for one call; undefined where the environment and the profile decide. */
  attempts?: number;
  /** Whether the rate of calls adapts to throttling; undefined likewise. */
  adaptive?: boolean;
}

/** `aws-login-profile:retryTimeout`, `aws:maxRetries` and `aws:retryMode`. */
export function retrySettings(read: ReadSetting): RetrySettings {
  const attempts = read("aws:maxRetries") ?? "";
  if (!/^\d*$/.test(attempts)) {
    throw mistaken(
      "aws:maxRetries",
      `must be a whole number, not "${attempts}": how often one call is made, 0 as if it were not set`,
    );
  }
  const mode = read("aws:retryMode") || undefined;
  if (mode !== undefined && mode !== "adaptive" && mode !== "standard") {
    throw mistaken("aws:retryMode", `must be adaptive or standard, not "${mode}"`);
  }
  return {
    timeout: seconds(read, "retryTimeout", 120) * 1000,
    // For @pulumi/aws too, 0 is no number of attempts: its own default holds.
    ...(Number(attempts) === 0 ? {} : { attempts: Number(attempts) }),
    ...(mode === undefined ? {} : { adaptive: mode === "adaptive" }),
  };
}

/** A number of seconds under `aws-login-profile:`. */
export function seconds(read: ReadSetting, name: string, usual: number): number {
  const key = `aws-login-profile:${name}`;
  const text = read(key);
  if (text === undefined) return usual;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
    throw mistaken(key, `must be a number of seconds, 0 or more, not "${text}"`, usual);
  }
  return value;
}

/** A setting that is true or false. */
export function flag<T extends boolean | undefined>(read: ReadSetting, key: string, usual: T): boolean | T {
  const text = read(key);
  if (text === undefined || text === "") return usual;
  if (text === "true") return true;
  if (text === "false") return false;
  throw mistaken(key, `must be true or false, not "${text}"`, usual);
}

/** The highest cost that is accepted: 2^20 blocks of 1 KiB, 1 GiB of memory a hash. */
const HIGHEST_LN = 20;

/** `aws-login-profile:hashCost`: the cost of new password hashes, as the binary logarithm of scrypt's N. */
export function hashCost(read: ReadSetting): HashCost {
  const text = read("aws-login-profile:hashCost");
  if (text === undefined) return DEFAULT_COST;
  const ln = Number(text);
  if (!Number.isInteger(ln) || ln < 1 || ln > HIGHEST_LN) {
    throw mistaken(
      "aws-login-profile:hashCost",
      `must be a whole number from 1 to ${HIGHEST_LN}, not "${text}": the binary logarithm of scrypt's N`,
      DEFAULT_COST.ln,
    );
  }
  return { ...DEFAULT_COST, ln };
}

/** `aws-login-profile:policyCheck`: whether new passwords are held against the account's password policy at preview. */
export function policyCheck(read: ReadSetting): boolean {
  return flag(read, "aws-login-profile:policyCheck", true);
}

/** `aws-login-profile:debug`: whether each call to AWS is shown. */
export function debug(read: ReadSetting): boolean {
  return flag(read, "aws-login-profile:debug", false);
}

/** `aws-login-profile:keybaseUrl`: where the PGP keys of Keybase users are fetched. */
export function keybase(read: ReadSetting): KeybaseSettings {
  const key = "aws-login-profile:keybaseUrl";
  const url = read(key);
  if (url === undefined || url === "") return {};
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw mistaken(key, `must be the URL of a server, such as https://keybase.io, not "${url}"`);
  }
  return { url: url.replace(/\/+$/, "") };
}

/** The error for a setting with a value that cannot be used. `what` must not quote a secret. */
export function mistaken(key: string, what: string, usual?: string | number | boolean): LoginProfileError {
  const correction = `pulumi config set ${key}${usual === undefined ? " …" : ` ${usual}`}`;
  return new LoginProfileError(`The setting ${key} ${what}. Correct it with: ${correction}`);
}
