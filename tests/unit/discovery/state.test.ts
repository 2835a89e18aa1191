import { describe, expect, test } from "@jest/globals";
import { LoginProfileError } from "../../../provider/src/common/errors.ts";
import type { ManagedProfiles } from "../../../provider/src/discovery/managed.ts";
import { managedProfiles } from "../../../provider/src/discovery/state.ts";
import {
  attributes,
  IN_THE_STATE,
  resource,
  stackExport,
  stackResource,
  terraformState,
} from "../../support/states.ts";

function found(state: object): ManagedProfiles {
  const profiles = managedProfiles(JSON.stringify(state), "state.json");
  for (const secret of IN_THE_STATE) expect(JSON.stringify(profiles)).not.toContain(secret);
  return profiles;
}

const addresses = (state: object) => found(state).profiles.map(({ address, userName }) => [address, userName]);

describe("a state of Terraform", () => {
  test("has profiles in any module, alone or with keys", () => {
    const state = terraformState(
      resource("alice", [{ attributes: attributes("alice") }]),
      resource("each", [
        { index_key: "bob", attributes: attributes("bob") },
        { index_key: 'o"\u0024{x}', attributes: attributes("carol") },
      ]),
      resource("count", [{ index_key: 0, attributes: attributes("dora") }], { module: 'module.a["x"].module.b[1]' }),
      { ...resource("other", [{ attributes: attributes("not-this") }]), type: "aws_iam_user" },
      { ...resource("data", [{ attributes: attributes("nor-this") }]), mode: "data" },
    );
    expect(addresses(state)).toEqual([
      ["aws_iam_user_login_profile.alice", "alice"],
      ['aws_iam_user_login_profile.each["bob"]', "bob"],
      ['aws_iam_user_login_profile.each["o\\"$\u0024{x}"]', "carol"],
      ['module.a["x"].module.b[1].aws_iam_user_login_profile.count[0]', "dora"],
    ]);
    expect(found(state).forgetting).toEqual([
      `terraform state rm \\
  'aws_iam_user_login_profile.alice' \\
  'aws_iam_user_login_profile.each["bob"]' \\
  'aws_iam_user_login_profile.each["o\\"$\u0024{x}"]' \\
  'module.a["x"].module.b[1].aws_iam_user_login_profile.count[0]'`,
      "# Or, in the configuration, in place of the resources (Terraform 1.7, OpenTofu 1.10 and later):",
      ...["", "", "module.a.module.b."].map(
        (module, index) =>
          `# removed {\n#   from = ${module}aws_iam_user_login_profile.${["alice", "each", "count"][index]}\n` +
          "#   lifecycle {\n#     destroy = false\n#   }\n# }",
      ),
    ]);
  });

  test("says how the password was made", () => {
    const made = { pgp_key: "keybase:alice", password_length: 30, password_reset_required: true };
    const state = terraformState(resource("alice", [{ attributes: attributes("alice", made) }]));
    expect(found(state).profiles).toEqual([
      {
        address: "aws_iam_user_login_profile.alice",
        userName: "alice",
        pgpKey: "keybase:alice",
        passwordLength: 30,
        passwordResetRequired: true,
      },
    ]);
  });

  test("that does not name the user anywhere says so by leaving it out", () => {
    const state = terraformState(
      resource("id_only", [{ attributes: { id: "alice" } }]),
      resource("none", [{ attributes: null }, { attributes: attributes("") }]),
    );
    expect(found(state).profiles.map(({ userName }) => userName)).toEqual(["alice", undefined, undefined]);
  });

  test("is read as `terraform show -json` prints it, too", () => {
    const shown = (address: string, user: string, others = {}) => ({
      address,
      mode: "managed",
      type: "aws_iam_user_login_profile",
      provider_name: "registry.opentofu.org/hashicorp/aws",
      values: attributes(user),
      ...others,
    });
    const inner = { address: "module.a", resources: [shown('module.a.aws_iam_user_login_profile.b["k"]', "bob")] };
    const state = {
      format_version: "1.0",
      values: { root_module: { resources: [shown("aws_iam_user_login_profile.a", "alice")], child_modules: [inner] } },
    };
    expect(addresses(state)).toEqual([
      ["aws_iam_user_login_profile.a", "alice"],
      ['module.a.aws_iam_user_login_profile.b["k"]', "bob"],
    ]);
    expect(found(state)).toMatchObject({
      tool: "OpenTofu",
      forgetting: [/^tofu state rm /, /./, /./, /./].map(matching),
    });
  });

  test("has old objects too: those of a user who is taken over are forgotten, the others are left to be deleted", () => {
    const old = (user: string) => ({ deposed: "00000001", attributes: attributes(user) });
    const state = terraformState(
      resource("alice", [{ attributes: attributes("alice") }, old("alice")]),
      resource("renamed", [old("Alice")]),
      resource("gone", [old("bob")]),
    );
    const { profiles, leftOut, forgetting } = found(state);
    expect(profiles.map(({ userName }) => userName)).toEqual(["alice"]);
    expect(forgetting[0]).toBe(
      "terraform state rm \\\n  'aws_iam_user_login_profile.alice' \\\n  'aws_iam_user_login_profile.renamed'",
    );
    expect(leftOut).toEqual([
      "aws_iam_user_login_profile.gone is left out: it is deposed, which means that the next apply deletes it.",
    ]);
  });

  test("with many profiles is forgotten in few commands, for each of them writes the state", () => {
    const instances = Array.from({ length: 120 }, (_, key) => ({ index_key: key, attributes: attributes(`u${key}`) }));
    const { forgetting } = found(terraformState(resource("many", instances)));
    const commands = forgetting.filter((line) => line.startsWith("terraform state rm"));
    expect(commands.map((one) => one.split("\n").length - 1)).toEqual([50, 50, 20]);
  });
});

describe("the state of a stack", () => {
  test("has profiles whose users are known by the id, too", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" };
    const state = stackExport(
      stackResource("alice", "alice", { inputs: { user: secret }, outputs: { user: secret } }),
      stackResource("bob", "bob", {
        protect: true,
        inputs: { user: "bob", pgpKey: "keybase:bob", passwordLength: 30 },
      }),
      { ...stackResource("other", "not-this"), type: "aws:iam/user:User" },
    );
    const urn = "urn:pulumi:dev::project::aws:iam/userLoginProfile:UserLoginProfile::";
    expect(found(state)).toEqual({
      tool: "Pulumi",
      profiles: [
        { address: `${urn}alice`, userName: "alice" },
        {
          address: `${urn}bob`,
          userName: "bob",
          pgpKey: "keybase:bob",
          passwordLength: 30,
          passwordResetRequired: false,
        },
      ],
      leftOut: [],
      cautions: [],
      forgetting: [`pulumi state delete '${urn}alice' --yes`, `pulumi state delete '${urn}bob' --yes --force`],
    });
  });

  test("has some that are not taken over: read only, deleted already, or about to be", () => {
    const { profiles, leftOut, cautions } = found(
      stackExport(
        stackResource("alice", "alice"),
        stackResource("alice", "ALICE", { delete: true }),
        stackResource("bob", "bob", { delete: true }),
        stackResource("carol", "carol", { external: true }),
        stackResource("dora", "dora", { pendingReplacement: true }),
      ),
    );
    const urn = "urn:pulumi:dev::project::aws:iam/userLoginProfile:UserLoginProfile::";
    expect(profiles).toHaveLength(1);
    expect(leftOut).toEqual([
      `${urn}bob is left out: it has been replaced, and the next \`pulumi up\` deletes it.`,
      `${urn}carol is left out: it is only read there, and managed elsewhere.`,
      `${urn}dora is left out: it has been deleted, and was about to be made again.`,
    ]);
    expect(cautions).toEqual([
      `${urn}alice has been replaced, and the next \`pulumi up\` would delete the login profile of "ALICE" with it. ` +
        "Take it out of the state first: pulumi stack export, an editor, pulumi stack import.",
    ]);
  });

  test.each([
    ["dependencies", (urn: string) => ({ dependencies: [urn] })],
    ["propertyDependencies", (urn: string) => ({ propertyDependencies: { password: [urn] } })],
    ["parent", (urn: string) => ({ parent: urn })],
    ["deletedWith", (urn: string) => ({ deletedWith: urn })],
  ])("tells what depends on a profile by its %s, for the engine would not forget it then", (_, needs) => {
    const alice = stackResource("alice", "alice");
    const other = { urn: "urn:pulumi:dev::project::a:b/c:D::e", type: "a:b/c:D", ...needs(alice.urn) };
    expect(found(stackExport(alice, other)).cautions).toEqual([
      `${other.urn} depends on ${alice.urn}. Have the program say so no more, and run \`pulumi up\`, before the commands: ` +
        "with --target-dependents the engine would forget it, too.",
    ]);
  });
});

test.each([
  ["what is no JSON", "Made-By-Terraform-01!", "this is not a state: it is no JSON object. Give what"],
  ["a list", [], "this is not a state: it is no JSON object."],
  ["something else", { name: "package" }, "this is not a state that is known here. Give what `terraform state pull`"],
  ["a users file", { users: [] }, "this is not a state that is known here."],
  [
    "an encrypted state",
    { serial: 1, lineage: "x", meta: {}, encrypted_data: "abc", encryption_version: "v0" },
    "this state is encrypted by OpenTofu. Give it decrypted: tofu state pull > state.json",
  ],
  [
    "a plan",
    { format_version: "1.2", planned_values: {}, resource_changes: [], prior_state: {} },
    "this is a plan, not a state: it says what will be. Give the state: terraform state pull > state.json",
  ],
  [
    "the show of nothing",
    { format_version: "1.0" },
    "this is the state of no resources: `terraform show -json` found nothing.",
  ],
  [
    "format 3",
    { version: 3, serial: 1, modules: [] },
    "this state has format 3, of Terraform before 0.12; format 4 is read. Have a newer Terraform convert it, which changes " +
      "nothing where it is kept: terraform state pull > state.json",
  ],
  [
    "a later format",
    { version: 5, resources: [] },
    "this state has format 5, which is newer than this release knows (4). Update pulumi-aws-login-profile.",
  ],
  [
    "what says where the state is",
    { version: 3, backend: { type: "s3" }, modules: [] },
    "this says where the state is, and is not the state. Give that: terraform state pull > state.json",
  ],
  [
    "the file of a backend",
    { version: 3, checkpoint: { latest: { resources: [] } } },
    "this is the file of a Pulumi backend. Give the stack's state: pulumi stack export > stack.json",
  ],
  [
    "a stack that is empty",
    { version: 3, deployment: null },
    "this stack has no state yet: there is nothing to take over.",
  ],
])("%s is refused, with what to give instead, and nothing of it is shown", (_, state, message) => {
  const text = typeof state === "string" ? state : JSON.stringify(state);
  let failure: unknown;
  try {
    managedProfiles(text, "state.json");
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(LoginProfileError);
  expect((failure as Error).message).toContain(`state.json: ${message}`);
  expect((failure as Error).message).not.toContain("Made-By");
});

function matching(pattern: RegExp) {
  return expect.stringMatching(pattern);
}
