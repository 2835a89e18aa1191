import { expect, test } from "@jest/globals";
import { encodings, occurrencesIn } from "../../support/leaks.ts";

const PASSWORD = `Pä"ss<w>'\n&1`;

test("a password is found in every form it may be written in", () => {
  for (const form of encodings(PASSWORD)) {
    expect(occurrencesIn([{ name: "file", text: `before ${form} after` }], ["another", PASSWORD])).toContain(
      "password 1 in file",
    );
  }
});

test.each([
  JSON.stringify({ deep: [{ value: PASSWORD }] }),
  JSON.stringify({ plaintext: JSON.stringify(PASSWORD) }),
  `Action=Create&Password=${encodeURIComponent(PASSWORD)}&UserName=x`,
])("a password is found in %j", (text) => {
  expect(occurrencesIn([{ name: "file", text }], [PASSWORD]).length).toBeGreaterThan(0);
});

test.each([
  ['{"a":["xyz"]}', 1],
  ['{"plaintext":"\\"xyz\\""}', 1],
  ['one line\n{"event":"xyz"}\n', 1],
  ["value {xyz} has a problem", 1],
  ["xyz marks the spot", 0],
])("a short password is found in %j as a whole value only", (text, count) => {
  expect(occurrencesIn([{ name: "file", text }], ["xyz"])).toHaveLength(count);
});

test("a password of one character is found as a value of the state", () => {
  expect(occurrencesIn([{ name: "file", text: '{"a":["x"]}' }], ["x"])).toHaveLength(1);
});

test("nothing is found where nothing is", () => {
  expect(occurrencesIn([{ name: "file", text: "nothing here" }], [PASSWORD, "x"])).toEqual([]);
});
