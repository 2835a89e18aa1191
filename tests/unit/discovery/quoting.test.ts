import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { hclText, shellWord } from "../../../provider/src/discovery/quoting.ts";

test("a shell reads any word as it was", () => {
  const word = fc.string({ unit: "binary-ascii" }).filter((text) => !text.includes("\0"));
  const words = fc
    .sample(word, 200)
    .concat(["o'neil", "''", "'", "$HOME", "`id`", "a\nb", "\\'", "!!", "*", "~", "-n", "ü😀"]);
  const script = words.map((one) => `printf '%s\\0' ${shellWord(one)}`).join("\n");
  expect(execFileSync("sh", ["-c", script]).toString("utf8").split("\0").slice(0, -1)).toEqual(
    words.map((one) => Buffer.from(one).toString("utf8")),
  );
});

// What `terraform state list` of 1.11 prints for a state with these keys.
test.each([
  ["alice", '"alice"'],
  ["", '""'],
  ["o'neil", '"o\'neil"'],
  ['say "hi"', '"say \\"hi\\""'],
  ["back\\slash", '"back\\\\slash"'],
  ["new\nline\r\t", '"new\\nline\\r\\t"'],
  ["\u0024{x}", '"$\u0024{x}"'],
  ["$\u0024{y}", '"$$\u0024{y}"'],
  ["%{if}", '"%%{if}"'],
  ["$ % {", '"$ % {"'],
  ["üñî 😀", '"üñî 😀"'],
  ["zero\u200bwidth", '"zero\\u200bwidth"'],
  ["\u00a0\u0001\u007f", '"\\u00a0\\u0001\\u007f"'],
])("a key %j is written as Terraform writes it", (key, written) => {
  expect(hclText(key)).toBe(written);
});
