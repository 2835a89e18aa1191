#!/usr/bin/env node
/** The plugin's process: serves the engine on loopback, and prints the port, as the engine expects of a plugin. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb";
import services from "@pulumi/pulumi/proto/provider_grpc_pb";
import messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ComponentThread } from "./component-thread";
import { Connections } from "./connections";
import { Engine } from "./engine";
import { failed } from "./init-failed";
import { PluginService } from "./service";

const PACKAGE = join(__dirname, "..", "..");
const { version }: { version: string } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
const schema = JSON.stringify({ ...JSON.parse(readFileSync(join(PACKAGE, "schema.json"), "utf8")), version });

const engine = new Engine();
const connections = new Connections(
  () =>
    new PluginService(
      schema,
      (line) => engine.tell(line),
      () => engine.address,
    ),
);
const components = new ComponentThread(() => engine.address);

/** Answers a call by what a method gives; its failure is the message alone, for it is all that a user needs. */
function answering<Request, Response>(
  method: (request: Request, peer: string) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, answer) => {
    method(call.request, call.getPeer()).then(
      (response) => answer(null, response),
      (error: Error) => answer(failed(error)),
    );
  };
}

/** The same of the service that the engine means. */
function served<Request, Response>(
  method: (service: PluginService, request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return answering((request, peer) => method(connections.serving(peer), request));
}

const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
server.addService(services.ResourceProviderService as unknown as grpc.ServiceDefinition, {
  handshake: answering(async (request: messages.ProviderHandshakeRequest) => {
    // An engine that attaches to a running plugin cannot tell the folder.
    connect(request.getEngineAddress(), request.hasRootDirectory());
    return new messages.ProviderHandshakeResponse().setAcceptSecrets(true);
  }),
  getPluginInfo: answering(async () => new plugin.PluginInfo().setVersion(version)),
  getSchema: served((service) => service.getSchema()),
  checkConfig: answering((request: messages.CheckRequest, peer) => connections.of(peer).checkConfig(request)),
  diffConfig: answering((request: messages.DiffRequest, peer) => connections.of(peer).diffConfig(request)),
  configure: answering((request: messages.ConfigureRequest, peer) => connections.configured(peer).configure(request)),
  check: served((service, request: messages.CheckRequest) => service.check(request)),
  diff: served((service, request: messages.DiffRequest) => service.diff(request)),
  create: served((service, request: messages.CreateRequest) => service.create(request)),
  read: served((service, request: messages.ReadRequest) => service.read(request)),
  update: served((service, request: messages.UpdateRequest) => service.update(request)),
  delete: served((service, request: messages.DeleteRequest) => service.delete(request).then(() => new Empty())),
  invoke: served((service, request: messages.InvokeRequest) => service.invoke(request)),
  construct: answering((request: messages.ConstructRequest) => components.construct(request)),
  cancel: answering(async (_: Empty, peer) => {
    connections.of(peer).cancel();
    return new Empty();
  }),
  attach: answering(async (request: plugin.PluginAttach) => {
    connect(request.getAddress(), false);
    return new Empty();
  }),
});

function connect(address: string, isStarter: boolean): void {
  connections.servedBy(address);
  engine.connect(address, isStarter);
}

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(port);
});
