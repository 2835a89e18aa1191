/** What bounds the operation under way, beside the settings: its own time, and the end of the whole run. */
import { AsyncLocalStorage } from "node:async_hooks";

export interface Operation {
  /** When its time is over, in milliseconds since the epoch; without, the settings alone decide. */
  until?: number;
  /** Aborted when the run is cancelled: then nothing more is waited for or begun. */
  cancelled?: AbortSignal;
}

const operations = new AsyncLocalStorage<Operation>();

/** Carries out an operation; all that it waits for keeps to its bounds. */
export function within<T>(operation: Operation, carryOut: () => Promise<T>): Promise<T> {
  return operations.run(operation, carryOut);
}

/** The operation under way; one without bounds of its own where nobody has set any. */
export function operationUnderWay(): Operation {
  return operations.getStore() ?? {};
}

/** The promised value. Rejects when the signal is aborted before. */
export async function unless<T>(cancelled: AbortSignal | undefined, promised: Promise<T>): Promise<T> {
  if (cancelled === undefined) return promised;
  cancelled.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(cancelled.reason);
    cancelled.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([promised, aborted]);
  } finally {
    if (stop !== undefined) cancelled.removeEventListener("abort", stop);
  }
}
