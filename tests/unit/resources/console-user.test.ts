import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { factsIn } from "../../../provider/src/common/contract.ts";
import { ConsoleUser as PluginConsoleUser, VERSIONS } from "../../../provider/src/plugin/console-user.ts";
import { ConsoleUser, type ConsoleUserArgs } from "../../../provider/src/resources/console-user.ts";
import { entriesOf } from "../../../provider/src/users-file/entries.ts";

const ONE = "111111111111";
const TWO = "222222222222";
/** Where the aws provider leads, and where the login profile's way does. */
let accounts: { aws?: string; own?: string } = {};
let asked: pulumi.runtime.MockCallArgs[] = [];
let registered: pulumi.runtime.MockResourceArgs[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource(args) {
      registered.push(args);
      const { name, inputs } = args;
      const partition = /^in-(.*)$/.exec(name)?.[1] ?? "aws";
      const arn = `arn:${partition}:iam::123456789012:user/${inputs.name}`;
      return { id: `${name}-id`, state: { ...inputs, arn, result: "drawn", passwordResetPending: true } };
    },
    call: ({ token, inputs }) => {
      asked.push({ token, inputs });
      if (token.endsWith("getCallerIdentity")) return { accountId: accounts.aws };
      if (token.endsWith("accountOf")) return { accountId: accounts.own, way: "the way" };
      return { ...inputs, arn: `arn:aws-us-gov:iam::210987654321:user/${inputs.userName}` };
    },
  }),
);

afterEach(() => {
  registered = [];
  asked = [];
  accounts = {};
  pulumi.runtime.setAllConfig({});
});

function value<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** Declares a user, and waits until all of it is registered. */
async function declared(name: string, args?: ConsoleUserArgs): Promise<ConsoleUser> {
  const user = new ConsoleUser(name, args);
  await value(user.loginProfile.urn);
  await new Promise(setImmediate);
  return user;
}

function inputsOf(type: RegExp): Record<string, any> | undefined {
  return registered.find((resource) => type.test(resource.type))?.inputs;
}

function kinds(): string[] {
  return registered.map(({ type }) => type.split(":").at(-1) ?? "").sort();
}

describe("a console user", () => {
  test("is a user, a right, a random password and a profile, all under the component's name", async () => {
    const alice = await declared("alice");
    expect(kinds()).toEqual(["ConsoleUser", "LoginProfile", "RandomPassword", "User", "UserPolicyAttachment"]);
    expect(new Set(registered.map(({ name }) => name))).toEqual(new Set(["alice"]));
    expect(inputsOf(/:User$/)).toEqual({ name: "alice" });
    expect(inputsOf(/LoginProfile/)).toMatchObject({ userName: "alice", passwordResetRequired: true });
    expect(await value(alice.userName)).toBe("alice");
    expect(await value(alice.initialPassword)).toBe("drawn");
    expect(await pulumi.isSecret(alice.initialPassword)).toBe(true);
    expect(await value(alice.passwordResetPending)).toBe(true);
  });

  test("that only takes a profile over does not make its user choose another password, unless it says so", async () => {
    const taken = { existing: true, adoptExisting: true, randomPassword: false };
    await declared("alice", taken);
    expect(inputsOf(/LoginProfile/)).not.toHaveProperty("passwordResetRequired");
    registered = [];
    await declared("bob", { ...taken, passwordResetRequired: true });
    expect(inputsOf(/LoginProfile/)).toMatchObject({ passwordResetRequired: true });
    registered = [];
    await declared("carol", { ...taken, password: "Given-To-Carol-01!" });
    expect(inputsOf(/LoginProfile/)).toMatchObject({ passwordResetRequired: true });
  });

  test("may have another name, a path, tags, a boundary and groups", async () => {
    const tags = { team: "a" };
    const permissionsBoundary = "arn:aws:iam::123456789012:policy/boundary";
    const user = { path: "/contractors/", tags, permissionsBoundary, forceDestroy: true };
    await declared("alice", { userName: "a.smith", groups: ["developers"], ...user });
    expect(inputsOf(/:User$/)).toEqual({ name: "a.smith", ...user });
    expect(inputsOf(/UserGroupMembership/)).toEqual({ user: "a.smith", groups: ["developers"] });
  });

  test("without groups gets no membership, also for an empty list", async () => {
    await declared("alice", { groups: [] });
    expect(kinds()).not.toContain("UserGroupMembership");
  });

  test("has the right to change the password before it must, unless that is turned off", async () => {
    await declared("alice");
    const order = registered.map(({ type }) => type.split(":").at(-1));
    expect(order.indexOf("UserPolicyAttachment")).toBeLessThan(order.indexOf("LoginProfile"));
    registered = [];
    await declared("bob", { allowPasswordChange: false });
    expect(kinds()).not.toContain("UserPolicyAttachment");
  });

  test.each([
    ["aws", "https://123456789012.signin.aws.amazon.com/console"],
    ["aws-cn", "https://123456789012.signin.amazonaws.cn/console"],
    ["aws-us-gov", "https://123456789012.signin.amazonaws-us-gov.com/console"],
    ["aws-eusc", undefined],
    ["aws-iso-b", undefined],
  ])(
    "signs in where the partition %s has its page, if one is known, with the right of that partition: %s",
    async (partition, url) => {
      const user = await declared(`in-${partition}`);
      expect(await value(user.signInUrl)).toBe(url);
      expect(inputsOf(/UserPolicyAttachment/)?.policyArn).toBe(
        `arn:${partition}:iam::aws:policy/IAMUserChangePassword`,
      );
    },
  );

  test("who exists already is looked up and not created", async () => {
    const alice = await declared("alice", { existing: true });
    expect(kinds()).not.toContain("User");
    expect(alice.user).toBeUndefined();
    expect(await value(alice.signInUrl)).toBe("https://210987654321.signin.amazonaws-us-gov.com/console");
    expect(() => new ConsoleUser("bob", { existing: true, path: "/a/", tags: {} })).toThrow(
      'ConsoleUser "bob": path, tags cannot be given for a user who is managed elsewhere (existing).',
    );
  });

  test("keeps a password that is given, and draws none", async () => {
    const alice = await declared("alice", { password: "given" });
    expect(kinds()).not.toContain("RandomPassword");
    expect(await value(alice.initialPassword)).toBe("given");
    expect(await pulumi.isSecret(alice.initialPassword)).toBe(true);
  });

  test("with a key has no password that anyone could hand over", async () => {
    const alice = await declared("alice", { pgpKey: "keybase:alice", passwordLength: 30, rotationTriggers: { n: 1 } });
    expect(kinds()).not.toContain("RandomPassword");
    expect(await value(alice.initialPassword)).toBeUndefined();
    expect(inputsOf(/LoginProfile/)).toMatchObject({
      pgpKey: "keybase:alice",
      passwordLength: 30,
      rotationTriggers: { n: 1 },
    });
  });

  test("without a key draws a password of the length asked for, and another one when a trigger changes", async () => {
    await declared("alice", { passwordLength: 30, rotationTriggers: { n: 1, quarter: "2026-Q4" } });
    expect(inputsOf(/RandomPassword/)).toMatchObject({ length: 30, keepers: { n: "1", quarter: "2026-Q4" } });
    expect(inputsOf(/LoginProfile/)).not.toHaveProperty("rotationTriggers");
  });

  test("leaves the reset as it is where it is given as undefined, as for an entry of the AWS CLI without it", async () => {
    const [entry] = entriesOf([{ UserName: "alice", Password: "given" }]);
    const { name = "", password, ...args } = entry?.user ?? {};
    await declared(name, { ...args, password: password?.reveal() });
    expect(inputsOf(/LoginProfile/)).toMatchObject({ userName: "alice", adoptExisting: true });
    expect(inputsOf(/LoginProfile/)).toHaveProperty("password");
    expect(inputsOf(/LoginProfile/)).not.toHaveProperty("passwordResetRequired");
  });

  test("may keep the password that an adopted profile has", async () => {
    const alice = await declared("alice", { existing: true, adoptExisting: true, randomPassword: false });
    expect(kinds()).toEqual(["ConsoleUser", "LoginProfile", "UserPolicyAttachment"]);
    expect(inputsOf(/LoginProfile/)).not.toHaveProperty("password");
    // Who has chosen a password is not made to choose another.
    expect(inputsOf(/LoginProfile/)).not.toHaveProperty("passwordResetRequired");
    expect(await value(alice.initialPassword)).toBeUndefined();
  });

  test("is told from other things", async () => {
    expect(ConsoleUser.isInstance(await declared("alice"))).toBe(true);
    for (const other of [undefined, null, {}, "alice"]) expect(ConsoleUser.isInstance(other)).toBe(false);
  });
});

describe("the plugin's console user", () => {
  test("is of the same parts, but for the login profile, which is the plugin's own", async () => {
    const args = { groups: ["developers"], tags: { team: "a" }, passwordLength: 30, rotationTriggers: { n: 1 } };
    const partsOf = (type: string) => registered.map((part) => ({ ...part, type: part.type.replace(type, "profile") }));
    await declared("alice", args);
    const ofTypeScript = partsOf("pulumi-nodejs:dynamic/iam:LoginProfile");
    registered = [];
    const { state } = await PluginConsoleUser.declare("alice", args);
    await value(state.passwordResetPending);
    const ofThePlugin = partsOf("aws-login-profile:index:LoginProfile");
    const known = (parts: typeof ofThePlugin) =>
      parts.map(({ type, name, inputs: { __provider, passwordHash, ...inputs } }) => ({ type, name, inputs }));
    expect(known(ofThePlugin)).toEqual(known(ofTypeScript));
  });

  test("hands the password out as a secret", async () => {
    const { state } = await PluginConsoleUser.declare("alice", { password: "given" });
    expect(await pulumi.isSecret(state.initialPassword)).toBe(true);
  });

  test("refuses values that are not known when it decides on its parts", async () => {
    const args = { existing: pulumi.output(true), randomPassword: "no" } as unknown as ConsoleUserArgs;
    await expect(PluginConsoleUser.declare("alice", args)).rejects.toThrow(
      'ConsoleUser "alice": existing, randomPassword must be true or false',
    );
  });

  test.each(Object.entries(VERSIONS))(
    "stands on the version of the plugin of %s that is tested here",
    (name, pinned) => {
      expect(require(`@pulumi/${name}/package.json`).version).toBe(pinned);
    },
  );
});

describe("a console user is in one account:", () => {
  const role = (name: string) => ({ roleArn: `arn:aws:iam::${ONE}:role/${name}` });
  const url = "https://aws.example.com";

  function configure(settings: Record<string, unknown>): void {
    const texts = Object.entries(settings).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    pulumi.runtime.setAllConfig(Object.fromEntries(texts));
  }

  async function connection(args: ConsoleUserArgs = {}, opts: pulumi.ComponentResourceOptions = {}) {
    const { state } = await PluginConsoleUser.declare("alice", { password: "given", ...args }, opts);
    await value(state.passwordResetPending);
    return inputsOf(/LoginProfile/)?.connection;
  }

  /** What is registered but the component and providers. */
  async function parts() {
    await new Promise(setImmediate);
    return kinds().filter((kind) => !["ConsoleUser", "aws", "aws-login-profile"].includes(kind));
  }

  class Provider extends pulumi.ProviderResource {}
  const provider = (pkg: string, name = "explicit") => new Provider(pkg, name, {});

  test.each<[settings: Record<string, unknown>, connection: object | undefined]>([
    [{}, undefined],
    [{ "aws:skipMetadataApiCheck": "false", "aws:maxRetries": "3", "aws:insecure": "false" }, undefined],
    [
      { "aws:profile": "one", "aws:region": "eu-west-1" },
      { profile: "one", region: "eu-west-1" },
    ],
    [{ "aws:endpoints": [{ iam: url, sts: url }] }, { endpoint: url }],
    [{ "aws:assumeRoles": [role("a")] }, { assumeRole: role("a") }],
    [{ "aws:assumeRole": role("a"), "aws-login-profile:policyCheck": "false" }, { assumeRole: role("a") }],
  ])("of %j the plugin's makes the connection %j, and asks nobody", async (settings, expected) => {
    configure(settings);
    expect(await connection()).toEqual(expected);
    expect(asked).toEqual([]);
  });

  test.each<[settings: Record<string, unknown>, names: string]>([
    [{ "aws:accessKey": "AKIA1", "aws:secretKey": "s", "aws:token": "t" }, "aws:accessKey, aws:secretKey, aws:token"],
    [{ "aws:assumeRoles": [role("a"), role("b")] }, "aws:assumeRoles"],
    [{ "aws:endpoints": [{ iam: url }] }, "aws:endpoints"],
    [{ "aws:httpsProxy": "http://proxy:8080", "aws:profile": "one" }, "aws:httpsProxy"],
    [{ "aws:customCaBundle": "ca.pem" }, "aws:customCaBundle"],
    [{ "aws:sharedConfigFiles": ["config"] }, "aws:sharedConfigFiles"],
  ])("of %j the plugin's cannot make one, and makes nothing", async (settings, names) => {
    configure(settings);
    await expect(connection()).rejects.toThrow(
      `ConsoleUser "alice": its aws provider is reached by ${names}, which its login profile cannot take over`,
    );
    expect(await parts()).toEqual([]);
  });

  const led: [
    what: string,
    args: () => ConsoleUserArgs,
    opts: () => pulumi.ComponentResourceOptions,
    config: object,
  ][] = [
    ["a provider of aws", () => ({}), () => ({ providers: [provider("aws")] }), {}],
    ["a provider of its own", () => ({}), () => ({ providers: [provider("aws-login-profile")] }), {}],
    ["a connection", () => ({ connection: { profile: "one" } }), () => ({}), {}],
    ["settings of its own", () => ({}), () => ({}), { "aws:profile": "one", "aws-login-profile:profile": "one" }],
  ];

  test.each(led)("the plugin's with %s is made where both lead to one, and refused else", async (_, ...how) => {
    const [args, opts, settings] = how;
    configure(settings as Record<string, unknown>);
    accounts = { aws: ONE, own: ONE };
    await connection(args(), opts());
    expect(asked.map(({ token }) => token)).toContain("aws-login-profile:index:accountOf");
    expect(await parts()).toContain("LoginProfile");
    registered = [];
    accounts = { aws: ONE, own: TWO };
    await expect(connection(args(), opts())).rejects.toThrow(
      `ConsoleUser "alice": its aws provider leads to AWS account ${ONE}, but for its login profile the way leads to account ` +
        `${TWO}. Nothing was made.`,
    );
    expect(await parts()).toEqual([]);
  });

  test("a preview that cannot know one of the two leaves it to the update", async () => {
    accounts = { aws: ONE };
    await connection({}, { providers: [provider("aws", "unknown")] });
    expect(await parts()).toContain("LoginProfile");
  });

  test("each provider is asked once", async () => {
    accounts = { aws: ONE, own: ONE };
    const one = provider("aws", "asked-once");
    await Promise.all([connection({}, { providers: [one] }), connection({}, { providers: [one] })]);
    expect(asked.map(({ token }) => token.split(":").at(-1)).sort()).toEqual([
      "accountOf",
      "accountOf",
      "getCallerIdentity",
    ]);
  });

  test.each(["aws", "aws-login-profile"])("nobody is asked under %s:skipRequestingAccountId", async (namespace) => {
    configure({ [`${namespace}:skipRequestingAccountId`]: "true" });
    await connection({}, { providers: [provider("aws", namespace)] });
    expect(asked).toEqual([]);
  });

  /** What the check of a TypeScript login profile is told beside its arguments. */
  async function facts(opts?: pulumi.ComponentResourceOptions, args?: ConsoleUserArgs) {
    await value(new ConsoleUser("alice", { password: "given", ...args }, opts).loginProfile.urn);
    return factsIn(pulumi.runtime.unwrapRpcSecret(inputsOf(/LoginProfile/)?.passwordHash));
  }

  test("the check of a TypeScript login profile is told the user's account where another might be meant", async () => {
    accounts = { aws: ONE };
    expect(await facts()).not.toHaveProperty("accountId");
    expect(asked).toEqual([]);
    registered = [];
    expect(await facts({ provider: provider("aws", "of-typescript") })).toHaveProperty("accountId", ONE);
    registered = [];
    expect(await facts({}, { connection: { profile: "one" } })).toHaveProperty("accountId", ONE);
    registered = [];
    accounts = {};
    expect(await facts({ provider: provider("aws", "not-known") })).not.toHaveProperty("accountId");
  });
});
