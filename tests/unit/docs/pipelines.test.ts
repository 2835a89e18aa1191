/** The pipelines that the guide shows are the files that people copy. */
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { page } from "../../support/markdown.ts";

const shown = page("docs/guides/pipelines.md").blocks.map(({ text }) => text);

test.each([".github/workflows/console-users.yml", ".gitlab-ci.yml"])("the guide shows %s as it is", (file) => {
  expect(shown).toContain(readFileSync(`examples/pipelines/${file}`, "utf8"));
});
