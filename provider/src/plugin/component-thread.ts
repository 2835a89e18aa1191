import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb";
import type messages from "@pulumi/pulumi/proto/provider_pb";

/**
 * Has components built by Pulumi's own server of component providers. It writes its port to standard output and handles
 * the uncaught errors of where it runs, so it is given a thread of its own, from the first component on.
 */
export class ComponentThread {
  /** Of the engine that was served last: a plugin that runs by itself serves one after the other. */
  #server: { engine: string; client: Promise<Client> } | undefined;

  constructor(
    /** Where the engine listens. */
    private readonly engineAddress: () => string | undefined,
    private readonly start: (engineAddress: string, ended: () => void) => Promise<Client> = started,
  ) {}

  async construct(request: messages.ConstructRequest): Promise<messages.ConstructResponse> {
    const client = await this.#client(this.engineAddress() ?? "");
    return new Promise((resolve, reject) => {
      client.construct(request, (error, response) => (error ? reject(new Error(error.details)) : resolve(response)));
    });
  }

  /** A thread that failed to start, or that ended, is not remembered. */
  #client(engine: string): Promise<Client> {
    if (this.#server?.engine === engine) return this.#server.client;
    const forget = () => {
      if (this.#server === server) this.#server = undefined;
    };
    const server = { engine, client: this.start(engine, () => forget()) };
    this.#server = server;
    server.client.catch(forget);
    return server.client;
  }
}

type Client = Pick<services.ResourceProviderClient, "construct">;

/** gRPC sends calls to loopback through a proxy too, if the environment names one; this is its own exception. */
const PAST_PROXIES = { no_grpc_proxy: "127.0.0.1,localhost" };

async function started(engineAddress: string, ended: () => void): Promise<Client> {
  const thread = new Worker(join(__dirname, "components.js"), {
    argv: [engineAddress],
    env: { ...process.env, ...PAST_PROXIES },
    stdout: true,
  });
  thread.once("exit", ended);
  const failed = once(thread, "exit").then(() => {
    throw new Error("The thread that builds components ended before it served.");
  });
  const [port] = await Promise.race([once(createInterface(thread.stdout), "line"), failed]);
  return new services.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    "grpc.enable_http_proxy": 0,
  });
}
