/** ConsoleUser as a component of the plugin: what differs from the TypeScript component, and another language. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { DYNAMIC, type FrontEnd, PLUGIN, pluginEnvironment } from "../support/front-ends.ts";
import { SCRATCH, YAML_HOST } from "../support/lab.ts";
import { AgeIdentity } from "../support/openers.ts";
import { Plugins } from "../support/plugins.ts";
import { Stack } from "../support/stack.ts";

const drawn = drawnTest(0.25);

const PASSWORD = "Given-To-Component-01!";

let iam: EmbeddedIam;
let plugins: Plugins;
let identity: AgeIdentity;
let stack: Stack;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  plugins = await Plugins.start(iam.unrecordedEnvironment);
  identity = new AgeIdentity();
  await iam.awsCli("iam", "create-group", "--group-name", "developers");
  await iam.awsCli("iam", "create-group", "--group-name", "auditors");
});

afterAll(async () => {
  identity.remove();
  await plugins.stop();
  await iam.stop();
});

async function succeeds(running: Promise<{ code: number | null; output: string }>): Promise<string> {
  const outcome = await running;
  expect(outcome).toMatchObject({ code: 0 });
  return outcome.output;
}

/** The calls about login profiles: operation, user and password. */
function calls() {
  return iam
    .takeCalls()
    .filter(({ operation }) => operation.endsWith("LoginProfile"))
    .map(({ operation, parameters }) => [operation, parameters.UserName, parameters.Password]);
}

/** The resources of a type, their secrets open. */
async function opened(type: string): Promise<Record<string, any>[]> {
  const { stdout } = await stack.pulumi("stack", "export", "--show-secrets");
  return JSON.parse(stdout).deployment.resources.filter((resource: { type: string }) => resource.type === type);
}

test("the plugin's component needs neither @pulumi/aws nor @pulumi/random", () => {
  const loaded = "Object.keys(require.cache).filter((file) => /@pulumi.(aws|random)/.test(file))";
  const script = `require("./provider/dist/plugin/console-user.js"); console.log(${loaded}.length)`;
  expect(execFileSync("node", ["-e", script]).toString()).toBe("0\n");
});

test("a YAML project has console users: created, left alone, moved to other groups, rotated, destroyed", async () => {
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(join(SCRATCH, "yaml-"));
  const declare = (group: string, quarter: string) =>
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      `name: test
runtime: yaml
config:
  password: { type: string, secret: true }
resources:
  keyed:
    type: aws-login-profile:ConsoleUser
    properties:
      groups: [${group}]
      ageRecipients: [${identity.recipient}]
      rotationTriggers: { quarter: ${quarter} }
  drawn:
    type: aws-login-profile:ConsoleUser
    properties:
      rotationTriggers: { quarter: ${quarter} }
  given:
    type: aws-login-profile:ConsoleUser
    properties:
      password: \${password}
outputs:
  signInUrl: \${keyed.signInUrl}
  encryptedPassword: \${keyed.encryptedPassword}
  initialPassword: \${drawn.initialPassword}
`,
    );
  declare("developers", "2026-Q3");
  const path = [YAML_HOST, pluginEnvironment().PATH].join(delimiter);
  // Of all that take part, only the plugin reads this variable: nothing on loopback goes through a proxy.
  const proxy = { grpc_proxy: "http://127.0.0.1:1" };
  stack = await Stack.createIn(folder, { ...iam.environment, ...plugins.environment, ...proxy, PATH: path });
  await stack.setSecret("password", PASSWORD);
  iam.takeCalls();

  await succeeds(stack.preview());
  expect(calls()).toEqual([]);
  await succeeds(stack.up());
  expect(calls().sort()).toEqual([
    ["CreateLoginProfile", "drawn", expect.anything()],
    ["CreateLoginProfile", "given", PASSWORD],
    ["CreateLoginProfile", "keyed", expect.anything()],
  ]);
  await succeeds(stack.up("--expect-no-changes"));
  expect(calls()).toEqual([]);

  declare("auditors", "2026-Q4");
  await succeeds(stack.up());
  const [random = [], keyed = [], ...others] = calls().sort();
  expect([random[0], random[1], keyed[0], keyed[1], others]).toEqual([
    "UpdateLoginProfile",
    "drawn",
    "UpdateLoginProfile",
    "keyed",
    [],
  ]);
  expect((await iam.awsCli("iam", "list-groups-for-user", "--user-name", "keyed")).Groups).toMatchObject([
    { GroupName: "auditors" },
  ]);
  const { stdout } = await stack.pulumi("stack", "output", "--json", "--show-secrets");
  const outputs = JSON.parse(stdout);
  expect(outputs).toMatchObject({
    signInUrl: "https://000000000000.signin.aws.amazon.com/console",
    initialPassword: random[2],
  });
  expect(identity.decrypt(outputs.encryptedPassword).toString()).toBe(keyed[2]);

  // Of what was drawn, RandomPassword keeps the one copy beside the output that the program asks for.
  for (const type of ["aws-login-profile:index:ConsoleUser", PLUGIN.type]) {
    const stored = await opened(type);
    expect(stored).toHaveLength(3);
    for (const password of [PASSWORD, random[2], keyed[2]]) expect(JSON.stringify(stored)).not.toContain(password);
  }
  expect(stack.filesWith(PASSWORD)).toEqual([]);
  // One plugin builds the component and manages its login profile.
  expect(await opened("pulumi:providers:aws-login-profile")).toHaveLength(1);

  await succeeds(stack.destroy());
  expect((await iam.awsCli("iam", "list-users")).Users).toEqual([]);
  stack.remove();
});

describe("in a Node.js program", () => {
  beforeEach(async () => {
    stack = await Stack.create({ ...iam.environment, ...plugins.environment, ...pluginEnvironment(), PASSWORD });
    iam.takeCalls();
  });

  afterEach(() => stack.remove());

  function program(body: string, frontEnd: FrontEnd = PLUGIN): void {
    stack.program(`${frontEnd.prelude}${frontEnd.consoleUser}
const aws = require("@pulumi/aws");
const { PASSWORD } = process.env;
const ageRecipients = "${identity.recipient}";
${body}`);
  }

  drawn("components that are built at the same time do not disturb one another", async () => {
    program(`for (let n = 0; n < 12; n++) new ConsoleUser("user" + n, { password: pulumi.secret(PASSWORD + n) });`);
    await succeeds(stack.up());
    expect(calls().sort()).toEqual(
      Array.from({ length: 12 }, (_, n) => ["CreateLoginProfile", `user${n}`, PASSWORD + n]).sort(),
    );
    expect(stack.occurrences(PASSWORD)).toEqual([]);
    await succeeds(stack.destroy());
  });

  drawn("values that a preview does not know are waited for", async () => {
    program(`
const { arn } = new aws.iam.User("first", { name: "first" });
const args = { userName: arn.apply((known) => known.slice(-5) + "-too"), groups: arn.apply(() => ["developers"]) };
new ConsoleUser("second", { ...args, ageRecipients: arn.apply(() => ageRecipients) });`);
    expect(await succeeds(stack.preview())).toContain("7 to create");
    await succeeds(stack.up());
    expect(calls()).toEqual([["CreateLoginProfile", "first-too", expect.anything()]]);
    await succeeds(stack.destroy());
  });

  drawn(
    "providers of one account are of aws and of the plugin; one of aws alone that leads elsewhere is refused",
    async () => {
      await iam.createUsers(["elsewhere"]);
      await iam.awsCliIn("111122223333", "iam", "create-user", "--user-name", "elsewhere");
      const declared = (providers: string) => `
const other = new Provider("other", { accessKey: "111122223333", secretKey: pulumi.secret("Other-Secret-Key") });
const us = new aws.Provider("us", { accessKey: "111122223333", secretKey: "x" });
new ConsoleUser("elsewhere", { existing: true, ageRecipients }, { providers: ${providers} });`;
      program(declared("[us]"));
      const { code, output } = await stack.preview();
      expect(code).not.toBe(0);
      expect(output).toContain(
        "its aws provider leads to AWS account 111122223333, but for its login profile the key in",
      );
      program(declared("[us, other]"));
      await succeeds(stack.up());
      const back = await iam.awsCliIn("111122223333", "iam", "get-login-profile", "--user-name", "elsewhere");
      expect(back.LoginProfile).toMatchObject({ UserName: "elsewhere", PasswordResetRequired: true });
      expect(await opened("aws:iam/userPolicyAttachment:UserPolicyAttachment")).toMatchObject([
        { provider: expect.stringContaining("pulumi:providers:aws::us::") },
      ]);
      await succeeds(stack.destroy());
    },
  );

  drawn.each([
    [
      '{ existing: true, path: "/a/" }',
      'ConsoleUser "alice": path cannot be given for a user who is managed elsewhere',
    ],
    ["{ randomPassword: pulumi.secret(false) }", 'ConsoleUser "alice": randomPassword must be true or false'],
    ["{ ageRecipients, gruops: [] }", "gruops is not an argument of LoginProfile"],
    ["{ password: PASSWORD, ageRecipients }", "password cannot be given beside ageRecipients"],
  ])("the mistake %s fails the preview", async (args, error) => {
    program(`new ConsoleUser("alice", ${args});`);
    const { code, output } = await stack.preview();
    expect({ failed: code !== 0, output }).toEqual({ failed: true, output: expect.stringContaining(error) });
    expect(stack.occurrences(PASSWORD)).toEqual([]);
  });

  drawn("a stack moves from the TypeScript component to the plugin's and back without a call to IAM", async () => {
    const body = 'new ConsoleUser("mover", { groups: ["developers"], password: PASSWORD });';
    program(body, DYNAMIC);
    await succeeds(stack.up());
    expect(calls()).toEqual([["CreateLoginProfile", "mover", PASSWORD]]);
    for (const [to, from] of [
      [PLUGIN, DYNAMIC],
      [DYNAMIC, PLUGIN],
    ] as const) {
      program(body, to);
      expect(await succeeds(stack.up())).toContain("6 unchanged");
      expect(calls()).toEqual([]);
      expect(stack.resources().map(({ type }) => type)).toContain(to.type);
      expect(stack.resources().map(({ type }) => type)).not.toContain(from.type);
    }
    await succeeds(stack.destroy());
  });
});
