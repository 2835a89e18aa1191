/**
 * What a stand-in's providers are configured with. Pulumi's server of providers passes on no configuration, and no request
 * says which provider it means; but the engine has a connection for each.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import * as grpc from "@grpc/grpc-js";

export type Settings = Record<string, string>;

const current = new AsyncLocalStorage<Settings>();

/** Those of the provider that is asked now. */
export function providerSettings(): Settings {
  return current.getStore() ?? {};
}

type Method = (call: { request: any; getPeer(): string }, answer: unknown) => void;

/** The engine hands secrets over in a wrapping. */
function opened(args: Record<string, any>): Settings {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, value?.value ?? value]));
}

/** Has the server that is made next tell its providers apart. */
export function tellProvidersApart(): void {
  const byPeer = new Map<string, Settings>();
  const { addService } = grpc.Server.prototype;
  grpc.Server.prototype.addService = function (service, implementation) {
    const methods = implementation as unknown as Record<string, Method>;
    const told = Object.keys(service).map((rpc) => {
      const name = `${rpc.charAt(0).toLowerCase()}${rpc.slice(1)}`;
      const method: Method = (call, answer) => {
        if (name === "configure") byPeer.set(call.getPeer(), opened(call.request.getArgs().toJavaScript()));
        current.run(byPeer.get(call.getPeer()) ?? {}, () => methods[name]?.(call, answer));
      };
      return [name, methods[name] === undefined ? undefined : method];
    });
    return addService.call(this, service, Object.fromEntries(told));
  };
}
