import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";

/** What the program declares, by the name of the resource. */
const declared = new Map<string, Record<string, unknown>>();

before(async () => {
  pulumi.runtime.setMocks(
    {
      newResource({ name, inputs }) {
        declared.set(name, inputs);
        return { id: name, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    "unit-tests",
    "test",
  );
  pulumi.runtime.setAllConfig({
    "unit-tests:users": JSON.stringify(["alice", "bob-contractor"]),
    "unit-tests:recipient": "age1gcs0uh9zgz2cdah6nm7vapmqxdykr893qkxn7c2u5ykjpvufsfqsjwp527",
  });
  // The program runs when it is loaded, so the mocks come first.
  const { profiles } = await import("./index.js");
  await Promise.all(profiles.map(({ urn }) => new Promise((resolve) => urn.apply(resolve))));
});

test("each user has a login profile", () => {
  assert.deepEqual([...declared.keys()].sort(), ["alice", "bob-contractor"]);
});

test("everybody but contractors must choose another password", () => {
  assert.equal(declared.get("alice")?.passwordResetRequired, true);
  assert.equal(declared.get("bob-contractor")?.passwordResetRequired, false);
});

test("no password is written into the program", () => {
  for (const inputs of declared.values()) assert.equal(inputs.password, undefined);
});
