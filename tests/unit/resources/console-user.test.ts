import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { ConsoleUser as PluginConsoleUser, VERSIONS } from "../../../provider/src/plugin/console-user.ts";
import { ConsoleUser, type ConsoleUserArgs } from "../../../provider/src/resources/console-user.ts";

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
    call: ({ inputs }) => ({ ...inputs, arn: `arn:aws-us-gov:iam::210987654321:user/${inputs.userName}` }),
  }),
);

afterEach(() => {
  registered = [];
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

  test("may keep the password that an adopted profile has", async () => {
    const alice = await declared("alice", { existing: true, adoptExisting: true, randomPassword: false });
    expect(kinds()).toEqual(["ConsoleUser", "LoginProfile", "UserPolicyAttachment"]);
    expect(inputsOf(/LoginProfile/)).not.toHaveProperty("password");
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
    const { state } = new PluginConsoleUser("alice", args, {});
    await value(state.passwordResetPending);
    const ofThePlugin = partsOf("aws-login-profile:index:LoginProfile");
    const known = (parts: typeof ofThePlugin) =>
      parts.map(({ type, name, inputs: { __provider, passwordHash, ...inputs } }) => ({ type, name, inputs }));
    expect(known(ofThePlugin)).toEqual(known(ofTypeScript));
  });

  test("hands the password out as a secret", async () => {
    const { state } = new PluginConsoleUser("alice", { password: "given" }, {});
    expect(await pulumi.isSecret(state.initialPassword)).toBe(true);
  });

  test("refuses values that are not known when it decides on its parts", () => {
    const args = { existing: pulumi.output(true), randomPassword: "no" } as unknown as ConsoleUserArgs;
    expect(() => new PluginConsoleUser("alice", args, {})).toThrow(
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
