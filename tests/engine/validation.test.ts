import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { Stack } from "../support/stack.ts";

const test = drawnTest(0.25);

const PASSWORD = "Mistaken-Secret-01!";

let iam: EmbeddedIam;
let stack: Stack;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
});
afterAll(() => iam.stop());
beforeEach(async () => {
  stack = await Stack.create(iam.environment);
  iam.takeCalls();
});
afterEach(() => {
  expect(stack.occurrences(PASSWORD)).toEqual([]);
  stack.remove();
});

test("every mistake of every resource is reported in one preview, and nothing is called", async () => {
  stack.program(`
new LoginProfile("first", { userName: "", password: process.env.PASSWORD, adoptExisting: "no" });
new LoginProfile("second", { userName: "bo b", password: pulumi.secret(process.env.PASSWORD + "\\u20ac") });
`);
  const { code, output } = await stack.preview({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain(`error: LoginProfile "first":
- userName must not be empty: IAM would change the password of whoever makes the call. Give the name of an IAM user.
- adoptExisting must be true or false, not a string. A setting of the stack is read as one by config.getBoolean.
`);
  expect(output).toContain(`error: LoginProfile "second":
- userName must not contain the character at position 3 (U+0020). Use only A-Z a-z 0-9 _ + = , . @ -.
- password must not contain the character at position 20 (U+20AC). Use only tab, line feed, carriage return and U+0020 to U+00FF.
`);
  expect(iam.takeCalls()).toEqual([]);
});

test("mistakes that only the engine can see fail its check together, each under its property unless it may be secret", async () => {
  // A transform of the stack changes the arguments behind the program's back.
  stack.program(`
const mistaken = { userName: "bo b", password: process.env.PASSWORD + "\\u20ac", adoptExisting: "no", tag: process.env.PASSWORD };
const transforms = [({ props, opts }) => ({ props: { ...props, ...mistaken }, opts })];
new LoginProfile("profile", { userName: "bob", password: process.env.PASSWORD }, { transforms });
`);
  const { code, output } = await stack.preview({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain("property userName value {bo b} has a problem: userName must not contain");
  expect(output).toContain("property adoptExisting value {no} has a problem: adoptExisting must be true or false");
  expect(output).toContain("'profile' has a problem: password must not contain the character at position 20 (U+20AC).");
  expect(output).toContain("'profile' has a problem: tag is not an argument of LoginProfile.");
  expect(iam.takeCalls()).toEqual([]);
});

test("two resources for one user are an error that names both, wherever the names come from", async () => {
  stack.program(`
new LoginProfile("one", { userName: "alice", password: process.env.PASSWORD });
new LoginProfile("two", { userName: pulumi.output(Promise.resolve("alice")), password: process.env.PASSWORD });
new LoginProfile("three", { userName: "Alice", password: process.env.PASSWORD });
`);
  const { code, output } = await stack.preview({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toMatch(
    /userName "alice" is declared by LoginProfile "(one|two)" too, and a user has one login profile/,
  );
  // Each resource but the first that is heard.
  expect(output.match(/^error: /gm)).toHaveLength(2);
});

test("a resource that is replaced is not taken for two", async () => {
  await iam.awsCli("iam", "create-user", "--user-name", "replaced");
  stack.program('new LoginProfile("one", { userName: "replaced", password: process.env.PASSWORD });');
  expect(await stack.up({ PASSWORD })).toMatchObject({ code: 0 });
  const urn = stack.loginProfiles()[0]?.urn ?? "";
  expect(await stack.preview("--target-replace", urn, { PASSWORD })).toMatchObject({ code: 0 });
});

test("a password under a misspelt name is named, and its value shown nowhere", async () => {
  stack.program('new LoginProfile("profile", { userName: "alice", passwrod: process.env.PASSWORD });');
  const { code, output } = await stack.preview({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain("passwrod is not an argument of LoginProfile. Did you mean password?");
});

test("a password of the wrong type is rejected without showing it", async () => {
  stack.program('new LoginProfile("profile", { userName: "alice", password: [process.env.PASSWORD] });');
  const { code, output } = await stack.preview({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain("password must be a string, not an array.");
});

test("a setting that cannot be honoured is refused, not passed over", async () => {
  await stack.pulumi("config", "set", "aws:ec2MetadataServiceEndpoint", "http://169.254.169.1");
  stack.program('new LoginProfile("profile", { userName: "alice", password: process.env.PASSWORD });');
  const { code, output } = await stack.preview({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain("Set the environment variable AWS_EC2_METADATA_SERVICE_ENDPOINT instead");
  expect(iam.takeCalls()).toEqual([]);
});

test.each([
  ["provider", 'new pulumi.ProviderResource("other", "other", {})'],
  ["id", '"alice"'],
  ["import", '"alice"'],
])(
  "the option %s, with which the engine passes by the check, is refused before anything is stored",
  async (option, value) => {
    stack.program(`
new LoginProfile("profile", { userName: "alice", password: process.env.PASSWORD }, { ${option}: ${value} });
`);
    const { code, output } = await stack.up({ PASSWORD });
    expect(code).not.toBe(0);
    expect(output).toMatch(new RegExp(`- the option ${option} (cannot be given|does not work)`));
    const exported = await stack.pulumi("stack", "export", "--show-secrets");
    stack.outputs.pop();
    expect(exported.stdout).not.toContain(PASSWORD);
    expect(stack.loginProfiles()).toEqual([]);
  },
);

test("an aws provider of the parent, which does not reach the profile, is a warning", async () => {
  stack.program(`
const provider = new pulumi.ProviderResource("aws", "other", {});
const parent = new pulumi.ComponentResource("test:index:Parent", "parent", {}, { providers: [provider] });
new LoginProfile("profile", { userName: "alice", password: process.env.PASSWORD }, { parent });
`);
  const { output } = await stack.preview({ PASSWORD });
  expect(output).toContain('LoginProfile "profile": the aws provider of its parent does not reach it.');
});

test.each(["aws:insecure", "aws-login-profile:debug", "aws-login-profile:hashCost"])(
  "the setting %s, mistaken, is refused at preview, even with nothing to check",
  async (key) => {
    await stack.pulumi("config", "set", key, "maybe");
    await stack.pulumi("config", "set", "aws-login-profile:policyCheck", "false");
    stack.program('new LoginProfile("profile", { userName: "alice", adoptExisting: true });');
    const { code, output } = await stack.preview();
    expect(code).not.toBe(0);
    expect(output).toContain(`The setting ${key} must be`);
  },
);

test("a create without a password, and without leave to adopt, fails at preview", async () => {
  stack.program('new LoginProfile("profile", { userName: "alice" });');
  const { code, output } = await stack.preview();
  expect(code).not.toBe(0);
  expect(output).toContain(
    "password is needed to create a login profile: give one, or a recipient for a generated one",
  );
});

test.each([
  ["hashCost", "cheap", 'aws-login-profile:hashCost must be a whole number from 1 to 20, not "cheap"'],
  ["hashCost", "40", 'aws-login-profile:hashCost must be a whole number from 1 to 20, not "40"'],
  ["policyCheck", "maybe", 'aws-login-profile:policyCheck must be true or false, not "maybe"'],
])("the setting %s with the value %s is an error at preview that says what to do", async (name, value, message) => {
  await stack.pulumi("config", "set", `aws-login-profile:${name}`, value);
  stack.program('new LoginProfile("profile", { userName: "alice", password: process.env.PASSWORD });');
  const { code, output } = await stack.preview({ PASSWORD });
  expect(code).not.toBe(0);
  expect(output).toContain(message);
  expect(output).toContain(`Correct it with: pulumi config set aws-login-profile:${name}`);
});

test("a raised hash cost re-hashes nothing until the next password", async () => {
  await iam.awsCli("iam", "create-user", "--user-name", "costly");
  stack.program(`
const profile = new LoginProfile("profile", { userName: "costly", password: process.env.PASSWORD });
module.exports = { cost: pulumi.unsecret(profile.passwordHash).apply((hash) => hash.split("$")[2]) };
`);
  const cost = async () => JSON.parse((await stack.pulumi("stack", "output", "--json")).stdout).cost;
  await stack.up({ PASSWORD });
  const first = await cost();
  await stack.pulumi("config", "set", "aws-login-profile:hashCost", "5");
  expect(await stack.up("--expect-no-changes", { PASSWORD })).toMatchObject({ code: 0 });
  expect(await cost()).toBe(first);
  expect(await stack.up({ PASSWORD: `${PASSWORD}2` })).toMatchObject({ code: 0 });
  expect(await cost()).toBe("ln=5,r=8,p=1");
});
