import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { SETTINGS } from "../../../provider/src/aws/settings.ts";
import { derived } from "../../../tools/docs.ts";

test.each(Object.entries(derived({ SETTINGS })))("%s holds what the source says (else: make docs)", (file, text) => {
  expect(readFileSync(file, "utf8")).toBe(text);
});
