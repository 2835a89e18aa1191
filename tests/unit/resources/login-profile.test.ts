import { afterEach, beforeAll, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { PROVIDER_TEXT } from "../../../provider/src/common/contract.ts";
import { LoginProfile, type LoginProfileArgs } from "../../../provider/src/index.ts";
import { checkedInProgram } from "../../../provider/src/resources/program-checks.ts";

let registered: pulumi.runtime.MockResourceArgs[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource(args) {
      registered.push(args);
      return { id: "id", state: { ...args.inputs, createDate: "2026-01-01T00:00:00Z" } };
    },
    call: () => ({}),
  }),
);

afterEach(() => {
  registered = [];
});

function value<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

async function register(args: LoginProfileArgs): Promise<LoginProfile> {
  const profile = new LoginProfile("test", args);
  await value(profile.urn);
  return profile;
}

test("a profile registers under its own type, with the provider's text of 59 bytes", async () => {
  await register({ userName: "alice", password: "one" });
  const [resource] = registered;
  expect(resource?.type).toBe("pulumi-nodejs:dynamic/iam:LoginProfile");
  expect(resource?.inputs.__provider).toBe(PROVIDER_TEXT);
  expect(PROVIDER_TEXT).toHaveLength(59);
});

test("the password is secret, whether the program says so or not, and the others are not", async () => {
  await register({ userName: "alice", password: "one", passwordResetRequired: true });
  const isSecret = (input: unknown) => pulumi.runtime.isRpcSecret(input);
  const inputs = registered[0]?.inputs ?? {};
  expect(Object.keys(inputs).filter((name) => isSecret(inputs[name]))).toEqual(["password", "passwordHash"]);
});

test("mistakes are one error per resource, found before it is registered", async () => {
  const args = { userName: pulumi.secret(""), passwrod: pulumi.output("two"), passwordResetRequired: undefined };
  await expect(checkedInProgram({ type: "LoginProfile", name: "test" }, args)).rejects.toThrow(
    new pulumi.RunError(`LoginProfile "test":
- passwrod is not an argument of LoginProfile. Did you mean password?
- userName must not be empty: IAM would change the password of whoever makes the call. Give the name of an IAM user.`),
  );
});

test("arguments left undefined are not registered", async () => {
  await register({ userName: "alice", password: undefined });
  expect(Object.keys(registered[0]?.inputs ?? {}).sort()).toEqual(["__provider", "passwordHash", "userName"]);
});

test("each part of a connection may be an output, and none may be secret", async () => {
  const roleArn = pulumi.interpolate`arn:aws:iam::${pulumi.output("123456789012")}:role/admin`;
  const connection = { region: pulumi.output("cn-north-1"), assumeRole: { roleArn, policyArns: [roleArn] } };
  await register({ userName: "alice", connection });
  const arn = "arn:aws:iam::123456789012:role/admin";
  expect(registered[0]?.inputs.connection).toEqual({
    region: "cn-north-1",
    assumeRole: { roleArn: arn, policyArns: [arn] },
  });
  const secret = { assumeRole: { roleArn, externalId: pulumi.secret("id") } };
  await expect(
    checkedInProgram({ type: "LoginProfile", name: "test" }, { userName: "alice", connection: secret }),
  ).rejects.toThrow("connection must not hold a secret");
});

test("every output of the profile is an output", async () => {
  const profile = await register({ userName: "alice", password: "one" });
  expect(await value(profile.createDate)).toBe("2026-01-01T00:00:00Z");
  const outputs = [profile.passwordVersion, profile.passwordResetPending, profile.passwordResetRequired];
  expect(outputs.every((output) => pulumi.Output.isInstance(output))).toBe(true);
});

test("isInstance tells a profile from other things", async () => {
  const profile = await register({ userName: "alice", password: "one" });
  expect(LoginProfile.isInstance(profile)).toBe(true);
  for (const other of [undefined, null, {}, "alice"]) expect(LoginProfile.isInstance(other)).toBe(false);
});

/** Notes the limit at the last moment at which its child's constructor asks it for a provider. */
class Watching extends pulumi.ComponentResource {
  during: number | undefined;

  override getProvider(moduleMember: string): pulumi.ProviderResource | undefined {
    this.during = Error.stackTraceLimit;
    return super.getProvider(moduleMember);
  }
}

test("the SDK's many stack traces are kept short, and those of others are not", async () => {
  const { stackTraceLimit } = Error;
  const parent = new Watching("test:index:Watching", "watching");
  const profile = new LoginProfile("test", { userName: "alice", password: "one" }, { parent });
  await value(profile.urn);
  expect(parent.during).toBeLessThan(stackTraceLimit);
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});

test.each(["of the resource", "of its parent"])("a transformation %s runs with the traces of its program", (whose) => {
  const { stackTraceLimit } = Error;
  let during: number | undefined;
  const transformations = [
    () => {
      during = Error.stackTraceLimit;
      return undefined;
    },
  ];
  const isParents = whose === "of its parent";
  const parent = new pulumi.ComponentResource("test:index:Parent", whose, {}, isParents ? { transformations } : {});
  during = undefined;
  new LoginProfile("test", { userName: "alice" }, { parent, ...(isParents ? {} : { transformations }) });
  expect(during).toBe(stackTraceLimit);
});

test("an error in the constructor still tells where it was thrown, and where in the program the profile stands", () => {
  const { stackTraceLimit } = Error;
  const declareNameless = () => new LoginProfile("", { userName: "alice" });
  let thrown: unknown;
  try {
    declareNameless();
  } catch (error) {
    thrown = error;
  }
  const [message, ...frames] = (thrown as Error).stack?.split("\n") ?? [];
  expect(message).toContain("Missing resource name argument");
  expect(frames[0]).toContain("new Resource");
  expect(frames[1]).toContain("declareNameless");
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});
