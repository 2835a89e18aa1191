/** Unit tests of programs that use this package, under the mocks of Pulumi's own guide: resources give back what they are given. */
import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { ConsoleUser } from "../../../provider/src/resources/console-user.ts";
import { LoginProfile } from "../../../provider/src/resources/login-profile.ts";

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}_id`, state: inputs }),
    call: ({ inputs }) => inputs,
  }),
);

/** The value of an output; rejects with what went wrong on the way to it. */
function promiseOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve, reject) => pulumi.recover(output.apply(resolve), reject));
}

describe("in a test of a program", () => {
  test("a login profile has the outputs that the mocks give it", async () => {
    const profile = new LoginProfile("alice", { userName: "alice", password: "Initial-Pass-01!" });
    expect(await promiseOf(profile.urn)).toContain("iam:LoginProfile::alice");
    expect(await promiseOf(profile.userName)).toBe("alice");
  });

  test("mistakes in a login profile are what its URN rejects with", async () => {
    const profile = new LoginProfile("bob", { userName: "bo b", passwordLength: 30 });
    await expect(promiseOf(profile.urn)).rejects.toThrow(`LoginProfile "bob":
- userName must not contain the character at position 3 (U+0020). Use only A-Z a-z 0-9 _ + = , . @ -.
- passwordLength is for a generated password, which needs a recipient: give pgpKey or ageRecipients, or remove it.`);
  });

  test("a console user has the outputs that can be told without AWS", async () => {
    const { userName, arn, signInUrl, loginProfile } = new ConsoleUser("carol", { groups: ["developers"] });
    expect(await promiseOf(userName)).toBe("carol");
    expect(await promiseOf(arn)).toBeUndefined();
    expect(await promiseOf(signInUrl)).toBeUndefined();
    expect(await promiseOf(loginProfile.userName)).toBe("carol");
  });

  test("so does one who exists already", async () => {
    const { userName, signInUrl } = new ConsoleUser("dave", { existing: true, adoptExisting: true });
    expect(await promiseOf(userName)).toBe("dave");
    expect(await promiseOf(signInUrl)).toBeUndefined();
  });

  test("mistakes in a console user are what the URN of the login profile rejects with", async () => {
    const { loginProfile } = new ConsoleUser("erin", { passwordResetRequired: "no" as unknown as boolean });
    await expect(promiseOf(loginProfile.urn)).rejects.toThrow("passwordResetRequired must be true or false");
  });
});

/** How often Node.js finds a rejection of a program that nobody has handled, which other test runners take for a failure. */
function unhandled(program: string): string[] {
  const script = `
    const pulumi = require("@pulumi/pulumi");
    const { LoginProfile } = require("pulumi-aws-login-profile");
    const { ConsoleUser } = require("pulumi-aws-login-profile/console-user");
    const promiseOf = (output) => new Promise((resolve, reject) => pulumi.recover(output.apply(resolve), reject));
    const found = [];
    process.on("unhandledRejection", ({ message }) => found.push(message));
    pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name + "_id", state: inputs }), call: ({ inputs }) => inputs });
    (async () => { ${program} })();
    process.on("exit", () => console.log(JSON.stringify(found)));
  `;
  const { stdout, stderr } = spawnSync("node", ["-e", script], { encoding: "utf8" });
  if (stderr !== "") throw new Error(stderr);
  return JSON.parse(stdout);
}

describe("for any test runner", () => {
  const MISTAKE = expect.stringContaining('LoginProfile "bob":\n- userName must not contain');

  test.each([
    ["a login profile", 'new LoginProfile("bob", { userName: "bo b", password: "one" });'],
    ["a console user", 'new ConsoleUser("bob", { userName: "bo b" });'],
  ])("mistakes in %s are one rejection if nobody awaits them", (_, program) => {
    expect(unhandled(program)).toEqual([MISTAKE]);
  });

  test("mistakes that are awaited are none", () => {
    const awaited = "await promiseOf(profile.urn).catch(() => {});";
    const profile = 'const profile = new LoginProfile("bob", { userName: "bo b", password: "one" });';
    expect(unhandled(`${profile} ${awaited}`)).toEqual([]);
  });

  test("nor is there one without mistakes", () => {
    expect(unhandled('new LoginProfile("alice", { userName: "alice" }); new ConsoleUser("bob");')).toEqual([]);
  });
});
