import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type * as pulumi from "@pulumi/pulumi";
import { placeholderWith } from "../../../provider/src/common/contract.ts";
import { PrivateFolder } from "../../../provider/src/common/private-folder.ts";
import { isHashOf } from "../../../provider/src/passwords/hash.ts";
import { Seal } from "../../../provider/src/passwords/seal.ts";
import { Secret } from "../../../provider/src/passwords/secret.ts";

let temporary: string;
let provider: pulumi.dynamic.ResourceProvider;
let seal: Seal;

beforeAll(async () => {
  temporary = mkdtempSync(join(tmpdir(), "provider-"));
  provider = (await import("../../../provider/src/dynamic/provider.ts")).handler();
  const settings: Record<string, string> = {
    "aws:skipRequestingAccountId": "true",
    "aws-login-profile:policyCheck": "false",
  };
  await provider.configure?.({ config: { get: (key: string) => settings[key] } } as pulumi.dynamic.ConfigureRequest);
  seal = new Seal();
});
afterAll(() => {
  seal.remove();
  rmSync(temporary, { recursive: true, force: true });
});

const check = (inputs: object) => provider.check?.({}, { __provider: "", userName: "alice", ...inputs });

test.each<[string, (password: string) => string]>([
  ["sealed", (password) => seal.seal(password)],
  ["plain, as a transform may put it", (password) => password],
])("check hashes the password that was %s", async (_, given) => {
  const result = await check({ password: given("Secret-01!"), passwordHash: placeholderWith({}) });
  expect(result?.failures).toBeUndefined();
  expect(await isHashOf(result?.inputs.passwordHash, new Secret("Secret-01!"))).toBe(true);
  expect(Object.keys(result?.inputs).sort()).toEqual(["passwordHash", "passwordVersion", "userName"]);
});

test("check says the rules of what was sealed as of what was not", async () => {
  const result = await check({ password: seal.seal("€") });
  expect(result?.failures).toMatchObject([{ property: "", reason: expect.stringContaining("position 1 (U+20AC)") }]);
});

test("check never takes a text that it cannot open for a password", async () => {
  const other = new Seal(new PrivateFolder([join(temporary, "elsewhere")]));
  const result = await check({ password: other.seal("Secret-01!") });
  expect(result).toEqual({
    inputs: {},
    failures: [{ property: "", reason: expect.stringContaining("the key of the run that sealed it is not there") }],
  });
});

test("a password that is held back by ignoreChanges is not opened", async () => {
  const olds = { userName: "alice", passwordHash: "$scrypt$ln=1,r=8,p=1$AAAA$AAAA", passwordVersion: 1 };
  const news = { userName: "alice", password: "\u{1F512}sealed:gone.AAAA", passwordHash: olds.passwordHash };
  const result = await provider.check?.(olds, news);
  expect(result).toEqual({ inputs: olds });
});

test("a profile among many that is null is a mistake, for a user without one loses it", async () => {
  const { profilesHandler } = await import("../../../provider/src/dynamic/provider.ts");
  const result = await profilesHandler().check?.(
    {},
    { passwordHashes: placeholderWith({}), profiles: { alice: null } },
  );
  expect(result?.failures).toEqual([
    expect.objectContaining({ reason: expect.stringContaining("must be a map of arguments, not null") }),
  ]);
});
