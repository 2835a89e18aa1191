/** The plugin's service, asked by the engine's own messages, with a local AWS behind it. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { UNKNOWN } from "../../../provider/src/common/unknown.ts";
import { PluginService } from "../../../provider/src/plugin/service.ts";
import { toStruct } from "../../../provider/src/plugin/values.ts";
import { type Answer, awsError, LocalAws, type Request } from "../../support/local-aws.ts";

const ONE = "111111111111";
const TWO = "222222222222";
const STACK = "urn:pulumi:dev::test";
const EXPLICIT = `${STACK}::pulumi:providers:aws-login-profile::other`;
const DEFAULT = `${STACK}::pulumi:providers:aws-login-profile::default_0_1_0`;
const PROFILE = `${STACK}::aws-login-profile:index:LoginProfile::alice`;
const STATE = {
  userName: "alice",
  passwordVersion: 0,
  passwordResetPending: false,
  createDate: "2026-01-02T03:04:05Z",
};

const environment = { ...process.env };
let aws: LocalAws;
let service: PluginService;

beforeEach(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, {
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  });
  aws = await LocalAws.start();
  aws.decide = byKey;
  service = new PluginService(
    "{}",
    () => {},
    () => undefined,
  );
});

afterEach(async () => {
  process.env = { ...environment };
  await aws.close();
});

/** An access key is that of the account of this number. */
function byKey({ what, accessKey }: Request): Answer | undefined {
  if (what !== "GetCallerIdentity") return { status: 200, body: `<${what}Response></${what}Response>` };
  const result = `<GetCallerIdentityResult><Account>${accessKey}</Account></GetCallerIdentityResult>`;
  return { status: 200, body: `<GetCallerIdentityResponse>${result}</GetCallerIdentityResponse>` };
}

/** The settings of a provider that leads to an account. */
function to(account: string, others: object = {}) {
  return { accessKey: account, secretKey: "x", endpoints: [{ iam: aws.url, sts: aws.url }], ...others };
}

const plain = (properties: object) => toStruct(properties, new Set());

function diffConfig(olds: object, news: object, urn = EXPLICIT) {
  const request = new messages.DiffRequest().setUrn(urn).setOldInputs(plain(olds)).setOlds(plain(olds));
  return service.diffConfig(request.setNews(plain(news)));
}

function configure(settings: object) {
  return service.configure(new messages.ConfigureRequest().setArgs(plain(settings)));
}

function diff(state: object, declared: object = { userName: "alice", passwordVersion: 0 }) {
  const request = new messages.DiffRequest().setUrn(PROFILE).setId("alice");
  return service.diff(request.setOlds(plain({ ...STATE, ...state })).setNews(plain(declared)));
}

function deletion(seconds = 0) {
  const request = new messages.DeleteRequest().setUrn(PROFILE).setId("alice").setTimeout(seconds);
  return service.delete(request.setProperties(plain({ ...STATE, accountId: ONE })));
}

const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;

describe("a provider resource whose settings change", () => {
  test.each<[string, olds: () => object, news: () => object, urn: string, replaces: string[]]>([
    ["is replaced where they lead to another account", () => to(ONE), () => to(TWO), EXPLICIT, ["accessKey"]],
    ["stays where they lead to the same", () => to(ONE), () => to(ONE, { region: "eu-west-1" }), EXPLICIT, []],
    ["stays where it is the default one", () => to(ONE), () => to(TWO), DEFAULT, []],
    ["stays where they are not known yet", () => to(ONE), () => ({ accessKey: UNKNOWN }), EXPLICIT, []],
    ["stays where the old way is gone", () => ({ profile: "gone" }), () => to(TWO), EXPLICIT, []],
    [
      "stays where nobody answers for the old way",
      () => ({ ...to(ONE), endpoints: [{ sts: "http://127.0.0.1:1" }] }),
      () => to(TWO),
      EXPLICIT,
      [],
    ],
  ])("%s", async (_, olds, news, urn, replaces) => {
    const started = Date.now();
    const response = await diffConfig(olds(), news(), urn);
    expect(Date.now() - started).toBeLessThan(2500);
    expect(response.getChanges()).toBe(DIFF_SOME);
    expect(response.getReplacesList()).toEqual(replaces);
  });

  test("asks nobody where they do not", async () => {
    expect((await diffConfig(to(ONE), to(ONE))).getChanges()).toBe(DIFF_NONE);
    expect(aws.take()).toEqual([]);
  });
});

describe("a login profile in another account than its provider leads to", () => {
  const refused = `it is in AWS account ${ONE}, but the key of aws-login-profile:accessKey leads to account ${TWO} now`;

  test("is replaced, the old one first, where it comes from a provider with other settings", async () => {
    await configure(to(TWO));
    expect((await diffConfig(to(ONE), to(TWO))).getReplacesList()).toEqual([]);
    const response = await diff({ accountId: ONE });
    expect(response.getReplacesList()).toEqual(["accountId"]);
    expect(response.getDeletebeforereplace()).toBe(true);
    expect((await diff({ accountId: TWO })).getChanges()).toBe(DIFF_NONE);
  });

  test("is refused where its provider is the same, or the settings are", async () => {
    await configure(to(TWO));
    await expect(diff({ accountId: ONE })).rejects.toThrow(refused);
    await diffConfig(to(TWO), to(TWO));
    await expect(diff({ accountId: ONE })).rejects.toThrow(refused);
  });

  test("is refused where it comes to the default provider", async () => {
    await configure(to(TWO));
    await diffConfig(to(ONE), to(TWO), DEFAULT);
    await expect(diff({ accountId: ONE })).rejects.toThrow(refused);
  });
});

describe("an operation", () => {
  const throttled = (request: Request) =>
    request.what === "GetCallerIdentity" ? byKey(request) : awsError(400, "Throttling", "Rate exceeded");

  test("ends at once when the run is cancelled while it waits, and says what is left", async () => {
    await configure(to(ONE));
    aws.decide = (request) => {
      if (request.what === "DeleteLoginProfile") setTimeout(() => service.cancel(), 50);
      return throttled(request);
    };
    const started = Date.now();
    await expect(deletion()).rejects.toThrow(
      'Could not delete the login profile of IAM user "alice": Cancelled: the run was cancelled while it waited to try ' +
        "again after Throttling: Rate exceeded. Run `pulumi up` again: it completes what is left.",
    );
    expect(Date.now() - started).toBeLessThan(5000);
    await expect(deletion()).rejects.toThrow("the run was cancelled before this was asked of AWS.");
  });

  test("carries out the call that is under way when the run is cancelled", async () => {
    await configure(to(ONE));
    aws.decide = (request) => {
      if (request.what === "DeleteLoginProfile") service.cancel();
      return byKey(request);
    };
    await deletion();
    expect(aws.take().map(({ what }) => what)).toEqual(["GetCallerIdentity", "DeleteLoginProfile"]);
  });

  test("is given up after the seconds of its customTimeouts, where they are fewer than retryTimeout", async () => {
    await configure(to(ONE));
    aws.decide = throttled;
    const started = Date.now();
    await expect(deletion(1)).rejects.toThrow(
      /Throttling: Rate exceeded \(given up after \d+ attempts in [01] seconds\)/,
    );
    expect(Date.now() - started).toBeLessThan(5000);
    await configure(to(ONE, { retryTimeout: 0 }));
    await expect(deletion(60)).rejects.toThrow("given up after 1 attempts in 0 seconds");
  });
});
