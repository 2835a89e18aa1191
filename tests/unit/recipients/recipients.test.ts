import { beforeAll, expect, test } from "@jest/globals";
import { UNKNOWN } from "../../../provider/src/common/unknown.ts";
import { hasRecipients, readRecipients, recipientProblems } from "../../../provider/src/recipients/recipients.ts";
import { encrypted, type Pair, pair, problems } from "../../support/recipients.ts";

let alice: Pair;

beforeAll(async () => {
  alice = await pair("alice@example.com");
});

test("the same password is never encrypted to the same text", async () => {
  const first = await encrypted("pass", { pgpKey: alice.publicKey });
  const second = await encrypted("pass", { pgpKey: alice.publicKey });
  expect(first.encryptedPassword).not.toBe(second.encryptedPassword);
});

test("PGP and age recipients are not given together", async () => {
  const message = "ageRecipients cannot be given beside pgpKey: one message is delivered. Remove one of them.";
  for (const args of [
    { pgpKey: alice.publicKey, ageRecipients: [] },
    { pgpKey: UNKNOWN, ageRecipients: UNKNOWN },
  ]) {
    expect(await problems(args)).toEqual([message]);
    expect(recipientProblems(args).map(({ reason }) => reason)).toEqual([message]);
  }
});

test("every problem counts as secret, for a private key may stand where a public one belongs", async () => {
  for (const args of [{ pgpKey: "x.asc" }, { pgpKey: "nonsense" }, { ageRecipients: [7, "x"] }]) {
    const read = await readRecipients(args);
    const found = read !== undefined && "problems" in read ? read.problems : [];
    expect(found).not.toHaveLength(0);
    expect(found.every(({ secret }) => secret)).toBe(true);
  }
});

test("recipients not known yet are no mistake, and none given are none", async () => {
  expect(await readRecipients({ pgpKey: UNKNOWN })).toBeUndefined();
  expect(await readRecipients({ ageRecipients: [UNKNOWN] })).toBeUndefined();
  expect(await readRecipients({})).toBeUndefined();
  expect(await problems({ pgpKey: [UNKNOWN, "alice.asc"] })).toEqual([expect.stringMatching(/^pgpKey\[1\] seems/)]);
  expect(await readRecipients({ pgpKey: [UNKNOWN, alice.publicKey] })).toMatchObject({
    recipients: { fingerprint: alice.fingerprint },
  });
  expect([{ pgpKey: UNKNOWN }, { ageRecipients: [] }, {}].map(hasRecipients)).toEqual([true, true, false]);
});
