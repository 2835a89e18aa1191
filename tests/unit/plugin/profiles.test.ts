/** Many login profiles in the plugin, asked for by the engine's own messages, with a local AWS behind it. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { failed, InitFailed } from "../../../provider/src/plugin/init-failed.ts";
import { PluginService } from "../../../provider/src/plugin/service.ts";
import { fromStruct, toStructWith } from "../../../provider/src/plugin/values.ts";
import { awsError, LocalAws } from "../../support/local-aws.ts";

const URN = "urn:pulumi:dev::test::aws-login-profile:index:LoginProfiles::team";
const DATE = "2026-01-02T03:04:05Z";

const environment = { ...process.env };
let aws: LocalAws;
let service: PluginService;

beforeEach(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" });
  aws = await LocalAws.start();
  aws.decide = ({ what, parameters }) => {
    if (parameters?.UserName === "broken") return awsError(403, "AccessDenied", "Not allowed.");
    const profile = `<LoginProfile><UserName>x</UserName><CreateDate>${DATE}</CreateDate></LoginProfile>`;
    return { status: 200, body: `<${what}Response><${what}Result>${profile}</${what}Result></${what}Response>` };
  };
  service = new PluginService(
    "{}",
    () => {},
    () => undefined,
  );
  const settings = {
    accessKey: "x",
    secretKey: "x",
    skipRequestingAccountId: true,
    policyCheck: false,
    endpoints: [{ iam: aws.url, sts: aws.url }],
  };
  await service.configure(new messages.ConfigureRequest().setArgs(toStructWith(settings, [])));
});

afterEach(async () => {
  process.env = { ...environment };
  await aws.close();
});

async function checked(profiles: Record<string, object>, olds: Struct = toStructWith({}, []), secret: string[][] = []) {
  const paths = [...Object.keys(profiles).map((user) => ["profiles", user, "password"]), ...secret];
  const request = new messages.CheckRequest().setUrn(URN).setOlds(olds).setNews(toStructWith({ profiles }, paths));
  const response = await service.check(request);
  return {
    inputs: response.getInputs() as Struct,
    failures: response.getFailuresList().map((failure) => failure.toObject()),
  };
}

function diff(olds: Struct, news: Struct) {
  return service.diff(new messages.DiffRequest().setUrn(URN).setId("id").setOlds(olds).setNews(news));
}

test("what is secret in a profile stays secret, and nothing else becomes it but the hashes", async () => {
  const profiles = { alice: { password: "one" }, bob: { adoptExisting: true } };
  const { inputs } = await checked(profiles, undefined, [["profiles", "bob", "adoptExisting"]]);
  expect(fromStruct(inputs)).toMatchObject({
    values: {
      profiles: { alice: { passwordVersion: 1 }, bob: { passwordVersion: 0, adoptExisting: true } },
      passwordHashes: expect.stringMatching(/^ln=10,r=8,p=1 alice /),
    },
    secretPaths: expect.arrayContaining([["profiles", "bob", "adoptExisting"], ["passwordHashes"]]),
  });
  expect(fromStruct(inputs).secretPaths).toHaveLength(2);
});

test("a profile that is null is a mistake, for a user without one loses it; an argument that is null is not given", async () => {
  const { failures } = await checked({ alice: null as never, bob: { password: "one" } });
  expect(failures).toEqual([
    {
      property: "",
      reason: expect.stringContaining('IAM user "alice": a login profile must be a map of arguments, not null'),
    },
  ]);
  const given = await checked({ bob: { password: "one", passwordResetRequired: null } });
  expect(given.failures).toEqual([]);
});

test("a diff says which profiles change, and how, under paths that Pulumi can read", async () => {
  const before = await checked({ "a.b": { password: "one" }, carol: { password: "one" } });
  const create = new messages.CreateRequest().setUrn(URN).setProperties(before.inputs);
  const state = (await service.create(create)).getProperties() as Struct;
  const { inputs } = await checked({ "a.b": { password: "two" }, dave: { password: "one" } }, before.inputs);
  const details = (await diff(state, inputs)).getDetaileddiffMap();
  const { ADD, DELETE, UPDATE } = messages.PropertyDiff.Kind;
  const kinds: Record<string, number> = {};
  details.forEach((detail, path) => {
    kinds[path] = detail.getKind();
  });
  expect(kinds).toEqual({
    'profiles["a.b"].passwordVersion': UPDATE,
    "profiles.carol": DELETE,
    "profiles.dave": ADD,
  });
});

test("of a creation that fails in part, the engine is told what there is, and who is missing", async () => {
  const { inputs } = await checked({ alice: { password: "one" }, broken: { password: "one" } });
  const creation = service.create(new messages.CreateRequest().setUrn(URN).setProperties(inputs));
  const error = (await creation.catch((thrown: unknown) => thrown)) as InitFailed;
  expect(error).toBeInstanceOf(InitFailed);
  expect(error.reasons).toEqual([
    expect.stringContaining('Could not create the login profile of IAM user "broken": AccessDenied'),
  ]);
  const { profiles } = fromStruct(error.properties).values;
  expect(profiles).toEqual({ alice: { passwordVersion: 1, passwordResetPending: false, createDate: DATE } });
  const [bytes = ""] = failed(error).metadata?.get("grpc-status-details-bin") ?? [];
  // The arrays of bytes are others in a test than in the library.
  const [any] = status.Status.deserializeBinary(Buffer.from(bytes).toString("base64") as never).getDetailsList();
  const detail = messages.ErrorResourceInitFailed.deserializeBinary(any?.getValue_asB64() as never);
  expect([any?.getTypeName(), detail.getReasonsList()]).toEqual(["pulumirpc.ErrorResourceInitFailed", error.reasons]);
});

test("a user whom two resources declare is refused", async () => {
  const request = new messages.CheckRequest().setUrn(URN.replace("LoginProfiles::team", "LoginProfile::alice"));
  const alice = toStructWith({ userName: "alice", password: "one" }, []);
  await service.check(request.setOlds(toStructWith({}, [])).setNews(alice));
  const { failures } = await checked({ Alice: { password: "one" } });
  expect(failures).toMatchObject([{ property: "", reason: expect.stringContaining('LoginProfile "alice" too') }]);
});

test("a preview knows the versions, and not yet the dates", async () => {
  const { inputs } = await checked({ alice: { password: "one" } });
  const request = new messages.CreateRequest().setUrn(URN).setProperties(inputs).setPreview(true);
  const { values, secretPaths } = fromStruct((await service.create(request)).getProperties());
  expect(values.profiles).toMatchObject({ alice: { passwordVersion: 1, createDate: expect.any(Symbol) } });
  expect(secretPaths).toEqual([["passwordHashes"]]);
});

test("an import says what to do instead", async () => {
  const request = new messages.ReadRequest().setUrn(URN).setId("alice").setProperties(toStructWith({}, []));
  await expect(service.read(request)).rejects.toThrow("adoptExisting: true");
});
