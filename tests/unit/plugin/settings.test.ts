import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Accounts } from "../../../provider/src/aws/accounts.ts";
import { pluginSettings, settingsProblems } from "../../../provider/src/plugin/settings.ts";

const ROLE = "arn:aws:iam::123456789012:role/admin";
const PROFILES = `[profile mfa]
role_arn = ${ROLE}
source_profile = mfa
mfa_serial = arn:aws:iam::123456789012:mfa/alice
[profile instance]
role_arn = ${ROLE}
credential_source = Ec2InstanceMetadata
`;

test.each<[args: Record<string, unknown>, problems: string[]]>([
  [{ region: "eu-west-1", allowedAccountIds: ["123456789012"], debug: true, version: "0.1.0" }, []],
  [{ regoin: "eu-west-1" }, ["regoin is not a setting of the provider. Did you mean region?"]],
  [
    { insecure: "yes" },
    [
      'The setting aws-login-profile:insecure must be true or false, not "yes". ' +
        "Correct it with: pulumi config set aws-login-profile:insecure false",
    ],
  ],
  [
    { insecure: true, customCaBundle: "ca.pem" },
    [
      "The settings aws-login-profile:customCaBundle and aws-login-profile:insecure contradict each other: without " +
        "verification, no certificate authority is asked. Remove one: pulumi config rm aws-login-profile:customCaBundle",
    ],
  ],
  [
    { accessKey: "AKIA1" },
    [
      "The settings aws-login-profile:accessKey and aws-login-profile:secretKey belong together, and " +
        "aws-login-profile:token to both. Set what is missing: pulumi config set --secret aws-login-profile:secretKey",
    ],
  ],
  [
    { assumeRole: { roleArn: ROLE }, assumeRoles: [{ roleArn: ROLE }] },
    [
      "The settings aws-login-profile:assumeRole and aws-login-profile:assumeRoles are both set. Remove the older: " +
        "pulumi config rm aws-login-profile:assumeRole",
    ],
  ],
  [
    { assumeRoles: [{ roleArn: "arn:aws:s3:::bucket" }] },
    [
      "The stack's configuration cannot be used: aws-login-profile:assumeRoles[0].roleArn must be the ARN of a role, such as " +
        "arn:aws:iam::123456789012:role/admin.",
    ],
  ],
  [{ hashCost: 21 }, [expect.stringMatching(/^The setting aws-login-profile:hashCost must be .* from 1 to 20/) as any]],
  [{ keybaseUrl: "keybase.io" }, [expect.stringContaining("The setting aws-login-profile:keybaseUrl must be") as any]],
])("%j: the plugin says what is wrong under its own names", (args, problems) => {
  expect(settingsProblems(args)).toEqual(problems);
});

test("what a user wrote is quoted as it stands", () => {
  const [problem] = settingsProblems({ retryMode: "as aws:retryMode says" });
  expect(problem).toContain('not "as aws:retryMode says"');
});

describe("in use", () => {
  const environment = { ...process.env };
  let server: Server;
  let home: string;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "home-"));
    mkdirSync(join(home, ".aws"));
    writeFileSync(join(home, ".aws", "config"), PROFILES);
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
    Object.assign(process.env, { HOME: home, AWS_EC2_METADATA_DISABLED: "true" });
    server = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "text/xml" });
      response.end(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterEach(() => {
    rmSync(home, { recursive: true });
    process.env = { ...environment };
    server.closeAllConnections();
    server.close();
  });

  const keys = { accessKey: "AKIA1", secretKey: "secret-1" };
  const AWAY = { endpoints: { iam: "http://iam.invalid" }, httpsProxy: "", retryTimeout: 0 };

  test.each<[args: Record<string, unknown>, told: string]>([
    [{ ...keys, allowedAccountIds: ["210987654321"] }, "but aws-login-profile:allowedAccountIds does not list it."],
    [{ ...keys, forbiddenAccountIds: ["123456789012"] }, "but aws-login-profile:forbiddenAccountIds lists it."],
    [{ ...keys, forbiddenAccountIds: ["123456789012"] }, "(aws-login-profile:profile, AWS_PROFILE)"],
    [{ ...keys, sharedConfigFiles: ["/nowhere"] }, "The setting aws-login-profile:sharedConfigFiles names /nowhere"],
    [{ ...keys, sharedCredentialsFiles: ["/no"] }, "The setting aws-login-profile:sharedCredentialsFiles names /no"],
    [{ ...keys, customCaBundle: "/nowhere" }, "(aws-login-profile:customCaBundle) cannot be read"],
    [{ profile: "nobody" }, 'There is no AWS profile "nobody" (aws-login-profile:profile) in'],
    [{ profile: "mfa" }, "(not before aws-login-profile:profile: remove that)"],
    [{ profile: "instance" }, "which aws-login-profile:skipMetadataApiCheck or"],
    [
      { assumeRoleWithWebIdentity: { roleArn: ROLE, webIdentityTokenFile: "/nowhere" } },
      "(aws-login-profile:assumeRoleWithWebIdentity.webIdentityTokenFile)",
    ],
    [{ ...keys, ...AWAY, httpProxy: "127.0.0.1:9" }, "(the setting aws-login-profile:httpProxy) cannot be used"],
    [{ ...keys, ...AWAY }, "Give an endpoint that begins with https:// (aws-login-profile:endpoints, AWS_ENDPOINT_URL"],
    [{ skipMetadataApiCheck: true }, "no AWS credentials, and aws-login-profile:skipMetadataApiCheck or"],
    [{}, "pulumi config set aws-login-profile:profile …"],
  ])("%j: what goes wrong later is told under the same names", async (args, told) => {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const settings = pluginSettings({ endpoints: { iam: endpoint, sts: endpoint }, ...args });
    const lines: string[] = [];
    const accounts = new Accounts(settings, (line) => lines.push(line));
    const error = await accounts
      .reach(undefined)
      .profiles.get("alice")
      .then(String, (thrown) => thrown);
    const message = [error.message, error.advice, ...lines].join(" ");
    expect(message).toContain(told);
    expect(message).not.toMatch(/(?<!arn:)\baws:[a-z]/);
  });
});
