import { expect, test } from "@jest/globals";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { ComponentThread } from "../../../provider/src/plugin/component-thread.ts";

test("the thread is started once, and again after it failed to start or ended", async () => {
  const starts: { engine: string; ended: () => void }[] = [];
  const response = new messages.ConstructResponse();
  const thread = new ComponentThread(
    () => "engine",
    async (engine, ended) => {
      starts.push({ engine, ended });
      if (starts.length === 1) throw new Error("It did not start.");
      return { construct: (_: unknown, answer: (...args: unknown[]) => void) => answer(null, response) } as never;
    },
  );
  const construct = () => thread.construct(new messages.ConstructRequest());
  await expect(construct()).rejects.toThrow("It did not start.");
  expect(await construct()).toBe(response);
  expect(await construct()).toBe(response);
  expect(starts).toHaveLength(2);
  starts[1]?.ended();
  expect(await construct()).toBe(response);
  expect(starts.map(({ engine }) => engine)).toEqual(["engine", "engine", "engine"]);
});
