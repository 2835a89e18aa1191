/** Where: a profile is read, changed and deleted only in the account it was made in. */
import { describe, expect } from "@jest/globals";
import { drawnTest } from "../../support/drawn.ts";
import { DYNAMIC, PLUGIN } from "../../support/front-ends.ts";
import { ACCOUNTS, keysOf, Scene } from "../../support/scene.ts";
import type { Outcome } from "../../support/stack.ts";

const test = drawnTest(0.15);

const scene = Scene.forFile();

const plain = (password = "FIRST") => scene.profile(`{ userName: user, password: ${password} }`);
/** The accounts that the user reads of. */
const accountsIn = (output: string) =>
  Object.values(ACCOUNTS).filter((account) => output.includes(`account ${account}`));

/** A setting of the front end, under the name it has there. */
const configure = (name: string, value: string) =>
  scene.stack.pulumi("config", "set", `${scene.frontEnd === DYNAMIC ? "aws" : "aws-login-profile"}:${name}`, value);

/** Account two has a profile of the same user; the dates of both. */
async function createdInOne(args?: string): Promise<() => Promise<void>> {
  await scene.createTheirs(scene.user, "two");
  await scene.applied(args ?? plain());
  const dates = async () => [await scene.dateOf(scene.user, "one"), await scene.dateOf(scene.user, "two")];
  const before = await dates();
  expect(before).not.toContain(undefined);
  return async () => expect(await dates()).toEqual(before);
}

async function expectRefusedWithoutSts(environment: NodeJS.ProcessEnv): Promise<void> {
  await scene.stack.pulumi("config", "set", "aws-login-profile:retryTimeout", "2");
  scene.declare(plain());
  await scene.succeeds(scene.preview(environment));
  const output = await scene.fails(scene.up(environment));
  expect(output).toContain("Nothing was changed: which account it is must be known first.");
  expect(output).toMatch(/skipRequestingAccountId to true to do without/);
  expect(scene.calls()).toEqual([]);
  expect(scene.states()).toEqual({});
}

const CASES: Record<string, () => Promise<void>> = {
  "keys of another account change nothing at any step, and those of the first do": async () => {
    const expectUntouched = await createdInOne();
    const { passwordHash: _, ...before } = scene.state();
    const refused = async (running: Promise<Outcome>) => {
      const output = await scene.fails(running);
      expect({ accounts: accountsIn(output), output }).toEqual({ accounts: Object.values(ACCOUNTS), output });
      expect(output).toContain("Nothing was changed.");
      expect(scene.calls()).toEqual([]);
    };
    await refused(scene.preview(keysOf("two")));
    await refused(scene.up(keysOf("two")));
    scene.declare(plain("SECOND"));
    await refused(scene.preview(keysOf("two")));
    await refused(scene.up(keysOf("two")));
    await refused(scene.stack.refresh(keysOf("two")));
    await refused(scene.stack.destroy(keysOf("two")));
    await expectUntouched();
    expect(scene.state()).toMatchObject(before);
    expect(await scene.succeeds(scene.up())).toEqual(["Update user SECOND"]);
    expect(await scene.succeeds(scene.stack.refresh())).toEqual(["Get user"]);
    expect(await scene.succeeds(scene.stack.destroy())).toEqual(["Delete user"]);
  },
  "keys of another account do not replace the profile": async () => {
    const expectUntouched = await createdInOne();
    const urn = scene.states().profile?.urn ?? "";
    const output = await scene.fails(scene.up("--target-replace", urn, keysOf("two")));
    expect({ accounts: accountsIn(output), output }).toEqual({ accounts: Object.values(ACCOUNTS), output });
    scene.declare(scene.profile("{ userName: other, password: FIRST }"));
    expect(accountsIn(await scene.fails(scene.up(keysOf("two"))))).toEqual(Object.values(ACCOUNTS));
    scene.declare("");
    expect(accountsIn(await scene.fails(scene.up(keysOf("two"))))).toEqual(Object.values(ACCOUNTS));
    expect(scene.calls()).toEqual([]);
    await expectUntouched();
    expect(await scene.dateOf(scene.other, "two")).toBeUndefined();
  },
  "a state that does not name the account learns it at the next change, and not before": async () => {
    await scene.applied(plain());
    await scene.changeState(({ outputs }) => {
      delete outputs?.accountId;
    });
    expect(scene.state()).not.toHaveProperty("accountId");
    expect(await scene.succeeds(scene.up("--expect-no-changes"))).toEqual([]);
    expect(await scene.succeeds(scene.stack.refresh())).toEqual(["Get user"]);
    expect(scene.state()).not.toHaveProperty("accountId");
    expect(await scene.applied(plain("SECOND"))).toEqual(["Update user SECOND"]);
    expect(scene.state()).toMatchObject({ accountId: ACCOUNTS.one });
    expect(accountsIn(await scene.fails(scene.up(keysOf("two"))))).toEqual(Object.values(ACCOUNTS));
  },
  "nothing to do costs no call to IAM and at most one to STS": async () => {
    const three = ["one", "two", "three"].map((name) => `{ userName: "${name}-" + user, password: FIRST }`);
    await scene.iam.createUsers(["one", "two", "three"].map((name) => `${name}-${scene.user}`));
    await scene.applied(...three.map((args, number) => scene.profile(args, "{}", `profile-${number}`)));
    expect(scene.identityCalls).toBe(1);
    for (const running of [scene.preview, scene.up]) {
      expect(await scene.succeeds(running.call(scene, "--expect-no-changes"))).toEqual([]);
      expect(scene.identityCalls).toBeLessThanOrEqual(1);
    }
  },
  "who does not want to be asked is not asked at any step": async () => {
    await configure("skipRequestingAccountId", "true");
    scene.declare(plain());
    expect(await scene.succeeds(scene.preview())).toEqual([]);
    expect(scene.identityCalls).toBe(0);
    expect(await scene.succeeds(scene.up())).toEqual(["Create user FIRST"]);
    expect(scene.identityCalls).toBe(0);
    expect(scene.state()).not.toHaveProperty("accountId");
    scene.declare(plain("SECOND"));
    for (const run of [() => scene.up(), () => scene.up(), () => scene.stack.refresh(), () => scene.stack.destroy()]) {
      await scene.succeeds(run());
      expect(scene.identityCalls).toBe(0);
    }
  },
  "a preview waits no longer for STS with many resources than with one": async () => {
    const names = Array.from({ length: 8 }, (_, number) => `many-${number}-${scene.user}`);
    await scene.iam.createUsers(names);
    await scene.applied(...names.map((name) => scene.profile(`{ userName: "${name}", password: FIRST }`, "{}", name)));
    const started = performance.now();
    await scene.succeeds(scene.preview("--expect-no-changes"));
    const usual = performance.now() - started;
    let answer = () => {};
    const silence = new Promise<undefined>((resolve) => {
      answer = () => resolve(undefined);
    });
    scene.iam.refuse(({ operation }) => (operation === "GetCallerIdentity" ? silence : undefined));
    const begun = performance.now();
    await scene.succeeds(scene.preview("--expect-no-changes"));
    // One and a half seconds each would be twelve; in all, it is those and what a busy machine adds.
    expect(performance.now() - begun - usual).toBeLessThan(6000);
    expect(scene.identityCalls).toBe(1);
    answer();
  },
  "where STS does not answer, a preview passes and a create changes nothing": () =>
    expectRefusedWithoutSts({ AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" }),
  "where STS is out of order, a preview passes and a create changes nothing": () => {
    const outOfOrder = { status: 503, code: "ServiceUnavailable", message: "Service is unavailable" };
    scene.disturb("GetCallerIdentity", Number.POSITIVE_INFINITY, outOfOrder);
    return expectRefusedWithoutSts({});
  },
};

describe.each([DYNAMIC, PLUGIN])("$name", (frontEnd) => {
  test.each(Object.entries(CASES))("%s", (_, played) => scene.play(frontEnd, played));
});
