/**
 * Whether AWS answered at all: proxies, gateways and the sign-in pages of networks answer in its place, and the SDK takes
 * their pages, or nothing at all, for success. Nothing of what they say is shown: it may echo the request, the password in it.
 */
import { STATUS_CODES } from "node:http";
import type { MiddlewareStack } from "@smithy/types";
import { readUpTo } from "../common/bounded";
import { LONGEST_ANSWER } from "../common/limits";
import { type FailureKind, FOREIGN_ANSWER, IamError } from "./iam";

/**
 * Refuses answers that do not come from the service. A gateway's error passes, and its request may have reached the
 * service: `passing` says as what it counts. Every other page ends the call.
 */
export function refuseForeignAnswers(
  stack: MiddlewareStack<any, any>,
  service: "IAM" | "STS",
  passing: FailureKind,
): void {
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body: AsyncIterable<Buffer> };
      const body = await readUpTo(LONGEST_ANSWER, response.body);
      if (body === undefined || !isOfAws(body)) throw foreign(response.statusCode, service, passing);
      return { ...result, response: Object.assign(response, { body }) };
    },
    // Added last, and so nearest to the wire: what is not the service's says nothing of its clock either.
    { step: "deserialize", priority: "low", name: "refuseForeignAnswers" },
  );
}

/** Of the query protocol (`ErrorResponse`, `GetLoginProfileResponse`), or of the servers in front (`UnknownOperationException`). */
const ROOT = /^\s*(<\?xml[^>]*\?>\s*)?<\w*(Response|Exception)([\s/>]|$)/;

function isOfAws(body: Buffer): boolean {
  return ROOT.test(body.toString("latin1", 0, 1024));
}

/** 511 is the answer of a network that wants its users to sign in. Source: RFC 6585, 6. */
const SIGN_IN_TO_THE_NETWORK = 511;

function foreign(status: number, service: "IAM" | "STS", passing: FailureKind): IamError {
  const isGateways = status >= 500 && status !== SIGN_IN_TO_THE_NETWORK;
  return new IamError(
    FOREIGN_ANSWER,
    `The request was answered ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd() +
      ` by something that is not ${service}: a proxy, a gateway or the sign-in page of a network`,
    isGateways ? passing : "local",
    undefined,
    // For the others, settingsAdvice names the settings that may be to blame.
    status === 407
      ? "Give the proxy's user name and password with it: http://USER:PASSWORD@proxy.example.com:3128."
      : undefined,
  );
}
