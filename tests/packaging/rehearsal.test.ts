/** The part of `make rehearsal` that takes a minute or two: a release in registries on loopback, used by a stranger. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { SHORT } from "../../tools/rehearsal/channels.ts";
import { Rehearsal } from "../../tools/rehearsal/rehearsal.ts";

let rehearsal: Rehearsal;

beforeAll(async () => {
  rehearsal = await Rehearsal.prepare(SHORT);
});

afterAll(() => rehearsal?.end());

test.each(SHORT)("a release reaches a stranger's program: $name", async (channel) => {
  expect(await rehearsal.play(channel)).toBeUndefined();
  const rows = rehearsal.rows.filter((row) => row.channel === channel.name);
  expect(new Set(rows.map(({ result }) => result))).toEqual(new Set(["passed"]));
});
