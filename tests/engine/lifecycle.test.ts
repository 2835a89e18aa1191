import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "@jest/globals";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { Stack } from "../support/stack.ts";

const test = drawnTest(0.3);

/** Passwords that stand out in a search. */
const FIRST = "First-Secret-0001!";
const SECOND = "Second-Secret-0002?";

let iam: EmbeddedIam;
let stack: Stack;
let user: string;
let users = 0;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
});

afterAll(() => iam.stop());

beforeEach(async () => {
  user = `user-${++users}`;
  [stack] = await Promise.all([Stack.create(iam.environment), iam.awsCli("iam", "create-user", "--user-name", user)]);
  iam.takeCalls();
});

afterEach(() => {
  // Whatever a test did, no password was left anywhere, and nothing but the hash was encrypted.
  expect([FIRST, SECOND].flatMap((password) => stack.occurrences(password))).toEqual([]);
  for (const { inputs, outputs } of stack.loginProfiles()) {
    const encrypted = outputs?.passwordVersion === 0 ? [] : ["passwordHash"];
    for (const properties of [inputs, outputs]) expect(encryptedProperties(properties)).toEqual(encrypted);
  }
  stack.remove();
});

function encryptedProperties(properties: Record<string, any> = {}): string[] {
  return Object.keys(properties).filter((name) => JSON.stringify(properties[name]).includes("ciphertext"));
}

/** A program with one login profile, its arguments given as source text. */
function declare(args: string, options = "{}"): void {
  stack.program(`
const user = ${JSON.stringify(user)};
const password = process.env.PASSWORD;
const profile = new LoginProfile("profile", ${args}, ${options});
module.exports = { version: profile.passwordVersion, pending: profile.passwordResetPending };
`);
}

const withPassword = (PASSWORD: string) => ({ PASSWORD });

async function readBack(name = user) {
  return (await iam.awsCli("iam", "get-login-profile", "--user-name", name)).LoginProfile;
}

function operations() {
  return iam.takeProfileCalls().map(({ operation }) => operation);
}

/** Brings the stack to a first password, and forgets the calls that took. */
async function created(args = "{ userName: user, password, passwordResetRequired: true }"): Promise<void> {
  declare(args);
  expect(await stack.up(withPassword(FIRST))).toMatchObject({ code: 0 });
  iam.takeCalls();
}

describe("create", () => {
  test("makes one call that carries password and flag", async () => {
    declare("{ userName: user, password, passwordResetRequired: true }");
    const preview = await stack.preview(withPassword(FIRST));
    expect(preview.code).toBe(0);
    expect(preview.output).toMatch(/passwordVersion *: 1/);
    expect(operations()).toEqual([]);

    expect(await stack.up(withPassword(FIRST))).toMatchObject({ code: 0 });
    expect(iam.takeProfileCalls()).toMatchObject([
      {
        operation: "CreateLoginProfile",
        parameters: { UserName: user, Password: FIRST, PasswordResetRequired: "true" },
        userAgent: expect.stringContaining("pulumi-aws-login-profile/0.1.0"),
      },
    ]);
    expect(await readBack()).toMatchObject({ UserName: user, PasswordResetRequired: true });
    expect(stack.loginProfiles()).toMatchObject([
      {
        id: user,
        outputs: {
          userName: user,
          passwordResetRequired: true,
          passwordResetPending: true,
          passwordVersion: 1,
          createDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        },
      },
    ]);
  });

  test("does not send a flag that is left out", async () => {
    declare("{ userName: user, password }");
    expect(await stack.up(withPassword(FIRST))).toMatchObject({ code: 0 });
    expect(iam.takeProfileCalls()).toMatchObject([{ parameters: { UserName: user, Password: FIRST } }]);
    expect(stack.loginProfiles()[0]?.outputs).not.toHaveProperty("passwordResetRequired");
    expect(stack.loginProfiles()[0]?.outputs).toMatchObject({ passwordResetPending: false });
  });

  test("for a user who does not exist fails with one error that says so", async () => {
    declare('{ userName: "nobody", password }');
    const { code, output } = await stack.up(withPassword(FIRST));
    expect(code).not.toBe(0);
    expect(output).toContain(
      'Could not create the login profile of IAM user "nobody": NoSuchEntity: The user with name nobody cannot be found.',
    );
    expect(output).toContain("There is no such IAM user: create the user first (aws.iam.User), or correct userName.");
    expect(stack.loginProfiles()).toEqual([]);
  });

  test("is previewed and applied by a saved plan", async () => {
    declare("{ userName: user, password }");
    expect(await stack.preview("--save-plan", "plan.json", withPassword(FIRST))).toMatchObject({ code: 0 });
    expect(await stack.up("--plan", "plan.json", withPassword(FIRST))).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["CreateLoginProfile"]);
  });

  test("is previewed cleanly with a password and a user name that are not known yet", async () => {
    stack.program(`
const other = new LoginProfile("other", { userName: ${JSON.stringify(user)}, password: process.env.PASSWORD });
new LoginProfile("unknown-password", { userName: "other", password: other.createDate });
new LoginProfile("unknown-user", { userName: other.createDate, password: process.env.PASSWORD });
new LoginProfile("unknown-both", { userName: other.createDate, password: other.createDate });
`);
    const { code, output } = await stack.preview(withPassword(FIRST));
    expect(output).not.toContain("error");
    expect(code).toBe(0);
    expect(output).toContain("+ 5 to create");
    expect(operations()).toEqual([]);
  });
});

describe("a profile that exists already", () => {
  const theirs = () => iam.awsCli("iam", "create-login-profile", "--user-name", user, "--password", "theirs");

  test("is an error that says how to adopt it", async () => {
    await theirs();
    declare("{ userName: user, password }");
    const { code, output } = await stack.up(withPassword(FIRST));
    expect(code).not.toBe(0);
    expect(output).toContain(
      `Could not create the login profile of IAM user "${user}": EntityAlreadyExists: Login profile for user ${user} already exists.`,
    );
    expect(output).toContain("Set adoptExisting to true to take the profile over");
    expect(operations()).toEqual(["CreateLoginProfile"]);
  });

  test("is adopted and given the declared password", async () => {
    await theirs();
    declare("{ userName: user, password, passwordResetRequired: true, adoptExisting: true }");
    const { code, output } = await stack.up(withPassword(FIRST));
    expect(code).toBe(0);
    expect(output).toContain(`Adopted the existing login profile of IAM user "${user}".`);
    const made = iam.takeProfileCalls();
    expect(made.map(({ operation }) => operation)).toEqual([
      "CreateLoginProfile",
      "GetLoginProfile",
      "UpdateLoginProfile",
    ]);
    expect(made[2]?.parameters).toEqual({ UserName: user, Password: FIRST, PasswordResetRequired: "true" });
    expect(await readBack()).toMatchObject({ PasswordResetRequired: true });
    expect((await stack.preview(withPassword(FIRST))).output).toContain("2 unchanged");
  });
});

test("a profile is adopted without a password, and keeps its own", async () => {
  await iam.awsCli("iam", "create-login-profile", "--user-name", user, "--password", "theirs");
  declare("{ userName: user, adoptExisting: true }");
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(operations()).toEqual(["GetLoginProfile"]);
  const [profile] = stack.loginProfiles();
  expect(profile?.outputs).toMatchObject({ passwordVersion: 0, passwordResetPending: false });

  // The first declared password is version 1.
  declare("{ userName: user, password, adoptExisting: true }");
  expect(await stack.up(withPassword(FIRST))).toMatchObject({ code: 0 });
  expect(iam.takeProfileCalls()).toMatchObject([{ operation: "UpdateLoginProfile", parameters: { Password: FIRST } }]);
  expect(stack.loginProfiles()[0]?.outputs).toMatchObject({ passwordVersion: 1 });
});

describe("an unchanged profile", () => {
  test("costs no call, in preview and in update", async () => {
    await created();
    const preview = await stack.preview("--expect-no-changes", withPassword(FIRST));
    expect(preview).toMatchObject({ code: 0 });
    const up = await stack.up("--expect-no-changes", withPassword(FIRST));
    expect(up).toMatchObject({ code: 0 });
    // One process for the preview, and one for the update.
    expect(iam.takeCalls().map(({ operation }) => operation)).toEqual(["GetCallerIdentity", "GetCallerIdentity"]);
  });
});

describe("update", () => {
  test("with another password sends it, in one call, and shows the version in the preview", async () => {
    await created();
    expect((await stack.preview(withPassword(SECOND))).output).toMatch(/~ passwordVersion *: 1 => 2/);
    expect(await stack.up(withPassword(SECOND))).toMatchObject({ code: 0 });
    expect(iam.takeProfileCalls()).toMatchObject([
      { operation: "UpdateLoginProfile", parameters: { UserName: user, Password: SECOND } },
    ]);
    expect(stack.loginProfiles()[0]).toMatchObject({
      inputs: { passwordVersion: 2 },
      outputs: { passwordVersion: 2, createDate: expect.any(String) },
    });
  });

  test("of the flag alone sends no password", async () => {
    await created();
    declare("{ userName: user, password, passwordResetRequired: false }");
    expect(await stack.up(withPassword(FIRST))).toMatchObject({ code: 0 });
    const made = iam.takeProfileCalls();
    expect(made.map(({ parameters }) => parameters)).toEqual([{ UserName: user, PasswordResetRequired: "false" }]);
    expect(await readBack()).not.toMatchObject({ PasswordResetRequired: true });
    expect(stack.loginProfiles()[0]?.outputs).toMatchObject({ passwordVersion: 1, passwordResetPending: false });
  });

  test("that finds no profile creates it and says so", async () => {
    await created();
    await iam.awsCli("iam", "delete-login-profile", "--user-name", user);
    const { code, output } = await stack.up(withPassword(SECOND));
    expect(code).toBe(0);
    expect(output).toContain(`IAM user "${user}" had no login profile any more: created it again.`);
    const made = iam.takeProfileCalls();
    expect(made.map(({ operation }) => operation)).toEqual(["UpdateLoginProfile", "CreateLoginProfile"]);
    expect(made[1]?.parameters).toMatchObject({ Password: SECOND, PasswordResetRequired: "true" });
    expect(await readBack()).toMatchObject({ PasswordResetRequired: true });
  });

  test("of the flag alone that finds no profile creates it with the password as declared", async () => {
    await created();
    await iam.awsCli("iam", "delete-login-profile", "--user-name", user);
    declare("{ userName: user, password, passwordResetRequired: false }");
    expect(await stack.up(withPassword(FIRST))).toMatchObject({ code: 0 });
    expect(iam.takeProfileCalls()).toMatchObject([
      { operation: "UpdateLoginProfile" },
      { operation: "CreateLoginProfile", parameters: { Password: FIRST, PasswordResetRequired: "false" } },
    ]);
    expect(stack.loginProfiles()[0]?.outputs).toMatchObject({ passwordVersion: 1 });
  });

  test("that finds no profile and has no password says what is needed", async () => {
    await created();
    await iam.awsCli("iam", "delete-login-profile", "--user-name", user);
    declare("{ userName: user, passwordResetRequired: false }");
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toContain("it is gone from IAM, and the program gives no password to create it again");
    // Made moments ago, it is looked for more than once.
    expect([...new Set(operations())]).toEqual(["UpdateLoginProfile", "GetLoginProfile"]);
  });

  test("that finds neither profile nor user says that the user is missing", async () => {
    await created();
    await iam.awsCli("iam", "delete-login-profile", "--user-name", user);
    await iam.awsCli("iam", "delete-user", "--user-name", user);
    const { code, output } = await stack.up(withPassword(SECOND));
    expect(code).not.toBe(0);
    expect(output).toContain("There is no such IAM user");
    expect(operations()).toEqual(["UpdateLoginProfile", "CreateLoginProfile"]);
  });

  test("is planned and applied by a saved plan", async () => {
    await created();
    expect(await stack.preview("--save-plan", "plan.json", withPassword(SECOND))).toMatchObject({ code: 0 });
    expect(await stack.up("--plan", "plan.json", withPassword(SECOND))).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["UpdateLoginProfile"]);
  });
});

describe("a password that is left alone", () => {
  async function expectKept(before: string) {
    expect(operations()).toEqual([]);
    const [profile] = stack.loginProfiles();
    expect(profile).toMatchObject({ inputs: { passwordVersion: 1 }, outputs: { passwordVersion: 1 } });
    // The same password is still recognised: the hash was kept.
    declare(before);
    expect(await stack.up("--expect-no-changes", withPassword(FIRST))).toMatchObject({ code: 0 });
  }

  test("by taking it out of the program stays as it is, hash and version too", async () => {
    await created("{ userName: user, password }");
    declare("{ userName: user }");
    expect(await stack.up("--expect-no-changes")).toMatchObject({ code: 0 });
    await expectKept("{ userName: user, password }");
  });

  test.each(["password", "passwordHash"])(
    "by ignoreChanges on %s stays as it is, hash and version too",
    async (name) => {
      await created("{ userName: user, password }");
      declare("{ userName: user, password }", `{ ignoreChanges: [${JSON.stringify(name)}] }`);
      expect(await stack.up("--expect-no-changes", withPassword(SECOND))).toMatchObject({ code: 0 });
      await expectKept("{ userName: user, password }");
    },
  );
});

describe("replacement", () => {
  test("happens when the user name changes: the old profile is deleted, a new one created", async () => {
    await created();
    const renamed = `${user}-renamed`;
    await iam.awsCli("iam", "create-user", "--user-name", renamed);
    declare('{ userName: user + "-renamed", password, passwordResetRequired: true }');
    expect((await stack.preview(withPassword(FIRST))).output).toMatch(/1 to replace/);
    expect(await stack.up(withPassword(FIRST))).toMatchObject({ code: 0 });
    expect(iam.takeProfileCalls()).toMatchObject([
      { operation: "DeleteLoginProfile", parameters: { UserName: user } },
      { operation: "CreateLoginProfile", parameters: { UserName: renamed, Password: FIRST } },
    ]);
    await expect(readBack()).rejects.toThrow("NoSuchEntity");
    expect(await readBack(renamed)).toMatchObject({ UserName: renamed });
  });

  test("of a targeted resource deletes before it creates", async () => {
    await created();
    const urn = stack.loginProfiles()[0]?.urn ?? "";
    expect(await stack.up("--target-replace", urn, withPassword(FIRST))).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["DeleteLoginProfile", "CreateLoginProfile"]);
    expect(await stack.preview("--expect-no-changes", withPassword(FIRST))).toMatchObject({ code: 0 });
  });
});

test("a resource renamed without an alias, which adopts its own profile, does not delete it afterwards", async () => {
  await created("{ userName: user, password }");
  stack.program(`
new LoginProfile("renamed", { userName: ${JSON.stringify(user)}, password: process.env.PASSWORD, adoptExisting: true });
`);
  const { code, output } = await stack.up(withPassword(FIRST));
  expect(code).toBe(0);
  expect(output).toContain(`Kept the login profile of IAM user "${user}": another resource has taken it over.`);
  expect(operations()).toEqual(["CreateLoginProfile", "GetLoginProfile", "UpdateLoginProfile"]);
  expect(await readBack()).toMatchObject({ UserName: user });
});

test("a profile adopted with its own password is not replaced without one, and nothing is touched", async () => {
  await iam.awsCli("iam", "create-login-profile", "--user-name", user, "--password", "theirs");
  declare("{ userName: user, adoptExisting: true }");
  expect(await stack.up()).toMatchObject({ code: 0 });
  const urn = stack.loginProfiles()[0]?.urn ?? "";
  iam.takeCalls();
  const { code, output } = await stack.up("--target-replace", urn);
  expect(code).not.toBe(0);
  expect(output).toContain("the program gives no password to create it again: the one in IAM would be lost.");
  expect(operations()).toEqual([]);
  expect(await stack.up("--expect-no-changes")).toMatchObject({ code: 0 });
});

describe("refresh", () => {
  test.each([
    { declared: true, observed: true, update: false },
    { declared: true, observed: false, update: false },
    { declared: false, observed: false, update: false },
    { declared: false, observed: true, update: true },
  ])("with the flag declared $declared and observed $observed leads to an update: $update", async (row) => {
    const { declared, observed, update } = row;
    const args = `{ userName: user, password, passwordResetRequired: ${declared} }`;
    await created(args);
    const flag = observed ? "--password-reset-required" : "--no-password-reset-required";
    await iam.awsCli("iam", "update-login-profile", "--user-name", user, flag);

    expect(await stack.refresh()).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["GetLoginProfile"]);
    expect(stack.loginProfiles()[0]?.outputs).toMatchObject({
      passwordResetRequired: declared,
      passwordResetPending: observed,
      passwordVersion: 1,
    });
    const expectation = update ? [] : ["--expect-no-changes"];
    expect(await stack.up(...expectation, withPassword(FIRST))).toMatchObject({ code: 0 });
    expect(iam.takeProfileCalls().map(({ parameters }) => parameters)).toEqual(
      update ? [{ UserName: user, PasswordResetRequired: "false" }] : [],
    );
    expect((await readBack()).PasswordResetRequired ?? false).toBe(update ? declared : observed);
    expect(await stack.up("--expect-no-changes", withPassword(FIRST))).toMatchObject({ code: 0 });
  });

  test("of a deleted profile drops it, and the next up creates it", async () => {
    await created();
    await iam.awsCli("iam", "delete-login-profile", "--user-name", user);
    expect(await stack.refresh()).toMatchObject({ code: 0 });
    expect(stack.loginProfiles()).toEqual([]);
    iam.takeCalls();
    expect(await stack.up(withPassword(FIRST))).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["CreateLoginProfile"]);
    expect(await readBack()).toMatchObject({ UserName: user });
  });
});

describe("destroy", () => {
  test("deletes the profile in one call", async () => {
    await created();
    expect(await stack.destroy()).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["DeleteLoginProfile"]);
    await expect(readBack()).rejects.toThrow("NoSuchEntity");
  });

  test("succeeds when the profile is gone already", async () => {
    await created();
    // Of one that was made moments ago, IAM may not know yet everywhere: that one is asked for again.
    stack.putCheckpoint(stack.checkpoint().replaceAll(/("createDate": ?")[^"]+/g, "$12026-01-01T00:00:00Z"));
    await iam.awsCli("iam", "delete-login-profile", "--user-name", user);
    expect(await stack.destroy()).toMatchObject({ code: 0 });
    expect(operations()).toEqual(["DeleteLoginProfile"]);
    expect(stack.loginProfiles()).toEqual([]);
  });
});

describe("the state of a profile", () => {
  test("names the provider by a public path of the package, in 59 bytes", async () => {
    await created();
    const [profile] = stack.loginProfiles();
    for (const properties of [profile?.inputs, profile?.outputs]) {
      expect(properties?.__provider).toHaveLength(59);
      expect(properties?.__provider).toBe('module.exports=require("pulumi-aws-login-profile/provider")');
    }
  });
});
