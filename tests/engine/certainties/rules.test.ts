/** The account's rules for passwords, and generated passwords under `ignoreChanges`: what may be sent, and what not. */
import { afterAll, afterEach, beforeAll, describe, expect } from "@jest/globals";
import { drawnTest } from "../../support/drawn.ts";
import { DYNAMIC, PLUGIN } from "../../support/front-ends.ts";
import { GnuPG } from "../../support/openers.ts";
import { Plugins } from "../../support/plugins.ts";
import { Scene, THROTTLED } from "../../support/scene.ts";

const test = drawnTest(0.1);

const scene = Scene.forFile(() => plugins.environment);
let plugins: Plugins;
let gpg: GnuPG;
let pgpKey: string;

beforeAll(async () => {
  plugins = await Plugins.start(scene.iam.unrecordedEnvironment);
  gpg = new GnuPG();
  gpg.makeKey("alice@example.com", "ed25519", "cv25519");
  pgpKey = gpg.exportKey("alice@example.com");
});

afterAll(async () => {
  gpg.remove();
  await plugins.stop();
});

afterEach(() => scene.iam.awsCli("iam", "delete-account-password-policy").catch(() => {}));

const policy = (...options: string[]) => scene.iam.awsCli("iam", "update-account-password-policy", ...options);
const longer = (length: number) => policy("--minimum-password-length", String(length));

const generated = () => scene.profile("{ userName: user, ageRecipients }");

/** The passwords that were sent, accepted or not. */
const sent = () => scene.iam.takeCalls().flatMap(({ parameters: { Password = [] } }) => Password);

const POLICIES: Record<string, () => Promise<void>> = {
  "that can be read only after a while is held all the same": async () => {
    await longer(32);
    scene.disturb("GetAccountPasswordPolicy", 3, THROTTLED);
    scene.declare(generated());
    expect(await scene.up()).toMatchObject({ code: 0 });
    const [password = ""] = sent();
    expect(password.length).toBeGreaterThanOrEqual(32);
    expect(scene.identity.decrypt(scene.state().encryptedPassword).toString()).toBe(password);
  },
  "that was changed after it was read is read anew, and the second try complies": async () => {
    await longer(8);
    let isFirst = true;
    scene.iam.refuse(async ({ operation }) => {
      if (operation !== "CreateLoginProfile" || !isFirst) return undefined;
      isFirst = false;
      await longer(40);
      return { status: 400, code: "PasswordPolicyViolation", message: "Password should have a minimum length of 40" };
    });
    scene.declare(generated());
    expect(await scene.up()).toMatchObject({ code: 0 });
    const [first = "", second = "", ...more] = sent();
    expect([first.length < 40, second.length >= 40, more]).toEqual([true, true, []]);
    expect(scene.identity.decrypt(scene.state().encryptedPassword).toString()).toBe(second);
    expect(scene.state()).toMatchObject({ passwordVersion: 1 });
  },
  "of AWS holds where the account has none, and a preview names the rules": async () => {
    scene.declare(scene.profile("{ userName: user, password: WEAK }"));
    const output = await scene.fails(scene.preview());
    expect(output).toContain("password breaks the account's password policy, which asks for 3 of the four kinds");
    scene.declare(scene.profile('{ userName: user, password: "Ab1" }'));
    expect(await scene.fails(scene.preview())).toContain("at least 8 characters");
    expect(scene.calls()).toEqual([]);
  },
  "that lets nobody change a password warns of a reset, but not where the right is given": async () => {
    await policy("--minimum-password-length", "8", "--no-allow-users-to-change-password");
    const warning = "warning: passwordResetRequired is set for";
    const consoleUser = (args: string) =>
      `${scene.frontEnd.consoleUser} new ConsoleUser(user + "-console", { ageRecipients, ${args} })`;
    scene.declare(consoleUser("allowPasswordChange: false"));
    expect((await scene.preview()).output).toContain(warning);
    scene.declare(consoleUser("allowPasswordChange: true"));
    const { code, output } = await scene.preview();
    expect({ code, output }).toEqual({ code: 0, output: expect.not.stringContaining(warning) });
  },
};

interface Held {
  /** What stands in ignoreChanges. */
  names: string[];
  /** Of the password; `ageRecipients` where it is left out. */
  recipient?: string;
  /** Whether triggers that change ask for what is held back: an error says so. */
  refusesTriggers?: true;
}

const HELD: Held[] = [
  { names: ["ageRecipients"], refusesTriggers: true },
  { names: ["pgpKey"], recipient: "pgpKey", refusesTriggers: true },
  { names: ["*"] },
  { names: ["passwordVersion"] },
  { names: ["rotationTriggers"] },
];

/** Several runs under ignoreChanges: a password is sent once, and state and delivery stay. */
async function expectHeld({ names, recipient = "ageRecipients", refusesTriggers }: Held): Promise<void> {
  const declare = (trigger: number, more = "") =>
    scene.declare(
      `const pgpKey = ${JSON.stringify(pgpKey)}`,
      scene.profile(
        `{ userName: user, ${recipient}, rotationTriggers: { n: ${trigger} }${more} }`,
        `{ ignoreChanges: ${JSON.stringify(names)} }`,
      ),
    );
  declare(1);
  expect(await scene.succeeds(scene.up())).toEqual(["Create user generated"]);
  const first = scene.state();
  expect(await scene.succeeds(scene.up("--expect-no-changes"))).toEqual([]);
  for (const trigger of [2, 3]) {
    declare(trigger);
    if (refusesTriggers) {
      expect(await scene.fails(scene.up())).toContain("take it out of ignoreChanges if it stands there");
      expect(scene.calls()).toEqual([]);
    } else {
      expect(await scene.succeeds(scene.up())).toEqual([]);
    }
  }
  declare(refusesTriggers ? 1 : 3, ", passwordResetRequired: true");
  expect(await scene.succeeds(scene.up())).toEqual(names.includes("*") ? [] : ["Update user true"]);
  await scene.succeeds(scene.stack.refresh());
  expect(await scene.succeeds(scene.up("--expect-no-changes"))).toEqual([]);
  const { passwordVersion, encryptedPassword, keyFingerprint, createDate } = first;
  expect(scene.state()).toMatchObject({ passwordVersion, encryptedPassword, keyFingerprint, createDate });
}

describe.each([DYNAMIC, PLUGIN])("$name", (frontEnd) => {
  describe("a policy", () => {
    test.each(Object.entries(POLICIES))("%s", (_, played) => scene.play(frontEnd, played));
  });

  describe("a generated password stays under ignoreChanges of", () => {
    test.each(HELD.map((held) => [held.names.join(), held] as const))("%s", (_, held) =>
      scene.play(frontEnd, () => expectHeld(held)),
    );

    test("nothing: it is rotated by the triggers, and a run later is settled", async () => {
      scene.frontEnd = frontEnd;
      const program = (trigger: number) =>
        scene.profile(`{ userName: user, ageRecipients, rotationTriggers: { n: ${trigger} } }`);
      expect(await scene.applied(program(1))).toEqual(["Create user generated"]);
      expect(await scene.applied(program(2))).toEqual(["Update user generated"]);
      expect(await scene.applied(program(2))).toEqual([]);
    });
  });
});
