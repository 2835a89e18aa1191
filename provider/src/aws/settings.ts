import { LoginProfileError } from "../common/errors";
import { HASH_COST_LN, RETRY_SECONDS } from "../common/limits";
import { DEFAULT_COST, type HashCost } from "../passwords/hash";
import type { KeybaseSettings } from "../recipients/keybase";

/** Reads one key of the stack's configuration, such as `aws:region`. */
export type ReadSetting = (key: string) => string | undefined;

/** What decides how long, and how often, an operation is tried. */
export interface RetrySettings {
  /** Milliseconds for one operation. */
  timeout: number;
  /** Attempts for one call. */
  attempts: number;
  /** Whether the rate of calls adapts to throttling. */
  adaptive: boolean;
}

/** `aws-login-profile:retryTimeout`, `aws:maxRetries` and `aws:retryMode`. */
export function retrySettings(read: ReadSetting): RetrySettings {
  const attempts = read("aws:maxRetries") ?? "";
  if (attempts !== "" && !/^[1-9]\d*$/.test(attempts)) {
    throw mistaken(
      "aws:maxRetries",
      `must be a whole number, 1 or more, not "${attempts}": how often one call is made`,
    );
  }
  const mode = read("aws:retryMode") || "adaptive";
  if (mode !== "adaptive" && mode !== "standard") {
    throw mistaken("aws:retryMode", `must be adaptive or standard, not "${mode}"`);
  }
  return {
    timeout: seconds(read, "retryTimeout", RETRY_SECONDS) * 1000,
    attempts: attempts === "" ? Number.POSITIVE_INFINITY : Number(attempts),
    adaptive: mode === "adaptive",
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

/** `aws-login-profile:hashCost`: the cost of new password hashes, as the binary logarithm of scrypt's N. */
export function hashCost(read: ReadSetting): HashCost {
  const text = read("aws-login-profile:hashCost");
  if (text === undefined) return DEFAULT_COST;
  const ln = Number(text);
  const { least, most } = HASH_COST_LN;
  if (!Number.isInteger(ln) || ln < least || ln > most) {
    throw mistaken(
      "aws-login-profile:hashCost",
      `must be a whole number from ${least} to ${most}, not "${text}": the binary logarithm of scrypt's N`,
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
