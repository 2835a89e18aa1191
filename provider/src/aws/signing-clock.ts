/**
 * A signature holds the time, so a machine whose clock is off is refused, in words about signatures and not about clocks.
 * The SDK then signs by the clock of the server's Date header; what is left to do is to try once more, and to tell.
 */

/**
 * Refusals of a signature, by the names that services give them; those of the SDK but for AccessDenied, which is mostly a
 * matter of rights.
 */
const REFUSED_SIGNATURES = new Set([
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

const MINUTE = 60_000;
/** A signature is good for five minutes or more; from here on the SDK corrects the clock. */
const TOLERATED_MS = 4 * MINUTE;

/** Makes a call; if its signature is refused for the clock, once more. */
export async function signedInTime<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const { attempts = 1 } = (error as Refusal).$metadata ?? {};
    // With more than one attempt, the SDK has tried again itself.
    if (clockIsOffBy(error) === undefined || attempts > 1) throw error;
    return await send();
  }
}

/** What to do about a signature that was refused where the clock is off; undefined for any other error. */
export function clockAdvice(error: unknown): string | undefined {
  const off = clockIsOffBy(error);
  if (off === undefined) return undefined;
  return (
    `This machine's clock is ${inWords(Math.abs(off))} ${off > 0 ? "behind" : "ahead of"} the server's, and another ` +
    "try was refused too. Set the clock (turn on its synchronisation), check the credentials, then try again."
  );
}

/** What the SDK adds to an error that the service reports. */
interface Refusal {
  name?: string;
  $metadata?: { attempts?: number };
  $response?: { headers?: Record<string, string> };
}

/** The server's clock minus ours in milliseconds, for a refused signature that this explains. */
function clockIsOffBy(error: unknown): number | undefined {
  const { name = "", $response } = error as Refusal;
  const off = Date.parse($response?.headers?.date ?? "") - Date.now();
  return REFUSED_SIGNATURES.has(name) && Math.abs(off) > TOLERATED_MS ? off : undefined;
}

function inWords(milliseconds: number): string {
  const minutes = Math.round(milliseconds / MINUTE);
  const hours = Math.round(minutes / 60);
  if (minutes < 120) return `${minutes} minutes`;
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
