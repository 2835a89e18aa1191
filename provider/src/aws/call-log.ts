import { AsyncLocalStorage } from "node:async_hooks";
import type { MiddlewareStack } from "@smithy/types";

/** Which attempt at a call is under way. */
export const attempts = new AsyncLocalStorage<number>();

/** Shows each request to AWS in one line: what, for whom, how long it took, and what came. Never what was sent. */
export function logCalls(stack: MiddlewareStack<any, any>, tell: (line: string) => void): void {
  stack.add(
    (next, context) => async (args) => {
      const started = performance.now();
      const { UserName } = args.input as { UserName?: string };
      const line = (outcome: string, requestId: string | undefined) => {
        const user = UserName === undefined ? "" : ` "${UserName}"`;
        const time = Math.round(performance.now() - started);
        const request = requestId === undefined ? "" : `, request id ${requestId}`;
        tell(
          `debug: ${operation(context.commandName)}${user}: attempt ${attemptOf(args.request)}, ${time} ms, ${outcome}${request}`,
        );
      };
      try {
        const result = await next(args);
        const { statusCode, headers } = result.response as { statusCode: number; headers: Record<string, string> };
        line(`HTTP ${statusCode}`, headers["x-amzn-requestid"]);
        return result;
      } catch (error) {
        const { code, name } = error as NodeJS.ErrnoException;
        line(code ?? name, undefined);
        throw error;
      }
    },
    // Nearest to the wire, so that answers that are errors pass it too.
    { step: "deserialize", priority: "low", name: "logCalls" },
  );
}

function operation(commandName: string | undefined): string {
  return (commandName ?? "").replace(/Command$/, "");
}

/** Ours where we try again, else the SDK's own, which it writes into a header. */
function attemptOf(request: unknown): number {
  const { headers = {} } = request as { headers?: Record<string, string> };
  return attempts.getStore() ?? Number(/attempt=(\d+)/.exec(headers["amz-sdk-request"] ?? "")?.[1] ?? 1);
}
