import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect } from "@jest/globals";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { AgeIdentity } from "../support/openers.ts";
import { Plugins } from "../support/plugins.ts";
import { Stack } from "../support/stack.ts";

const test = drawnTest(0.5);

let iam: EmbeddedIam;
let plugins: Plugins;
let stack: Stack | undefined;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  plugins = await Plugins.start(iam.unrecordedEnvironment);
});

afterAll(async () => {
  await plugins.stop();
  await iam.stop();
});

afterEach(() => stack?.remove());

/** A program of this repository, as it stands, in a stack of its own. */
async function programOf(folder: string): Promise<Stack> {
  stack = await Stack.create({ ...iam.environment, ...plugins.environment }, folder);
  iam.takeCalls();
  return stack;
}

async function succeeds<T extends { code: number | null }>(running: Promise<T>): Promise<T> {
  const outcome = await running;
  expect(outcome).toMatchObject({ code: 0 });
  return outcome;
}

/** The calls about login profiles. */
function calls() {
  return iam.takeCalls().filter(({ operation }) => operation.endsWith("LoginProfile"));
}

async function outputs(of: Stack) {
  return JSON.parse((await succeeds(of.pulumi("stack", "output", "--json", "--show-secrets"))).stdout);
}

describe("the bootstrap program", () => {
  test("makes a console user of each entry, and keeps no password in a profile or in the clear", async () => {
    const bootstrap = await programOf(".");
    await succeeds(bootstrap.setSecret("initialPassword:bob", "Given-To-Bob-01!"));
    await iam.awsCli("iam", "create-user", "--user-name", "carol");
    appendFileSync(join(bootstrap.folder, "users.yaml"), "  - name: carol\n    existing: true\n");
    await succeeds(bootstrap.up());

    const sent = Object.fromEntries(
      calls().map(({ parameters }) => [parameters.UserName, [parameters.Password, parameters.PasswordResetRequired]]),
    );
    const { users, initialPasswords } = await outputs(bootstrap);
    const names = users.map(({ userName }: { userName: string }) => userName);
    expect(names).toEqual(["alice", "bob", "carol"]);
    for (const { signInUrl } of users) expect(signInUrl).toBe("https://000000000000.signin.aws.amazon.com/console");
    expect(initialPasswords.bob).toBe("Given-To-Bob-01!");
    expect(initialPasswords.alice).toHaveLength(24);
    expect(sent).toEqual(Object.fromEntries(names.map((user: string) => [user, [initialPasswords[user], "true"]])));
    expect((await iam.awsCli("iam", "get-user", "--user-name", "bob")).User).toMatchObject({ Path: "/contractors/" });
    expect(bootstrap.resources().filter(({ type }) => type === "aws:iam/user:User")).toHaveLength(2);

    const exported = await succeeds(bootstrap.pulumi("stack", "export", "--show-secrets"));
    const profiles = JSON.parse(exported.stdout).deployment.resources.filter(({ type }: { type: string }) =>
      type.endsWith(":LoginProfile"),
    );
    for (const password of Object.values<string>(initialPasswords)) {
      expect(bootstrap.filesWith(password)).toEqual([]);
      expect(JSON.stringify(profiles)).not.toContain(password);
    }
    await succeeds(bootstrap.up("--expect-no-changes"));
    await succeeds(bootstrap.destroy());
    const left = (await iam.awsCli("iam", "list-users")).Users;
    expect(left).toMatchObject([{ UserName: "carol" }]);
    await iam.awsCli("iam", "delete-user", "--user-name", "carol");
  });

  test("moves an entry between a console user and many profiles with a refresh, and IAM changes nothing", async () => {
    // A name that every object of JavaScript knows.
    const user = "constructor";
    await iam.awsCli("iam", "create-user", "--user-name", user);
    const bootstrap = await programOf(".");
    await succeeds(bootstrap.setSecret(`initialPassword:${user}`, "Given-To-Them-01!"));
    const declare = (more: object) =>
      writeFileSync(
        join(bootstrap.folder, "users.yaml"),
        JSON.stringify({ users: [{ name: user, existing: true, ...more }] }),
      );
    const holder = () =>
      bootstrap.resources().flatMap(({ type }) => type.match(/:(LoginProfiles?|ConsoleUser)$/)?.slice(1) ?? []);
    declare({});
    await succeeds(bootstrap.up());
    expect(holder().sort()).toEqual(["ConsoleUser", "LoginProfile"]);
    iam.takeCalls();

    declare({ allowPasswordChange: false });
    const unprepared = await bootstrap.up();
    expect(unprepared.code).not.toBe(0);
    expect(unprepared.output).toContain(`IAM user "${user}"`);
    expect(unprepared.output).toContain("adoptExisting");
    await succeeds(bootstrap.up("--refresh"));
    expect(holder()).toEqual(["LoginProfiles"]);
    expect((await outputs(bootstrap)).users).toEqual([{ userName: user }]);
    await succeeds(bootstrap.up("--expect-no-changes"));

    declare({});
    await succeeds(bootstrap.up("--refresh"));
    expect(holder().sort()).toEqual(["ConsoleUser", "LoginProfile"]);
    // A creation that found the profile there has changed nothing.
    expect(calls().filter(({ operation }) => /^(Update|Delete)/.test(operation))).toEqual([]);
    await succeeds(bootstrap.destroy());
    await iam.awsCli("iam", "delete-user", "--user-name", user);
  });

  test("reports a mistake in users.yaml by file, line and key, and nothing else", async () => {
    const bootstrap = await programOf(".");
    writeFileSync(join(bootstrap.folder, "users.yaml"), "users:\n  - name: alice\n    adoptExistin: true\n");
    const { code, output } = await bootstrap.pulumi("preview");
    expect(code).not.toBe(0);
    expect(output).toContain('error: users.yaml:3:5: unknown key "adoptExistin". Did you mean "adoptExisting"?');
    expect(output).not.toMatch(/^\s+at /m);
  });
});

describe("the bootstrap program with the file of a script", () => {
  test("that the AWS CLI printed runs to the end, on users and profiles as they are", async () => {
    const skeleton = await iam.awsCli("iam", "update-login-profile", "--generate-cli-skeleton");
    expect(Object.keys(skeleton)).toEqual(["UserName", "Password", "PasswordResetRequired"]);
    await iam.awsCli("iam", "create-user", "--user-name", "scripted");
    await iam.awsCli("iam", "create-login-profile", "--user-name", "scripted", "--password", "Before-Us-01!");
    const bootstrap = await programOf(".");
    const entry = { ...skeleton, UserName: "scripted", Password: "From-The-File-01!" };
    // As the > of Windows PowerShell writes it.
    const written = `\ufeff${JSON.stringify(entry, undefined, 4)}\n`.replaceAll("\n", "\r\n");
    writeFileSync(join(bootstrap.folder, "users.yaml"), written, "utf16le");

    const { output } = await succeeds(bootstrap.up());
    expect(output).toContain('warning: users.yaml:3:5: warning: the password of "scripted" stands here in clear.');
    expect(output).not.toContain("From-The-File-01!");
    expect(calls().at(-1)).toMatchObject({
      operation: "UpdateLoginProfile",
      parameters: { UserName: "scripted", Password: "From-The-File-01!", PasswordResetRequired: "true" },
    });
    const types = bootstrap.resources().map(({ type }) => type.split(":").at(-1));
    expect(types).toEqual(expect.arrayContaining(["LoginProfiles"]));
    expect(types).not.toContain("ConsoleUser");
    const back = await iam.awsCli("iam", "get-login-profile", "--user-name", "scripted");
    expect(back.LoginProfile).toMatchObject({ UserName: "scripted", PasswordResetRequired: true });

    // As the warning says.
    await succeeds(bootstrap.setSecret("initialPassword:scripted", "From-The-File-01!"));
    writeFileSync(join(bootstrap.folder, "users.yaml"), JSON.stringify({ ...entry, Password: undefined }));
    const secret = await succeeds(bootstrap.up("--expect-no-changes"));
    expect(secret.output).not.toContain("warning");
    expect(bootstrap.filesWith("From-The-File-01!")).toEqual([]);
    await succeeds(bootstrap.destroy());
    expect((await iam.awsCli("iam", "get-user", "--user-name", "scripted")).User.UserName).toBe("scripted");
  });

  test("is told where the skeleton was not filled in", async () => {
    const skeleton = await iam.awsCli("iam", "update-login-profile", "--generate-cli-skeleton");
    const bootstrap = await programOf(".");
    writeFileSync(join(bootstrap.folder, "users.yaml"), JSON.stringify(skeleton, undefined, 4));
    const { code, output } = await bootstrap.pulumi("preview");
    expect(code).not.toBe(0);
    expect(output).toContain('users.yaml:2:17: "UserName" must be the name of an IAM user');
  });
});

test("the example quick-start sets the password from the stack's secret configuration", async () => {
  await iam.awsCli("iam", "create-user", "--user-name", "quentin");
  const example = await programOf("examples/quick-start");
  await succeeds(example.pulumi("config", "set", "aws:region", "eu-central-1"));
  await succeeds(example.pulumi("config", "set", "userName", "quentin"));
  await succeeds(example.setSecret("password", "Quick-Start-01!"));
  await succeeds(example.up());
  expect(calls()).toMatchObject([
    { operation: "CreateLoginProfile", parameters: { UserName: "quentin", Password: "Quick-Start-01!" } },
  ]);
  expect(await outputs(example)).toEqual({ passwordResetPending: true });

  await iam.awsCli("iam", "update-login-profile", "--user-name", "quentin", "--no-password-reset-required");
  await succeeds(example.refresh("--run-program"));
  await succeeds(example.up());
  expect(calls().map(({ operation }) => operation)).toEqual(["GetLoginProfile"]);
  expect(await outputs(example)).toEqual({ passwordResetPending: false });
  expect(example.occurrences("Quick-Start-01!")).toEqual([]);
  await succeeds(example.destroy());
});

test("the example console-user delivers a password that its owner alone can read, and rotates it", async () => {
  const identity = new AgeIdentity();
  try {
    const example = await programOf("examples/console-user");
    await succeeds(example.pulumi("config", "set", "recipient", identity.recipient));
    await succeeds(example.up());
    await succeeds(example.pulumi("config", "set", "rotation", "2"));
    await succeeds(example.up());
    const { encryptedPassword, userName, signInUrl } = await outputs(example);
    const [created, updated, ...others] = calls();
    expect([created?.operation, updated?.operation, others]).toEqual(["CreateLoginProfile", "UpdateLoginProfile", []]);
    expect(identity.decrypt(encryptedPassword).toString()).toBe(updated?.parameters.Password);
    expect([userName, signInUrl]).toEqual(["alice", "https://000000000000.signin.aws.amazon.com/console"]);
    await succeeds(example.destroy());
  } finally {
    identity.remove();
  }
});

test("the example random-password rotates by its keepers", async () => {
  const example = await programOf("examples/random-password");
  await succeeds(example.up());
  const first = (await outputs(example)).initialPassword;
  await succeeds(example.pulumi("config", "set", "rotation", "2"));
  expect((await succeeds(example.preview())).output).toMatch(/passwordVersion *: 1 => \[unknown\]/);
  await succeeds(example.up());
  const { initialPassword, passwordVersion } = await outputs(example);
  expect(passwordVersion).toBe(2);
  expect(calls().map(({ operation, parameters }) => [operation, parameters.Password])).toEqual([
    ["CreateLoginProfile", first],
    ["UpdateLoginProfile", initialPassword],
  ]);
  await succeeds(example.destroy());
});
