import { beforeEach, expect, test } from "@jest/globals";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { Connections } from "../../../provider/src/plugin/connections.ts";
import { PluginService } from "../../../provider/src/plugin/service.ts";
import { toStruct } from "../../../provider/src/plugin/values.ts";

let connections: Connections;

beforeEach(() => {
  connections = new Connections(
    () =>
      new PluginService(
        "{}",
        () => {},
        () => undefined,
      ),
  );
  connections.servedBy("engine");
});

async function configured(peer: string): Promise<PluginService> {
  const service = connections.configured(peer);
  await service.configure(new messages.ConfigureRequest().setArgs(toStruct({}, new Set())));
  return service;
}

test("each connection is served with its own settings", async () => {
  const [one, other] = [await configured("one"), await configured("other")];
  expect(one).not.toBe(other);
  expect([connections.serving("one"), connections.serving("other")]).toEqual([one, other]);
  expect(connections.serving("one")).toBe(one);
});

test("a connection that was made anew is served with the settings that came last", async () => {
  await configured("one");
  const other = await configured("other");
  expect(connections.serving("again")).toBe(other);
  // The settings of a provider that is only checked and compared are not in the way.
  expect(connections.of("third").isConfigured).toBe(false);
  expect(connections.serving("third")).toBe(other);
});

test("nothing is kept of an engine that has gone", async () => {
  const one = await configured("one");
  connections.servedBy("engine");
  expect(connections.of("one")).toBe(one);
  connections.servedBy("another engine");
  expect(connections.of("one")).not.toBe(one);
});
