import { afterEach, beforeEach, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { PrivateFolder } from "../../../provider/src/common/private-folder.ts";
import { LoginProfile } from "../../../provider/src/index.ts";
import { SealOpener } from "../../../provider/src/passwords/seal.ts";

/** What is done while a profile is being registered. */
type Registered = (args: pulumi.runtime.MockResourceArgs) => void;

let onRegistered: Registered = () => {};

beforeEach(() => connect());
afterEach(() => {
  onRegistered = () => {};
});

/** Mocks that look as if they were connected to an engine, until told otherwise. */
function connect(): void {
  pulumi.runtime.setMocks({
    newResource(args) {
      onRegistered(args);
      return { id: "id", state: args.inputs };
    },
    call: () => ({}),
  });
  Object.assign(pulumi.runtime.getMonitor() ?? {}, { getChannel: () => ({}) });
}

/** The keys of this process; those of others are among them in the same folder. */
const keys = () =>
  new PrivateFolder().list().filter((name) => name.startsWith("seal-") && name.includes(`-${process.pid}-`));

function value<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** The password as it is registered, and what it opens to meanwhile. */
async function registered(password: pulumi.Input<string | undefined>, name = "test") {
  let input: unknown;
  let opened: string | undefined;
  onRegistered = ({ inputs }) => {
    input = inputs.password;
    const { value } = input as { value: unknown };
    opened = typeof value === "string" ? new SealOpener().open(value)?.reveal() : undefined;
  };
  const profile = new LoginProfile(name, { userName: "alice", password });
  await value(profile.urn);
  return { isSecret: pulumi.runtime.isRpcSecret(input), text: pulumi.runtime.unwrapRpcSecret(input), opened, profile };
}

test.each<[string, pulumi.Input<string>]>([
  ["a string", "password"],
  ["a promise", Promise.resolve("password")],
  ["an output", pulumi.output("password")],
  ["a secret", pulumi.secret("password")],
])("the engine is given a sealed text for %s, as a secret", async (_, password) => {
  const { isSecret, text, opened } = await registered(password);
  expect([isSecret, opened]).toEqual([true, "password"]);
  expect(text).not.toContain("password");
});

test.each<[string, unknown]>([
  ["undefined in an output", pulumi.output(undefined)],
  ["null in an output", pulumi.output(null)],
])("%s stays as it is", async (_, password) => {
  const { opened, text } = await registered(password as pulumi.Input<string>);
  expect([opened, text ?? undefined]).toEqual([undefined, undefined]);
});

/** Lets what waits for the end of the run go on. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

test("a run has one key, which is gone once all is registered", async () => {
  const seen = new Set<string>();
  const profiles = Array.from({ length: 20 }, (_, index) => {
    onRegistered = () => {
      for (const file of keys()) seen.add(file);
    };
    return new LoginProfile(`profile-${index}`, { userName: `user-${index}`, password: `password-${index}` });
  });
  await Promise.all(profiles.map(({ urn }) => value(urn)));
  expect(seen.size).toBe(1);
  await settled();
  expect(keys()).toEqual([]);
  // A program may declare more, later.
  expect((await registered("password", "later")).opened).toBe("password");
  await settled();
  expect(keys()).toEqual([]);
});

test("a profile that is declared just as all others are registered has its key for as long as it needs it", async () => {
  for (let ticks = 0; ticks < 40; ticks++) {
    await registered("password", `first-${ticks}`);
    for (let tick = 0; tick < ticks; tick++) await undefined;
    expect((await registered("password", `second-${ticks}`)).opened).toBe("password");
    await settled();
  }
});

test("runs of one process have a key each, and one that ends takes no other's away", async () => {
  const { opened, text } = await registered("one");
  connect();
  const other = await registered("two");
  expect([opened, other.opened]).toEqual(["one", "two"]);
  const fileIn = (sealed: unknown) => /seal-[^.]*/.exec(String(sealed))?.[0];
  expect(fileIn(text)).not.toBe(fileIn(other.text));
  await settled();
  expect(keys()).toEqual([]);
});

test("under mocks, the password is what the program gave, and a secret", async () => {
  Object.assign(pulumi.runtime.getMonitor() ?? {}, { getChannel: undefined });
  const { isSecret, text } = await registered("password");
  expect([isSecret, text, keys()]).toEqual([true, "password", []]);
});

test("the profile has no output of that name, which a stack could export", async () => {
  const { profile } = await registered("password");
  expect(profile).not.toHaveProperty("password");
});
