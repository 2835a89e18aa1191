/** The plugin in another language: a YAML project, by plain `pulumi up`. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { pluginEnvironment } from "../support/front-ends.ts";
import { SCRATCH, YAML_HOST } from "../support/lab.ts";
import { AgeIdentity } from "../support/openers.ts";
import { Stack } from "../support/stack.ts";

let iam: EmbeddedIam;
let identity: AgeIdentity;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  identity = new AgeIdentity();
  await iam.createUsers(["alice", "bob"]);
});

afterAll(async () => {
  identity.remove();
  await iam.stop();
});

test("a YAML project creates, leaves alone, rotates, imports and destroys", async () => {
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(join(SCRATCH, "yaml-"));
  const declare = (trigger: number, more = "") =>
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      `name: test
runtime: yaml
config:
  password: { type: string, secret: true }
resources:
  alice:
    type: aws-login-profile:LoginProfile
    properties:
      userName: alice
      ageRecipients: [${identity.recipient}]
      passwordResetRequired: true
      rotationTriggers: { n: ${trigger} }
${more}
outputs:
  encrypted: \${alice.encryptedPassword}
`,
    );
  declare(1);
  const plugin = pluginEnvironment();
  const stack = await Stack.createIn(folder, {
    ...iam.environment,
    PATH: [YAML_HOST, plugin.PATH].join(delimiter),
  });
  const succeeds = async (running: Promise<{ code: number | null; output: string }>) => {
    const outcome = await running;
    expect(outcome).toMatchObject({ code: 0 });
    return outcome.output;
  };
  const calls = () => iam.takeProfileCalls();
  await succeeds(stack.setSecret("password", "Declared-In-Yaml-01!"));
  iam.takeCalls();

  await succeeds(stack.up());
  await succeeds(stack.up("--expect-no-changes"));
  declare(2);
  expect(await succeeds(stack.preview())).toMatch(/~ passwordVersion *: 1 => 2/);
  await succeeds(stack.up());
  const [created, updated, ...others] = calls();
  expect([created?.operation, updated?.operation, others]).toEqual(["CreateLoginProfile", "UpdateLoginProfile", []]);
  const { stdout } = await stack.pulumi("stack", "output", "encrypted");
  expect(identity.decrypt(stdout).toString()).toBe(updated?.parameters.Password);

  await iam.awsCli("iam", "create-login-profile", "--user-name", "bob", "--password", "Live-Password-01!");
  const imported = await succeeds(
    stack.pulumi("import", "aws-login-profile:index:LoginProfile", "bob", "bob", "--yes", "--protect=false"),
  );
  const program = /^ *bob:\n(?: {4,}.*\n)+/m.exec(imported)?.[0] ?? "";
  expect(program).toContain("userName: bob");
  declare(2, program);
  await succeeds(stack.up("--expect-no-changes"));
  // Read, and nothing else.
  expect(new Set(calls().map(({ operation }) => operation))).toEqual(new Set(["GetLoginProfile"]));

  declare(
    2,
    `  bob:
    type: aws-login-profile:LoginProfile
    properties: { userName: bob, password: "\${password}" }
`,
  );
  await succeeds(stack.up());
  expect(calls()).toMatchObject([
    { operation: "UpdateLoginProfile", parameters: { Password: "Declared-In-Yaml-01!" } },
  ]);
  expect(stack.occurrences("Declared-In-Yaml-01!")).toEqual([]);
  await succeeds(stack.destroy());
  stack.remove();
});
