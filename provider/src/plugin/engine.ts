import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/engine_grpc_pb";
import messages from "@pulumi/pulumi/proto/engine_pb";

/** The engine that this process serves, once it has said where it is. */
export class Engine {
  #client: services.EngineClient | undefined;

  /** `isStarter`: whether this process is to end with it. */
  connect(address: string, isStarter: boolean): void {
    // Always on loopback, whatever proxy the environment names.
    this.#client = new services.EngineClient(address, grpc.credentials.createInsecure(), {
      "grpc.enable_http_proxy": 0,
    });
    if (isStarter) endWith(this.#client.getChannel());
  }

  /** Shows the user one line: what a plugin prints is not shown. */
  tell(line: string): void {
    if (this.#client === undefined) {
      console.error(line);
      return;
    }
    const { INFO, WARNING } = messages.LogSeverity;
    const [, text = line] = /^warning: (.*)$/s.exec(line) ?? [];
    const request = new messages.LogRequest().setSeverity(text === line ? INFO : WARNING).setMessage(text);
    // A line that does not arrive is no reason to fail.
    this.#client.log(request, () => {});
  }
}

/** An engine that was killed cannot end its plugins; without this, each would stay, with the passwords in its memory. */
function endWith(channel: ReturnType<grpc.Client["getChannel"]>, wasThere = false): void {
  const state = channel.getConnectivityState(true);
  const { READY, TRANSIENT_FAILURE } = grpc.connectivityState;
  if (wasThere && state === TRANSIENT_FAILURE) process.exit();
  channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, () => endWith(channel, wasThere || state === READY));
}
