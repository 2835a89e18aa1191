/**
 * Runs a program of any language for the engine, as the language host that ships with the engine's release does: the engine
 * says in a request what the program must know, and the program reads it in its environment. For `pulumi up --client`.
 */
import { spawn } from "node:child_process";
import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/language_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";

type Done = grpc.sendUnaryData<unknown>;

export class LanguageServer {
  readonly #server: grpc.Server;
  /** Where the engine finds it. */
  readonly address: string;

  private constructor(server: grpc.Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  static async start(command: string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<LanguageServer> {
    const server = new grpc.Server();
    server.addService(services.LanguageRuntimeService, {
      handshake: (_: unknown, done: Done) => done(null, new messages.LanguageHandshakeResponse()),
      getPluginInfo: (_: unknown, done: Done) => done(null, new plugin.PluginInfo()),
      getRequiredPackages: (_: unknown, done: Done) => done(null, new messages.GetRequiredPackagesResponse()),
      run: ({ request }: any, done: Done) => {
        const [program = "", ...args] = command;
        const running = spawn(program, args, {
          cwd: options.cwd,
          env: { ...options.env, ...told(request) },
          stdio: ["ignore", "inherit", "inherit"],
        });
        running.on("error", (error) => done(error));
        running.on("exit", (code) => {
          const response = new messages.RunResponse();
          if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
          done(null, response);
        });
      },
    } as never);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return new LanguageServer(server, `127.0.0.1:${port}`);
  }

  stop(): void {
    this.#server.forceShutdown();
  }
}

/** What Pulumi's SDKs read. */
function told(request: any): NodeJS.ProcessEnv {
  return {
    PULUMI_MONITOR: request.getMonitorAddress(),
    // A server that was there before the engine is told where that listens by the first argument.
    PULUMI_ENGINE: request.getArgsList()[0],
    PULUMI_ORGANIZATION: request.getOrganization(),
    PULUMI_PROJECT: request.getProject(),
    PULUMI_STACK: request.getStack(),
    PULUMI_DRY_RUN: String(request.getDryrun()),
    PULUMI_PARALLEL: String(request.getParallel()),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}
