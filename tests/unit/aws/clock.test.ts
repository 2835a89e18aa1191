import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { ServerClock } from "../../../provider/src/aws/clock.ts";

const header = (serverTime: number) => new Date(Math.floor(serverTime / 1000) * 1000).toUTCString();
const NOW = Date.parse("2026-01-01T12:00:00Z");

test("an answer tells the server's time to a second and the time the call took", () => {
  const clock = new ServerClock();
  clock.observe(NOW, NOW + 40, header(NOW + 5020));
  expect(clock.uncertainty).toBe(1040);
});

test("without a Date header nothing can be told", () => {
  const clock = new ServerClock();
  clock.observe(NOW, NOW + 40, undefined);
  expect(clock.isSince(NOW, NOW)).toBeUndefined();
  expect(clock.untilTelling(NOW)).toBe(0);
});

test("what is told of a date is never wrong, whatever the offset, the delays and the moments", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -3_600_000, max: 3_600_000 }),
      fc.array(fc.record({ at: fc.nat(30_000), there: fc.nat(300), back: fc.nat(300) }), { minLength: 1 }),
      fc.nat(30_000),
      fc.integer({ min: -5000, max: 5000 }),
      (offset, answers, attempt, age) => {
        const clock = new ServerClock();
        for (const { at, there, back } of answers) {
          clock.observe(NOW + at, NOW + at + there + back, header(NOW + at + there + offset));
        }
        const happened = NOW + attempt + offset + age;
        const told = clock.isSince(Math.floor(happened / 1000) * 1000, NOW + attempt);
        // Dates are whole seconds: what happened in the second of the attempt counts as since.
        const truth = Math.floor(happened / 1000) >= Math.floor((NOW + attempt + offset) / 1000);
        expect([truth, undefined]).toContain(told);
      },
    ),
    { numRuns: 2000 },
  );
});

test("waiting for the telling moment halves the uncertainty each time", () => {
  const clock = new ServerClock();
  const offset = 123_456;
  let now = NOW;
  clock.observe(now, now, header(now + offset));
  for (let reading = 0; reading < 6; reading++) {
    now += clock.untilTelling(now);
    clock.observe(now, now, header(now + offset));
  }
  expect(clock.uncertainty).toBeLessThan(20);
});

test("a clock that was set meanwhile is learnt anew", () => {
  const clock = new ServerClock();
  clock.observe(NOW, NOW, header(NOW));
  clock.observe(NOW, NOW, header(NOW + 60_000));
  expect(clock.isSince(NOW + 62_000, NOW)).toBe(true);
  expect(clock.isSince(NOW + 1000, NOW)).toBe(false);
});
