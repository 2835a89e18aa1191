import { inspect } from "node:util";
import { expect, test } from "@jest/globals";
import { Secret } from "../../../provider/src/passwords/secret.ts";

const TEXT = "correct horse";

test("a secret prints as [secret], however it is printed", () => {
  const secret = new Secret(TEXT);
  const printed = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret, { showHidden: true, depth: 5 }),
    inspect({ nested: [secret] }, { showHidden: true, depth: 5 }),
    inspect(new Error("failed", { cause: secret })),
    `${Object.entries(secret)}${Object.getOwnPropertyNames(secret)}`,
  ];
  for (const text of printed) expect(text).not.toContain(TEXT);
  expect(printed.slice(0, 3)).toEqual(["[secret]", "[secret]", '{"secret":"[secret]"}']);
});

test("a secret hands out its text when asked", () => {
  expect(new Secret(TEXT).reveal()).toBe(TEXT);
});
