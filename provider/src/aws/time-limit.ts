import { PREVIEW_WAIT_MS } from "../common/limits";
import { IamError } from "./iam";

/** What a preview may ask of AWS: undefined where there is no answer, or none in time. */
export async function withinPreview<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PREVIEW_WAIT_MS);
  // Looking for credentials does not heed the signal, so the limit is kept here too.
  const abandoned = new Promise<undefined>((resolve) =>
    limit.signal.addEventListener("abort", () => resolve(undefined)),
  );
  try {
    return await Promise.race([ask(limit.signal), abandoned]);
  } catch (error) {
    if (error instanceof IamError) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
