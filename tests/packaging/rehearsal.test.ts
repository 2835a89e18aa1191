/**
 * The part of `make rehearsal` that takes a few minutes: a release in registries on loopback, used by a stranger. `make soak`
 * runs it; `make test` does not, for a minute and a half of CPU time is more than it may cost; CI runs a part by itself (.ci/run).
 */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { SHORT } from "../../tools/rehearsal/channels.ts";
import { Rehearsal } from "../../tools/rehearsal/rehearsal.ts";
import { IS_WHOLE } from "../support/drawn.ts";

(IS_WHOLE ? describe : describe.skip)("a release", () => {
  let rehearsal: Rehearsal;

  beforeAll(async () => {
    rehearsal = await Rehearsal.prepare(SHORT);
  });

  afterAll(() => rehearsal?.end());

  test.each(SHORT)("reaches a stranger's program: $name", async (channel) => {
    expect(await rehearsal.play(channel)).toBeUndefined();
    const rows = rehearsal.rows.filter((row) => row.channel === channel.name);
    expect(new Set(rows.map(({ result }) => result))).toEqual(new Set(["passed"]));
  });
});
