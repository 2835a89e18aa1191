/** Passwords that the provider makes: seen by IAM, by their owner, and by nobody else. */
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "@jest/globals";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { filesBelow, occurrencesIn } from "../support/leaks.ts";
import { AgeIdentity, GnuPG } from "../support/openers.ts";
import { Stack } from "../support/stack.ts";

const test = drawnTest(0.25);

let iam: EmbeddedIam;
let gpg: GnuPG;
let alice: string;
let bob: string;
let identity: AgeIdentity;
let stack: Stack;
let user: string;
let users = 0;
/** The passwords that IAM was sent during a test. */
let sent: string[];

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  gpg = new GnuPG();
  alice = gpg.makeKey("alice@example.com", "ed25519", "cv25519");
  bob = gpg.makeKey("bob@example.com", "rsa2048", "rsa2048");
  identity = new AgeIdentity();
});

afterAll(async () => {
  gpg.remove();
  identity.remove();
  await iam.stop();
});

beforeEach(async () => {
  user = `user-${++users}`;
  sent = [];
  [stack] = await Promise.all([Stack.create(iam.environment), iam.createUsers([user])]);
  writeFileSync(join(stack.folder, "alice.asc"), gpg.exportKey("alice@example.com"));
  writeFileSync(join(stack.folder, "bob.base64"), gpg.exportBase64("bob@example.com"));
  iam.takeCalls();
});

afterEach(() => {
  operations();
  const shown = stack.outputs.map((text, index) => ({ name: `output ${index}`, text }));
  expect(occurrencesIn([...filesBelow(stack.folder), ...shown], sent)).toEqual([]);
  // Nothing but the hash of a declared password needs to be kept from those who read the state.
  for (const { inputs, outputs } of stack.loginProfiles())
    expect(JSON.stringify([inputs, outputs])).not.toContain("ciphertext");
  stack.remove();
});

function declare(args: string): void {
  stack.program(`
const { readFileSync } = require("node:fs");
const user = ${JSON.stringify(user)};
const alice = readFileSync("alice.asc", "utf8");
const bob = readFileSync("bob.base64", "utf8");
const ageRecipients = ${JSON.stringify(identity.recipient)};
const profile = new LoginProfile("profile", ${args});
module.exports = { encrypted: profile.encryptedPassword, key: profile.keyFingerprint, version: profile.passwordVersion };
`);
}

/** The calls but for reading the policy; their passwords are put aside. */
function operations(): string[] {
  return iam.takeProfileCalls().map(({ operation, parameters }) => {
    if (parameters.Password !== undefined) sent.push(parameters.Password);
    return operation;
  });
}

async function succeeds(running: Promise<{ code: number | null; output: string }>): Promise<string> {
  const outcome = await running;
  expect(outcome).toMatchObject({ code: 0 });
  return outcome.output;
}

/** What a user sees of the stack, without asking for secrets. */
async function outputs(): Promise<{ encrypted: string; key: string; version: number }> {
  return JSON.parse((await stack.pulumi("stack", "output", "--json")).stdout);
}

/** What `pulumi stack output` prints, as a shell would pipe it on. */
async function encrypted(): Promise<string> {
  return (await stack.pulumi("stack", "output", "encrypted")).stdout;
}

describe("gpg opens what the stack prints, and finds what IAM was sent", () => {
  test.each([
    ["an armored key", "pgpKey: alice", () => alice],
    ["a key in base64", "pgpKey: bob", () => bob],
    ["two keys", "pgpKey: [alice, bob]", () => `${alice}, ${bob}`],
  ])("for %s", async (_, recipient, fingerprint) => {
    declare(`{ userName: user, ${recipient}, passwordResetRequired: true }`);
    const preview = await succeeds(stack.preview());
    expect(preview).toMatch(/passwordVersion *: 1/);
    expect(operations()).toEqual([]);
    await succeeds(stack.up());
    expect(operations()).toEqual(["CreateLoginProfile"]);
    expect(sent).toEqual([gpg.decrypt(await encrypted()).toString()]);
    expect(await outputs()).toMatchObject({ key: fingerprint(), version: 1 });
    await succeeds(stack.up("--expect-no-changes"));
    expect(operations()).toEqual([]);
  });

  test("for a user of Keybase", async () => {
    const asked: (string | undefined)[] = [];
    const server: Server = createServer(({ url }, response) => {
      asked.push(url);
      response.end(gpg.exportKey("alice@example.com"));
    }).listen(0, "127.0.0.1");
    await new Promise((listening) => server.once("listening", listening));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      await stack.pulumi("config", "set", "aws-login-profile:keybaseUrl", url);
      declare('{ userName: user, pgpKey: "keybase:Alice" }');
      await succeeds(stack.up());
      operations();
      expect(sent).toEqual([gpg.decrypt(await encrypted()).toString()]);
      await succeeds(stack.up("--expect-no-changes"));
      expect(asked).toEqual(["/alice/pgp_keys.asc"]);
    } finally {
      server.close();
    }
  });
});

test("age opens what the stack prints, and finds what IAM was sent", async () => {
  declare("{ userName: user, ageRecipients, passwordLength: 40 }");
  await succeeds(stack.up());
  expect(operations()).toEqual(["CreateLoginProfile"]);
  expect(sent).toEqual([identity.decrypt(await encrypted()).toString()]);
  expect(sent[0]).toHaveLength(40);
  expect(await outputs()).toMatchObject({ key: identity.recipient, version: 1 });
});

test("a change of the triggers rotates in place, a change of the recipient takes part in the next rotation", async () => {
  declare('{ userName: user, pgpKey: alice, rotationTriggers: { quarter: "2026-Q4" } }');
  await succeeds(stack.up());
  operations();
  declare('{ userName: user, ageRecipients, rotationTriggers: { quarter: "2026-Q4" } }');
  expect(await succeeds(stack.preview())).toContain("2 unchanged");
  await succeeds(stack.up());
  expect(operations()).toEqual([]);
  expect(await outputs()).toMatchObject({ key: alice, version: 1 });

  declare('{ userName: user, ageRecipients, rotationTriggers: { quarter: "2027-Q1" } }');
  const preview = await succeeds(stack.preview("--save-plan", "plan.json"));
  expect(preview).toMatch(/passwordVersion *: 1 => 2/);
  expect(preview).toContain('"2026-Q4" => "2027-Q1"');
  await succeeds(stack.up("--plan", "plan.json"));
  expect(operations()).toEqual(["UpdateLoginProfile"]);
  expect(await outputs()).toMatchObject({ key: identity.recipient, version: 2 });
  expect(identity.decrypt(await encrypted()).toString()).toBe(sent[1]);
  expect(sent[1]).not.toBe(sent[0]);

  await succeeds(stack.refresh());
  await succeeds(stack.up("--expect-no-changes"));
  expect(operations()).toEqual(["GetLoginProfile"]);
  expect(identity.decrypt(await encrypted()).toString()).toBe(sent[1]);
});

test("a rotation that failed is made up for by the next run", async () => {
  declare("{ userName: user, ageRecipients, rotationTriggers: { n: 1 } }");
  await succeeds(stack.up());
  declare("{ userName: user, ageRecipients, rotationTriggers: { n: 2 } }");
  const denied = { status: 403, code: "AccessDenied", message: "Not now" };
  iam.refuse(({ operation }) => (operation === "UpdateLoginProfile" ? denied : undefined));
  expect((await stack.up()).output).toContain("Allow iam:UpdateLoginProfile");
  iam.refuse(() => undefined);
  operations();
  await succeeds(stack.up());
  expect(operations()).toEqual(["UpdateLoginProfile"]);
  expect(await outputs()).toMatchObject({ version: 2 });
  expect(identity.decrypt(await encrypted()).toString()).toBe(sent.at(-1));
});

test("a live password is adopted as it is, and replaced at the first rotation", async () => {
  await iam.awsCli("iam", "create-login-profile", "--user-name", user, "--password", "Live-Password-01!");
  declare("{ userName: user, adoptExisting: true }");
  await succeeds(stack.up());
  declare("{ userName: user, adoptExisting: true, pgpKey: alice }");
  await succeeds(stack.up());
  expect(operations()).toEqual(["GetLoginProfile"]);
  expect(sent).toEqual([]);
  declare("{ userName: user, adoptExisting: true, pgpKey: alice, rotationTriggers: { first: true } }");
  await succeeds(stack.up());
  expect(operations()).toEqual(["UpdateLoginProfile"]);
  expect(sent).toEqual([gpg.decrypt(await encrypted()).toString()]);
  expect(await outputs()).toMatchObject({ version: 1 });
});

test("a profile that exists is given a generated password where it is to be adopted", async () => {
  await iam.awsCli("iam", "create-login-profile", "--user-name", user, "--password", "Live-Password-01!");
  declare("{ userName: user, pgpKey: alice }");
  expect((await stack.up()).output).toContain("Set adoptExisting to true");
  operations();
  sent = [];
  declare("{ userName: user, pgpKey: alice, adoptExisting: true }");
  await succeeds(stack.up());
  expect(operations()).toEqual(["CreateLoginProfile", "GetLoginProfile", "UpdateLoginProfile"]);
  expect(new Set(sent)).toEqual(new Set([gpg.decrypt(await encrypted()).toString()]));
});

test("what cannot be delivered fails the preview, before IAM is called, and never shows what was given", async () => {
  gpg.makeKey("late@example.com", "ed25519", "cv25519", "1d", new Date("2020-01-01"));
  gpg.makeKey("signer@example.com", "ed25519");
  gpg.revoke(gpg.makeKey("revoked@example.com", "ed25519", "cv25519"));
  const keys = ["late", "signer", "revoked"].map((name) => gpg.exportKey(`${name}@example.com`));
  const privateKey = gpg.exportPrivateKey("alice@example.com");
  const cases: [args: string, reason: RegExp][] = [
    [`pgpKey: ${JSON.stringify(keys[0])}`, /pgpKey.*expired/],
    [`pgpKey: ${JSON.stringify(keys[1])}`, /pgpKey.*encrypt/],
    [`pgpKey: ${JSON.stringify(keys[2])}`, /pgpKey.*revoked/],
    ["pgpKey: alice.slice(0, 300)", /pgpKey/],
    ["pgpKey: process.env.PRIVATE_KEY", /pgpKey.*private key/],
    ['pgpKey: alice, password: "One-Of-Both-01!"', /password cannot be given beside pgpKey/],
    ["", /password is needed to create a login profile/],
  ];
  for (const [args, reason] of cases) {
    declare(`{ userName: user, ${args} }`);
    const { code, output } = await stack.preview({ PRIVATE_KEY: privateKey });
    expect(code).not.toBe(0);
    expect(output.replaceAll(/\s+/g, " ")).toMatch(reason);
  }
  expect(operations()).toEqual([]);
  const bodyLines = privateKey.split("\n").filter((line) => line.length > 20 && !line.startsWith("-----"));
  expect(bodyLines.flatMap((line) => stack.occurrences(line))).toEqual([]);
});
