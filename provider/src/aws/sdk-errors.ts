/** What is kept of an error of the AWS SDK, or of the way to AWS: what may be shown, and nothing else, neither the error itself nor its stack. */
import { STATUS_CODES } from "node:http";
import { LoginProfileError } from "../common/errors";
import type { Secret } from "../passwords/secret";
import { CERTIFICATE_TROUBLE, type FailureKind, IamError } from "./iam";
import type { NameOf } from "./settings";
import { clockAdvice } from "./signing-clock";

/** The error of a call to IAM. `wasSent`: whether the request was handed to the connection; `password`: the one in it. */
export function iamFailure(error: unknown, wasSent: boolean, password: Secret | undefined): unknown {
  if (isOurs(error)) return error;
  const message = messageOf(error as SdkError);
  return reduced(error as SdkError, kindOf(error as SdkError, wasSent), {
    message: quotes(message, password) ? "(message withheld: it quotes the password)" : message,
    advice: clockAdvice(error),
  });
}

/** The error of a call to STS. Nothing was asked of IAM yet, so trouble that passes counts as a connection that never was. */
export function stsFailure(error: unknown, what: string, advice: string): unknown {
  if (isOurs(error)) return error;
  const { name, code, $fault, $metadata } = error as SdkError;
  const isUntrusted = CERTIFICATE_TROUBLE.test(code ?? "");
  const passes =
    ($fault === undefined && !isUntrusted) ||
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    /Throttl|TooManyRequests/.test(name);
  return reduced(error as SdkError, passes ? "no connection" : "local", {
    message: `${what}: ${messageOf(error as SdkError) || code}`,
    advice: isUntrusted ? undefined : (clockAdvice(error) ?? advice),
  });
}

/** The error of a connection that could not be made, so that no request was sent. */
export function notConnected(error: unknown, what: string): IamError {
  const { code } = error as SdkError;
  return new IamError(
    code ?? "ProxyFailed",
    `${what}: ${messageOf(error as SdkError)}`,
    waitingMends(code) ? "no connection" : "local",
  );
}

/** The error of a proxy that was asked for a connection and gave none, so that no request was sent. */
export function refusedByProxy(proxy: string, status: number, nameOf: NameOf): IamError {
  const advice =
    status === 407
      ? "Give its user name and password with it: http://USER:PASSWORD@proxy.example.com:3128."
      : `Have the proxy let connections to AWS pass, or reach AWS without it (${nameOf("noProxy")}, NO_PROXY).`;
  return new IamError(
    "ProxyRefused",
    `${proxy} answered ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd(),
    status >= 500 ? "no connection" : "local",
    undefined,
    advice,
  );
}

/** What the SDK adds to an error; `$fault` only to one that the service itself reports. */
type SdkError = Error & {
  code?: string;
  $fault?: "client" | "server";
  $metadata?: { requestId?: string; httpStatusCode?: number };
};

/** Made by us for the user already, in a middleware or where credentials come from. */
function isOurs(error: unknown): boolean {
  return error instanceof IamError || error instanceof LoginProfileError;
}

/** An answer came, but it made no sense to the SDK, whose words quote it. */
function isUnreadable({ code, $fault, $metadata }: SdkError): boolean {
  return code === undefined && $fault === undefined && $metadata?.httpStatusCode !== undefined;
}

function reduced(
  error: SdkError,
  kind: FailureKind,
  { message, advice }: { message: string; advice: string | undefined },
): IamError {
  const { name, code, $fault, $metadata } = error;
  // Behind the first line the SDK tells developers where to find the raw answer.
  const [firstLine = ""] = message.split("\n");
  // The SDK names modelled errors after the API's code with "Exception" behind it.
  const ofService = $fault === undefined ? undefined : name.replace(/Exception$/, "");
  const shownCode = ofService ?? code ?? (isUnreadable(error) ? "UnreadableAnswer" : name);
  return new IamError(shownCode, firstLine, kind, $metadata?.requestId, advice);
}

/** Codes of Node.js for a connection that never was. */
const NO_CONNECTION = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"]);

function kindOf({ code, $fault, $metadata }: SdkError, wasSent: boolean): FailureKind {
  if ($fault !== undefined) return ($metadata?.httpStatusCode ?? 0) >= 500 ? "server error" : "refused";
  if (!wasSent || !waitingMends(code)) return "local";
  // What the service did not report, the connection did, or an answer that could not be read.
  return NO_CONNECTION.has(code ?? "") ? "no connection" : "no answer";
}

/** Whether a connection that failed so may be had later: not to a name that is not known, or a server that is not trusted. */
function waitingMends(code = ""): boolean {
  return code !== "ENOTFOUND" && !CERTIFICATE_TROUBLE.test(code);
}

function messageOf(error: SdkError): string {
  if (isUnreadable(error)) return "The answer cannot be read: it is cut off, or broken.";
  // A host with several addresses fails with one error that holds theirs, and no text of its own.
  if (error.message !== "" || !(error instanceof AggregateError)) return error.message;
  return error.errors.map(({ message }: Error) => message).join(", ");
}

/** Below this length a password is found in any text, so only a quoted one tells that the text quotes it. */
const TELLING_LENGTH = 4;

/** Whether a text quotes a password; white space does not count, for XML changes it on the way. */
function quotes(text: string, secret: Secret | undefined): boolean {
  if (secret === undefined) return false;
  const compact = (some: string) => some.replace(/\s+/g, "");
  const password = compact(secret.reveal());
  if (password.length >= TELLING_LENGTH) return compact(text).includes(password);
  return ["'", '"', "`"].some((quote) => compact(text).includes(quote + password + quote));
}
