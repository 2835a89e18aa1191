import { expect, test } from "@jest/globals";
import { codePoint, printable, quoted } from "../../../provider/src/common/characters.ts";

test("a character is named as standards write it", () => {
  expect(["é", "\u00a0", "€", "🔑"].map(codePoint)).toEqual(["U+00E9", "U+00A0", "U+20AC", "U+1F511"]);
});

test("a text that is shown stays on its line, and does nothing to a terminal", () => {
  expect(printable("a\nb\x1b[31m\u00a0\u202e\u2028é 🔑")).toBe(
    "a\\u{000A}b\\u{001B}[31m\\u{00A0}\\u{202E}\\u{2028}é 🔑",
  );
  expect(quoted("team")).toBe('"team"');
  expect(quoted("x".repeat(100))).toBe(`"${"x".repeat(64)}…"`);
});
