/**
 * Which profile, and when: a password that the user may have chosen is overwritten on purpose only, and an answer that comes
 * seconds after a write is no proof that a profile is gone.
 */
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { drawnTest } from "../../support/drawn.ts";
import { FaultProxy } from "../../support/fault-proxy.ts";
import { DYNAMIC, PLUGIN } from "../../support/front-ends.ts";
import { RenamingIam } from "../../support/renaming-iam.ts";
import { NOT_FOUND, Scene } from "../../support/scene.ts";

const test = drawnTest(0.08);

const scene = Scene.forFile();

let faults: FaultProxy;
let renaming: RenamingIam;

beforeAll(async () => {
  faults = await FaultProxy.start(scene.iam.address);
  renaming = await RenamingIam.start(scene.iam.address);
  // The first request of all takes the proxy long enough to look like a fault.
  await fetch(`${faults.url}/`, { method: "POST", body: "Action=ListUsers&Version=2010-05-08" });
});

afterAll(async () => {
  await renaming.close();
  await faults.stop();
});

/** The first create of the user's profile is carried out, and its answer lost. */
async function loseAnswer(): Promise<void> {
  scene.iam.forwardTo(faults.url);
  const effect = { response: { abort_bytes: 0 } };
  await faults.set([{ operation: "CreateLoginProfile", userName: scene.user, times: 1, effect }]);
}

/** IAM knows the user by this name, in whatever case it is written. */
function known(as: string): void {
  scene.iam.forwardTo(renaming.url);
  renaming.rename(scene.user, as);
}

const flagged = (flag: boolean, password = "FIRST") =>
  scene.profile(`{ userName: user, password: ${password}, passwordResetRequired: ${flag} }`);
const plain = (password = "FIRST") => scene.profile(`{ userName: user, password: ${password} }`);
const adopting = () => scene.profile("{ userName: user, password: FIRST, adoptExisting: true }");
const generated = (trigger: number, more = "") =>
  scene.profile(`{ userName: user, ageRecipients, rotationTriggers: { n: ${trigger} }${more} }`);

/** The state names the profile that IAM holds, and the next run has nothing to do. */
async function expectSettled(): Promise<void> {
  expect(scene.state()).toMatchObject({ createDate: await scene.dateOf() });
  expect(await scene.succeeds(scene.up("--expect-no-changes"))).toEqual([]);
}

const UPDATES: Record<string, () => Promise<void>> = {
  "of the flag, told once that there is no profile, sends no password": async () => {
    await scene.applied(flagged(true));
    scene.disturb("UpdateLoginProfile", 1);
    // IAM refuses the create, so that what it carries has no effect.
    expect(await scene.applied(flagged(false))).toEqual([
      "Update user false",
      "Create user FIRST false",
      "Get user",
      "Update user false",
    ]);
    expect(scene.state()).toMatchObject({ passwordVersion: 1, passwordResetPending: false });
    await expectSettled();
  },
  "of the flag, told often that there is no profile, sends no password": async () => {
    await scene.applied(flagged(true));
    scene.disturb("UpdateLoginProfile", 3);
    const calls = await scene.applied(flagged(false));
    expect(calls.filter((call) => call.startsWith("Update"))).toEqual(Array(4).fill("Update user false"));
    await expectSettled();
  },
  "of the flag sends the password to a profile that somebody made in place of ours": async () => {
    await scene.applied(flagged(true));
    await scene.recreate();
    scene.disturb("UpdateLoginProfile", 1);
    expect((await scene.applied(flagged(false))).at(-1)).toBe("Update user FIRST false");
    expect(scene.state()).toMatchObject({ passwordVersion: 1 });
    await expectSettled();
  },
  "of the password, told once that there is no profile, keeps the profile": async () => {
    await scene.applied(plain());
    const date = await scene.dateOf();
    scene.disturb("UpdateLoginProfile", 1);
    expect((await scene.applied(plain("SECOND"))).at(-1)).toBe("Update user SECOND");
    expect(scene.state()).toMatchObject({ passwordVersion: 2, createDate: date });
    await expectSettled();
  },
  "without a flag leaves it as it is, and the state says so": async () => {
    await scene.applied(flagged(true));
    expect(await scene.applied(plain("SECOND"))).toEqual(["Update user SECOND"]);
    expect(scene.state()).toMatchObject({ passwordResetPending: true });
    await scene.iam.awsCli("iam", "update-login-profile", "--user-name", scene.user, "--no-password-reset-required");
    await scene.succeeds(scene.stack.refresh());
    expect(await scene.applied(plain("FIRST"))).toEqual(["Update user FIRST"]);
    expect(scene.state()).toMatchObject({ passwordResetPending: false, passwordVersion: 3 });
    await expectSettled();
  },
};

const REFRESHES: Record<string, () => Promise<void>> = {
  "tells of another profile than ours, and the next run sets the password": async () => {
    await scene.applied(plain());
    await scene.recreate();
    const { code, output } = await scene.stack.refresh();
    expect(code).toBe(0);
    expect(output).toContain(`warning: IAM user "${scene.user}" has another login profile than the one that was set`);
    expect(scene.calls()).toEqual(["Get user"]);
    expect(scene.state()).toMatchObject({ passwordVersion: 1, createDate: await scene.dateOf() });
    expect((await scene.preview()).output).toContain("1 to update");
    expect(await scene.succeeds(scene.up())).toEqual(["Update user FIRST"]);
    await expectSettled();
  },
  "tells of another profile than ours, and the next run generates and delivers a password": async () => {
    await scene.applied(generated(1));
    const { encryptedPassword } = scene.state();
    await scene.recreate();
    await scene.succeeds(scene.stack.refresh());
    expect(await scene.succeeds(scene.up())).toEqual(["Update user generated"]);
    expect(scene.state()).toMatchObject({ passwordVersion: 2 });
    expect(scene.state().encryptedPassword).not.toBe(encryptedPassword);
    await expectSettled();
  },
  "of a profile adopted with its own password tells of another one, and nothing is sent": async () => {
    await scene.createTheirs();
    await scene.applied(scene.profile("{ userName: user, adoptExisting: true }"));
    await scene.recreate();
    await scene.succeeds(scene.stack.refresh());
    expect(await scene.succeeds(scene.up())).toEqual([]);
    await expectSettled();
  },
  "in two runs tells of another profile, and the password is still set by the next": async () => {
    await scene.applied(plain());
    await scene.recreate();
    await scene.succeeds(scene.stack.refresh());
    await scene.succeeds(scene.stack.refresh());
    expect(await scene.succeeds(scene.up())).toEqual(["Update user FIRST"]);
    await expectSettled();
  },
  "seconds after a create, told once that there is none, keeps the profile": async () => {
    await scene.applied(plain());
    scene.disturb("GetLoginProfile", 1);
    expect(await scene.succeeds(scene.stack.refresh())).toEqual(["Get user", "Get user"]);
    await expectSettled();
  },
  "seconds after an adoption, told thrice that there is none, keeps the profile": async () => {
    await scene.createTheirs();
    await scene.applied(adopting());
    scene.disturb("GetLoginProfile", 3);
    expect(await scene.succeeds(scene.stack.refresh())).toEqual(Array(4).fill("Get user"));
    await expectSettled();
  },
};

const CREATES: Record<string, () => Promise<void>> = {
  "that adopts, told a few times that there is none, adopts": async () => {
    await scene.createTheirs();
    scene.disturb("GetLoginProfile", 3);
    const calls = await scene.applied(adopting());
    expect(calls).toEqual(["Create user FIRST", ...Array(4).fill("Get user"), "Update user FIRST"]);
    await expectSettled();
  },
  "that adopts, told once more that there is none, adopts by an update alone": async () => {
    await scene.createTheirs();
    const date = await scene.dateOf();
    scene.disturb("UpdateLoginProfile", 2);
    const calls = await scene.applied(adopting());
    expect(calls.filter((call) => call.startsWith("Update"))).toEqual(Array(3).fill("Update user FIRST"));
    expect(await scene.dateOf()).toBe(date);
    await expectSettled();
  },
  "whose answer is lost, told twice that there is none, takes what it made": async () => {
    await loseAnswer();
    scene.disturb("GetLoginProfile", 2);
    const calls = await scene.applied(plain());
    expect(calls).toEqual([...Array(2).fill("Create user FIRST"), ...Array(3).fill("Get user"), "Update user FIRST"]);
    expect(scene.state()).toMatchObject({ passwordVersion: 1 });
    await expectSettled();
  },
  "whose answer is lost, told then that there is no such user, takes what it made": async () => {
    await loseAnswer();
    let creates = 0;
    scene.iam.refuse(({ operation }) =>
      operation === "CreateLoginProfile" && [2, 3].includes(++creates) ? NOT_FOUND : undefined,
    );
    const calls = await scene.applied(plain());
    expect(calls).toEqual([...Array(4).fill("Create user FIRST"), "Get user", "Update user FIRST"]);
    await expectSettled();
  },
  "of a generated password whose answer is lost is delivered as it was sent": async () => {
    await loseAnswer();
    scene.declare(generated(1));
    scene.iam.takeCalls();
    expect(await scene.up()).toMatchObject({ code: 0 });
    const sent = scene.iam.takeCalls().flatMap(({ parameters: { Password = [] } }) => Password);
    expect(scene.identity.decrypt(scene.state().encryptedPassword).toString()).toBe(sent.at(-1));
    expect(scene.state()).toMatchObject({ passwordVersion: 1 });
    await expectSettled();
  },
};

const DELETES: Record<string, () => Promise<void>> = {
  "seconds after a create, told once that there is no profile, leaves none": async () => {
    await scene.applied(plain());
    scene.disturb("DeleteLoginProfile", 1);
    await scene.succeeds(scene.stack.destroy());
    expect(await scene.dateOf()).toBeUndefined();
  },
};

/** Runs of one resource, each of which sets another password: its version. */
const VERSIONS: Record<string, () => Promise<void>> = {
  "of declared passwords, over other users and replacements": async () => {
    const versions = [];
    for (const [name, password] of [
      ["user", "FIRST"],
      ["user", "SECOND"],
      ["other", "SECOND"],
      ["user", "FIRST"],
      ["user", "SECOND"],
    ]) {
      await scene.applied(scene.profile(`{ userName: ${name}, password: ${password} }`));
      versions.push(scene.state().passwordVersion);
      if (versions.length !== 3) continue;
      await scene.succeeds(scene.up("--target-replace", scene.states().profile?.urn ?? ""));
      versions.push(scene.state().passwordVersion);
    }
    expect(versions).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await scene.succeeds(scene.up("--expect-no-changes"))).toEqual([]);
  },
  "of generated passwords, over a profile that is gone and a replacement": async () => {
    const versions: [number, string][] = [];
    const note = () => versions.push([scene.state().passwordVersion, scene.state().encryptedPassword]);
    await scene.applied(generated(1));
    note();
    await scene.iam.deleteLoginProfile(scene.user);
    await scene.applied(generated(1, ", passwordResetRequired: true"));
    note();
    await scene.applied(generated(2, ", passwordResetRequired: true"));
    note();
    await scene.succeeds(scene.up("--target-replace", scene.states().profile?.urn ?? ""));
    note();
    await scene.applied(generated(3));
    note();
    expect(versions.map(([version]) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(versions.map(([, encrypted]) => encrypted)).size).toBe(5);
    expect(await scene.succeeds(scene.up("--expect-no-changes"))).toEqual([]);
  },
};

const SPELLINGS: Record<string, () => Promise<void>> = {
  "a change of it is no change": async () => {
    known(scene.user);
    await scene.applied(plain());
    scene.declare(scene.profile("{ userName: user.toUpperCase(), password: FIRST }"));
    expect((await scene.preview()).output).not.toMatch(/replace/);
    expect(await scene.succeeds(scene.up())).toEqual([]);
    await scene.applied(scene.profile("{ userName: user.toUpperCase(), password: SECOND }"));
    expect(scene.state()).toMatchObject({ passwordVersion: 2, createDate: await scene.dateOf() });
    await scene.succeeds(scene.stack.destroy());
    expect(await scene.dateOf()).toBeUndefined();
  },
  "two resources that differ in it alone are refused": async () => {
    known(scene.user);
    scene.declare(plain(), scene.profile("{ userName: user.toUpperCase(), password: SECOND }", "{}", "another"));
    const output = await scene.fails(scene.preview());
    expect(output).toMatch(/userName "user-\d+" is declared by LoginProfile "\w+" too/i);
    await scene.fails(scene.up());
    // The engine may have begun with the first of the two.
    expect(scene.calls().length).toBeLessThan(2);
  },
};

describe.each([DYNAMIC, PLUGIN])("$name", (frontEnd) => {
  describe("an update", () => {
    test.each(Object.entries(UPDATES))("%s", (_, played) => scene.play(frontEnd, played));
  });

  describe("a refresh", () => {
    test.each(Object.entries(REFRESHES))("%s", (_, played) => scene.play(frontEnd, played));
  });

  describe("a create", () => {
    test.each(Object.entries(CREATES))("%s", (_, played) => scene.play(frontEnd, played));
  });

  describe("a deletion", () => {
    test.each(Object.entries(DELETES))("%s", (_, played) => scene.play(frontEnd, played));
  });

  describe("no version of a password comes twice", () => {
    test.each(Object.entries(VERSIONS))("%s", (_, played) => scene.play(frontEnd, played));
  });

  describe("upper and lower case in a user's name:", () => {
    test.each(Object.entries(SPELLINGS))("%s", (_, played) => scene.play(frontEnd, played));

    if (frontEnd !== PLUGIN) return;
    test("an import takes IAM's spelling", async () => {
      scene.frontEnd = frontEnd;
      known("Alice");
      await scene.createTheirs();
      scene.declare("");
      const options = ["--yes", "--protect=false", "--generate-code=false"];
      await scene.succeeds(scene.stack.pulumi("import", PLUGIN.type, "profile", "alice", ...options));
      expect(scene.states().profile).toMatchObject({ inputs: { userName: "Alice" }, outputs: { userName: "Alice" } });
      expect(await scene.applied(scene.profile('{ userName: "alice" }'))).toEqual([]);
      expect(scene.state()).toMatchObject({ createDate: await scene.dateOf() });
      expect(await scene.applied(scene.profile('{ userName: "alice", password: FIRST }'))).toEqual([
        expect.stringMatching(/^Update alice FIRST/i),
      ]);
    });
  });
});
