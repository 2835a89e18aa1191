/**
 * Keeps the stack traces short that Pulumi's SDK takes while a resource registers: four for each property, to name promises
 * that never settle, every frame mapped to its source. They are most of what a resource costs a program. (The position
 * that the SDK notes in the state is taken apart from that, in full.)
 */
import * as pulumi from "@pulumi/pulumi";

/** One frame is still there for an error; `complete` adds the others. */
const SHORTEST_TRACE = 1;

/** Shortens traces from now on, unless code of the program is about to run: it keeps the traces that it has. */
export function shortTraces(opts: pulumi.CustomResourceOptions | undefined) {
  const { stackTraceLimit } = Error;
  const isShort = !hasTransformations(opts);
  if (isShort) Error.stackTraceLimit = SHORTEST_TRACE;
  return {
    restore() {
      Error.stackTraceLimit = stackTraceLimit;
    },
    /** The error, its trace continued by the frames of who called the function. */
    complete(error: unknown, callee: NewableFunction): unknown {
      if (!isShort || !(error instanceof Error)) return error;
      Error.stackTraceLimit = stackTraceLimit;
      const caller: { stack?: string } = {};
      Error.captureStackTrace(caller, callee);
      const [, ...frames] = caller.stack?.split("\n") ?? [];
      error.stack = [error.stack, ...frames].join("\n");
      return error;
    },
  };
}

/** Transformations, the older kind, are called by the constructor; the newer transforms are not. */
export function hasTransformations({ transformations = [], parent }: pulumi.CustomResourceOptions = {}): boolean {
  // As the SDK does: programs in JavaScript say "condition && component".
  const above = (parent || pulumi.runtime.getStackResource()) as { __transformations?: unknown[] } | undefined;
  return transformations.length + (above?.__transformations?.length ?? 0) > 0;
}
