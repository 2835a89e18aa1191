/** The cases of console users against both front ends, and moving over from `aws.iam.UserLoginProfile`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { DYNAMIC, type FrontEnd, PLUGIN, pluginEnvironment } from "../support/front-ends.ts";
import { GnuPG } from "../support/openers.ts";
import { Plugins } from "../support/plugins.ts";
import { Stack } from "../support/stack.ts";

const drawn = drawnTest(0.25);

let iam: EmbeddedIam;
let plugins: Plugins;
let gpg: GnuPG;
let stack: Stack;
let user: string;
let users = 0;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  plugins = await Plugins.start(iam.unrecordedEnvironment);
  gpg = new GnuPG();
  gpg.makeKey("alice@example.com", "ed25519", "cv25519");
  await iam.awsCli("iam", "create-group", "--group-name", "developers");
  await iam.awsCli("iam", "create-group", "--group-name", "auditors");
});

afterAll(async () => {
  gpg.remove();
  await plugins.stop();
  await iam.stop();
});

beforeEach(async () => {
  user = `user-${++users}`;
  stack = await Stack.create({ ...iam.environment, ...plugins.environment, ...pluginEnvironment() });
  writeFileSync(join(stack.folder, "alice.asc"), gpg.exportKey("alice@example.com"));
  iam.takeCalls();
});

afterEach(() => stack.remove());

function program(body: string, frontEnd: FrontEnd = DYNAMIC): void {
  stack.program(`
const aws = require("@pulumi/aws");
${frontEnd.consoleUser}
const pgpKey = require("node:fs").readFileSync("alice.asc", "utf8");
const user = ${JSON.stringify(user)};
${body}`);
}

async function succeeds(running: Promise<{ code: number | null; output: string }>): Promise<string> {
  const outcome = await running;
  expect(outcome).toMatchObject({ code: 0 });
  return outcome.output;
}

/** The calls about login profiles, and the passwords in them. */
function calls(): [operation: string, password: string | undefined][] {
  return iam
    .takeCalls()
    .filter(({ operation }) => operation.endsWith("LoginProfile"))
    .map(({ operation, parameters }) => [operation, parameters.Password]);
}

async function outputs(...options: string[]): Promise<Record<string, any>> {
  return JSON.parse((await stack.pulumi("stack", "output", "--json", ...options)).stdout);
}

function profiles(frontEnd: FrontEnd) {
  return stack.resources().filter(({ type }) => type === frontEnd.type);
}

async function groupsOf(name: string): Promise<string[]> {
  const { Groups } = await iam.awsCli("iam", "list-groups-for-user", "--user-name", name);
  return Groups.map(({ GroupName }: { GroupName: string }) => GroupName);
}

describe.each([DYNAMIC, PLUGIN])("$name", (frontEnd) => {
  drawn("a console user of a key has all it needs to sign in, and nobody else has the password", async () => {
    program(
      `
const alice = new ConsoleUser(user, { path: "/people/", tags: { team: "a" }, groups: ["developers"], pgpKey });
module.exports = { ...alice };`,
      frontEnd,
    );
    const preview = await succeeds(stack.preview());
    expect(preview).toContain("aws-login-profile:index:ConsoleUser");
    await succeeds(stack.up());

    const [[operation, sent] = []] = calls();
    expect(operation).toBe("CreateLoginProfile");
    const { userName, arn, signInUrl, passwordResetPending, encryptedPassword } = await outputs();
    expect(gpg.decrypt(encryptedPassword).toString()).toBe(sent);
    expect({ userName, arn, signInUrl, passwordResetPending }).toEqual({
      userName: user,
      arn: `arn:aws:iam::000000000000:user/people/${user}`,
      signInUrl: "https://000000000000.signin.aws.amazon.com/console",
      passwordResetPending: true,
    });
    expect(await groupsOf(user)).toEqual(["developers"]);
    expect(
      (await iam.awsCli("iam", "list-attached-user-policies", "--user-name", user)).AttachedPolicies,
    ).toMatchObject([{ PolicyName: "IAMUserChangePassword" }]);
    expect(stack.occurrences(sent ?? "")).toEqual([]);
    // A reset may be asked of those only who have the right to obey it.
    expect(profiles(frontEnd)[0]?.dependencies).toContainEqual(
      expect.stringContaining("aws:iam/userPolicyAttachment:UserPolicyAttachment"),
    );

    await succeeds(stack.up("--expect-no-changes"));
    await succeeds(stack.destroy());
    await expect(iam.awsCli("iam", "get-user", "--user-name", user)).rejects.toThrow("NoSuchEntity");
  });

  drawn("groups, tags and the password change in place", async () => {
    program("new ConsoleUser(user, { groups: ['developers'], pgpKey, rotationTriggers: { n: 1 } });", frontEnd);
    await succeeds(stack.up());
    program(
      "new ConsoleUser(user, { groups: ['auditors'], tags: { a: 'b' }, pgpKey, rotationTriggers: { n: 2 } });",
      frontEnd,
    );
    await succeeds(stack.up());
    const [create, update, ...others] = calls();
    expect([create?.[0], update?.[0], others]).toEqual(["CreateLoginProfile", "UpdateLoginProfile", []]);
    expect(update?.[1]).not.toBe(create?.[1]);
    expect(await groupsOf(user)).toEqual(["auditors"]);
    expect((await iam.awsCli("iam", "list-user-tags", "--user-name", user)).Tags).toEqual([{ Key: "a", Value: "b" }]);
  });

  drawn("a random password is handed out as a secret, and changes with the triggers", async () => {
    const declared = (trigger: number) => `
const alice = new ConsoleUser(user, { rotationTriggers: { n: ${trigger} } });
exports.initialPassword = alice.initialPassword;`;
    program(declared(1), frontEnd);
    await succeeds(stack.up());
    expect((await outputs()).initialPassword).toBe("[secret]");
    const { initialPassword: first } = await outputs("--show-secrets");
    program(declared(2), frontEnd);
    await succeeds(stack.up());
    const { initialPassword: second } = await outputs("--show-secrets");
    expect(calls()).toEqual([
      ["CreateLoginProfile", first],
      ["UpdateLoginProfile", second],
    ]);
    expect(second).not.toBe(first);
  });

  drawn("a user who is managed elsewhere gets the profile and the right, and stays when they go", async () => {
    await iam.createUsers([user]);
    program("new ConsoleUser(user, { existing: true, pgpKey });", frontEnd);
    await succeeds(stack.up());
    expect(stack.resources().map(({ type }) => type)).not.toContain("aws:iam/user:User");
    await succeeds(stack.destroy());
    expect((await iam.awsCli("iam", "get-user", "--user-name", user)).User.UserName).toBe(user);
  });

  drawn("the options of components work as they do in @pulumi/aws: parent, aliases, transforms", async () => {
    program("new ConsoleUser('before', { userName: user, pgpKey });", frontEnd);
    await succeeds(stack.up());
    expect(calls()).toHaveLength(1);
    program(
      `
class Team extends pulumi.ComponentResource {
  constructor() {
    super("test:index:Team", "team");
    const tagged = ({ type, props, opts }) =>
      type === "aws:iam/user:User" ? { props: { ...props, tags: { by: "transform" } }, opts } : undefined;
    const aliases = [{ name: "before", parent: pulumi.rootStackResource }];
    new ConsoleUser("after", { userName: user, pgpKey }, { parent: this, aliases, transforms: [tagged] });
  }
}
new Team();`,
      frontEnd,
    );
    const output = await succeeds(stack.up());
    expect(output).not.toMatch(/replaced|deleted/);
    expect(calls()).toEqual([]);
    expect(profiles(frontEnd).map(({ urn }) => urn)).toEqual([
      expect.stringContaining(`test:index:Team$aws-login-profile:index:ConsoleUser$${frontEnd.type}::after`),
    ]);
    expect((await iam.awsCli("iam", "list-user-tags", "--user-name", user)).Tags).toEqual([
      { Key: "by", Value: "transform" },
    ]);
  });
});

test("a live profile moves over from aws.iam.UserLoginProfile, and its password stays", async () => {
  await iam.createUsers([user]);
  const old = (options: string) => `new aws.iam.UserLoginProfile("alice", { user }, ${options});`;
  program(old("{}"));
  await succeeds(stack.up());
  const { CreateDate } = (await iam.awsCli("iam", "get-login-profile", "--user-name", user)).LoginProfile;

  program(old("{ retainOnDelete: true }"));
  await succeeds(stack.up());
  program('new LoginProfile("alice", { userName: user, adoptExisting: true });');
  const output = await succeeds(stack.up());
  expect(output).toContain("[retain]");
  expect(calls()).toEqual([["GetLoginProfile", undefined]]);
  expect(stack.resources().map(({ type }) => type)).not.toContain("aws:iam/userLoginProfile:UserLoginProfile");
  expect((await iam.awsCli("iam", "get-login-profile", "--user-name", user)).LoginProfile.CreateDate).toBe(CreateDate);

  program('new LoginProfile("alice", { userName: user, adoptExisting: true, pgpKey, rotationTriggers: { n: 1 } });');
  await succeeds(stack.up());
  expect(calls().map(([operation]) => operation)).toEqual(["UpdateLoginProfile"]);
});

test("a live profile moves over by the command line too", async () => {
  await iam.createUsers([user]);
  program('new aws.iam.UserLoginProfile("alice", { user });');
  await succeeds(stack.up());
  const urn = stack.resources().find(({ type }) => type.endsWith(":UserLoginProfile"))?.urn ?? "";
  await succeeds(stack.pulumi("state", "delete", urn, "--yes"));
  program('new LoginProfile("alice", { userName: user, adoptExisting: true });');
  await succeeds(stack.up());
  expect(calls()).toEqual([["GetLoginProfile", undefined]]);
});
