/**
 * A policy pack that enforces nothing, and writes down all that the engine shows it: to the file that ONLOOKER_FILE names.
 * It speaks the engine's protocol itself, so it sees what no library has filtered.
 */
import { appendFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

type Call = { request: { toObject(): object; getProperties?(): { toJavaScript(): object } } };
type Callback = grpc.sendUnaryData<unknown>;

/** Written down in the wire's own form, and in the form that a policy sees. */
function answering(response: () => unknown) {
  return ({ request }: Call, done: Callback) => {
    const seen = [request.toObject(), request.getProperties?.().toJavaScript()];
    appendFileSync(process.env.ONLOOKER_FILE ?? "", `${JSON.stringify(seen)}\n`);
    done(null, response());
  };
}

const server = new grpc.Server();
server.addService(services.AnalyzerService, {
  handshake: answering(() => new messages.AnalyzerHandshakeResponse()),
  getPluginInfo: answering(() => new plugin.PluginInfo().setVersion("1.0.0")),
  getAnalyzerInfo: answering(() => new messages.AnalyzerInfo().setName("onlooker").setVersion("1.0.0")),
  configure: answering(() => new empty.Empty()),
  configureStack: answering(() => new messages.AnalyzerStackConfigureResponse()),
  analyze: answering(() => new messages.AnalyzeResponse()),
  analyzeStack: answering(() => new messages.AnalyzeResponse()),
  remediate: answering(() => new messages.RemediateResponse()),
  cancel: answering(() => new empty.Empty()),
} as never);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(String(port));
});
