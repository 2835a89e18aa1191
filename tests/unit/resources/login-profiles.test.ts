/** What a program registers of many login profiles, and what it gets to see of them. */
import { afterEach, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { LoginProfiles, type LoginProfilesArgs } from "../../../provider/src/index.ts";
import { SealOpener } from "../../../provider/src/passwords/seal.ts";

type Registered = (args: pulumi.runtime.MockResourceArgs) => Record<string, unknown>;

const asGiven: Registered = ({ inputs }) => inputs;
let onRegistered = asGiven;

afterEach(() => {
  onRegistered = asGiven;
});

/** Mocks, which may look as if they were connected to an engine. */
function connect(looksLikeAnEngine: boolean): void {
  pulumi.runtime.setMocks({
    newResource: (args) => ({ id: "id", state: onRegistered(args) }),
    call: () => ({}),
  });
  if (looksLikeAnEngine) Object.assign(pulumi.runtime.getMonitor() ?? {}, { getChannel: () => ({}) });
}

function value<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** What is in secrets; mocks are handed a map as one where a part of it is. */
function plain(value: unknown): any {
  const known = pulumi.runtime.unwrapRpcSecret(value);
  if (known !== value) return plain(known);
  if (typeof known !== "object" || known === null) return known;
  return Object.fromEntries(Object.entries(known).map(([key, part]) => [key, plain(part)]));
}

/** The inputs as they are registered; sealed passwords are opened while their key is there. */
async function registered(args: LoginProfilesArgs) {
  let inputs: Record<string, unknown> = {};
  const opened: Record<string, string | undefined> = {};
  onRegistered = (mock) => {
    inputs = mock.inputs;
    for (const [userName, { password }] of Object.entries<{ password: string }>(plain(inputs.profiles))) {
      opened[userName] = new SealOpener().open(password)?.reveal();
    }
    return inputs;
  };
  const resource = new LoginProfiles("team", args);
  await value(resource.urn);
  return { inputs, opened };
}

const ALICE = { password: "of alice", passwordResetRequired: true };

test.each<[string, LoginProfilesArgs["profiles"]]>([
  ["as it is", { alice: ALICE }],
  ["with a password that is known later", { alice: { ...ALICE, password: Promise.resolve(ALICE.password) } }],
  ["with a secret password", { alice: { ...ALICE, password: pulumi.secret(ALICE.password) } }],
  ["with a profile that is known later", { alice: pulumi.output(ALICE) }],
  ["that is known later", Promise.resolve({ alice: ALICE })],
  ["that is an output", pulumi.output({ alice: ALICE })],
  ["that is a secret", pulumi.secret({ alice: ALICE })],
])("the engine is given sealed passwords of a map %s", async (_, profiles) => {
  connect(true);
  const { inputs, opened } = await registered({ profiles });
  expect(opened).toEqual({ alice: ALICE.password });
  expect(JSON.stringify(inputs)).not.toContain(ALICE.password);
  // What is sealed is a secret all the same.
  expect(pulumi.runtime.isRpcSecret(inputs.profiles)).toBe(true);
});

test.each([true, false])(
  "a transformation is shown a secret output, not what is written of it: of a parent %p",
  async (isParents) => {
    connect(true);
    const seen: unknown[] = [];
    const transformations: pulumi.ResourceTransformation[] = [
      ({ props }) => {
        if (props.profiles !== undefined) seen.push(props.profiles.alice.password);
        return undefined;
      },
    ];
    const parent = new pulumi.ComponentResource("test:index:Parent", "whose", {}, isParents ? { transformations } : {});
    const options = { parent, ...(isParents ? {} : { transformations }) };
    const { urn } = new LoginProfiles("team", { profiles: { alice: ALICE } }, options);
    await value(urn);
    expect(seen.map((password) => pulumi.Output.isInstance(password))).toEqual([true]);
    expect(await pulumi.isSecret(seen[0] as pulumi.Output<string>)).toBe(true);
  },
);

test("a parent that a program in JavaScript leaves out by a condition is none, and the stack's transformations count", async () => {
  connect(true);
  const seen: unknown[] = [];
  const none = { parent: false } as unknown as pulumi.CustomResourceOptions;
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ props }) => {
      if (props.profiles !== undefined) seen.push(props.profiles.alice.password);
      return undefined;
    });
    new LoginProfiles("team", { profiles: { alice: ALICE } }, none);
  });
  expect(seen.map((password) => pulumi.Output.isInstance(password))).toEqual([true]);
});

test("under mocks, tests of a program see what it gives, and no password among the outputs", async () => {
  connect(false);
  let seen: unknown;
  onRegistered = ({ inputs }) => {
    seen = inputs.profiles;
    return { ...inputs, accountId: "111111111111" };
  };
  const { profiles, accountId } = new LoginProfiles("team", { profiles: { alice: ALICE } });
  expect(await value(accountId)).toBe("111111111111");
  expect(plain(seen)).toEqual({ alice: ALICE });
  expect(await value(profiles as pulumi.Output<unknown>)).toEqual({ alice: { passwordResetRequired: true } });
});

test("a user whom maps lose is refused, and not forgotten", () => {
  connect(false);
  expect(() => new LoginProfiles("team", { profiles: { ["__proto__"]: ALICE, bob: ALICE } })).toThrow(
    'LoginProfiles "team": IAM user "__proto__": this name cannot be a key of profiles',
  );
});

test("mistakes of all profiles are one error, which names each user", async () => {
  connect(false);
  const { urn } = new LoginProfiles("team", { profiles: { alice: { password: "" }, bob: { passwordLength: 30 } } });
  await expect(new Promise((resolve, reject) => pulumi.recover(urn.apply(resolve), reject))).rejects.toThrow(
    /^LoginProfiles "team":\n- IAM user "alice": password must not be empty.*\n- IAM user "bob": passwordLength is for/,
  );
});
