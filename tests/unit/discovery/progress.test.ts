import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { Progress } from "../../../provider/src/discovery/progress.ts";

let written: string;

beforeEach(() => {
  written = "";
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

function terminal(isTTY = true, columns = 40) {
  return new Progress({ isTTY, columns, write: (text: string) => (written += text) } as never);
}

test("what is done in two seconds shows no progress", () => {
  const progress = terminal();
  progress.set("1 of 2 read …");
  jest.advanceTimersByTime(1900);
  progress.end();
  expect(written).toBe("");
});

test("what takes longer shows how far it is in one line, which is gone at the end", () => {
  const progress = terminal();
  progress.set("1 of 300 read …");
  jest.advanceTimersByTime(2000);
  progress.set("2 of 300 read …");
  jest.advanceTimersByTime(200);
  progress.end();
  jest.advanceTimersByTime(5000);
  expect(written).toBe("\r\x1b[K1 of 300 read …\r\x1b[K2 of 300 read …\r\x1b[K");
});

test("a line that stays takes the place of the one that moves, which is narrower than the terminal", () => {
  const progress = terminal(true, 9);
  progress.set("123456789");
  jest.advanceTimersByTime(2000);
  progress.say("Waiting.");
  progress.end();
  expect(written).toBe("\r\x1b[K12345678\r\x1b[KWaiting.\n");
});

test.each([0, undefined])("a terminal that says %s of its width is as wide as most", (columns) => {
  const progress = new Progress({ isTTY: true, columns, write: (text: string) => (written += text) } as never);
  progress.set("1".repeat(100));
  jest.advanceTimersByTime(2000);
  expect(written).toBe(`\r\x1b[K${"1".repeat(79)}`);
  progress.end();
});

test("where nobody looks, only lines that stay are written", () => {
  const progress = terminal(false);
  progress.set("1 of 300 read …");
  jest.advanceTimersByTime(10_000);
  progress.say("Waiting.");
  progress.end();
  expect(written).toBe("Waiting.\n");
});
