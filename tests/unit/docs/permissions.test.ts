/** What the page on permissions says is what the source asks of AWS. */
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { page } from "../../support/markdown.ts";

test("every call that the source makes is named in the page on permissions", () => {
  const calls = globSync("provider/src/**/*.ts").flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/new sdk\.(\w+)Command\(/g)].map(([, call]) => call ?? ""),
  );
  expect(calls).toContain("CreateLoginProfile");
  const { text } = page("docs/permissions.md");
  expect(calls.filter((call) => !text.includes(call))).toEqual([]);
});
