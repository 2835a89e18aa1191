import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/engine_grpc_pb";
import messages from "@pulumi/pulumi/proto/engine_pb";

/** The engine that this process serves, once it has said where it is. */
export class Engine {
  #client: services.EngineClient | undefined;
  /** Undefined before it has been said. */
  address: string | undefined;

  /** `isStarter`: whether this process is to end with it. */
  connect(address: string, isStarter: boolean): void {
    this.address = address;
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
function endWith(channel: ReturnType<grpc.Client["getChannel"]>): void {
  const state = channel.getConnectivityState(true);
  if (state === grpc.connectivityState.TRANSIENT_FAILURE) process.exit();
  // Later, for a channel that is just changing its state does not connect again.
  channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, () => setImmediate(endWith, channel));
}
