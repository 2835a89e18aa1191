import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/engine_grpc_pb";
import messages from "@pulumi/pulumi/proto/engine_pb";

/** Shows lines to the user: what a plugin prints is not shown, so the engine is told. */
export function engineLog(address: string | undefined): (line: string) => void {
  if (address === undefined) return (line) => console.error(line);
  const engine = new services.EngineClient(address, grpc.credentials.createInsecure());
  const { INFO, WARNING } = messages.LogSeverity;
  return (line) => {
    const [, text = line] = /^warning: (.*)$/s.exec(line) ?? [];
    const request = new messages.LogRequest().setSeverity(text === line ? INFO : WARNING).setMessage(text);
    // A line that does not arrive is no reason to fail.
    engine.log(request, () => {});
  };
}
