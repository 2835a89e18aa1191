import { describe, expect, test } from "@jest/globals";
import { awsSettings } from "../../../provider/src/aws/aws-settings.ts";
import { stackKeyOf, stackSettings } from "../../../provider/src/aws/settings.ts";

const settings = (values: Record<string, unknown>) =>
  stackSettings((key) => {
    const value = values[key];
    return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
  });
const ROLE = "arn:aws:iam::123456789012:role/admin";
const OTHER_ROLE = "arn:aws:iam::210987654321:role/reader";

test("nothing set is nothing given, and the defaults of the AWS CLI", () => {
  expect(awsSettings(settings({}))).toEqual({
    roles: [],
    endpoints: {},
    insecure: false,
    proxies: {},
    configFiles: [],
    credentialsFiles: [],
    allowedAccounts: [],
    forbiddenAccounts: [],
    skipAccountId: false,
    userAgents: [],
    readTimeout: 60_000,
    connectTimeout: 60_000,
    signRequests: true,
    nameOf: stackKeyOf,
  });
});

test.each<[key: string, value: unknown, expected: object]>([
  ["aws:region", "eu-west-1", { region: "eu-west-1" }],
  ["aws:stsRegion", "eu-west-2", { stsRegion: "eu-west-2" }],
  ["aws:profile", "prod", { profile: "prod" }],
  [
    "aws:endpoints",
    [{ iam: "https://iam.test", s3: "https://s3.test" }, { sts: "https://sts.test" }],
    { endpoints: { iam: "https://iam.test", sts: "https://sts.test" } },
  ],
  ["aws:endpoints", { iam: "https://iam.test" }, { endpoints: { iam: "https://iam.test" } }],
  ["aws:insecure", "true", { insecure: true }],
  ["aws:customCaBundle", "ca.pem", { caBundle: "ca.pem" }],
  ["aws:sharedConfigFiles", ["a", "b"], { configFiles: ["a", "b"] }],
  ["aws:sharedCredentialsFiles", ["a"], { credentialsFiles: ["a"] }],
  ["aws:useFipsEndpoint", "true", { useFips: true }],
  ["aws:useDualstackEndpoint", "false", { useDualstack: false }],
  ["aws:allowedAccountIds", ["123456789012"], { allowedAccounts: ["123456789012"] }],
  ["aws:forbiddenAccountIds", [123456789012, 12345678901], { forbiddenAccounts: ["123456789012", "012345678901"] }],
  ["aws:userAgents", ["team/1.0"], { userAgents: ["team/1.0"] }],
  ["aws:noProxy", "localhost", { proxies: { no: "localhost" } }],
  ["aws:skipMetadataApiCheck", "true", { skipMetadataApiCheck: true }],
  ["aws-login-profile:readTimeout", "0", { readTimeout: 0 }],
  ["aws-login-profile:connectTimeout", "2.5", { connectTimeout: 2500 }],
  ["aws-login-profile:signRequests", "false", { signRequests: false }],
  ["aws:assumeRole", { roleArn: ROLE }, { roles: [{ roleArn: ROLE }] }],
  [
    "aws:assumeRoles",
    [{ roleArn: ROLE }, { roleArn: OTHER_ROLE, externalId: "x" }],
    { roles: [{ roleArn: ROLE }, { roleArn: OTHER_ROLE, externalId: "x" }] },
  ],
  [
    "aws:assumeRoleWithWebIdentity",
    { roleArn: ROLE, webIdentityTokenFile: "token" },
    { webIdentity: { roleArn: ROLE, tokenFile: "token" } },
  ],
])("%s: %j is read as @pulumi/aws words it", (key, value, expected) => {
  expect(awsSettings(settings({ [key]: value }))).toMatchObject(expected);
});

test("secrets are read, and do not print", () => {
  const read = awsSettings(
    settings({
      "aws:accessKey": "AKIA1",
      "aws:secretKey": "sesame-1",
      "aws:token": "sesame-2",
      "aws:httpsProxy": "http://user:sesame-3@proxy:3128",
      "aws:assumeRoleWithWebIdentity": { roleArn: ROLE, webIdentityToken: "sesame-4" },
    }),
  );
  expect(
    [read.keys?.secretKey, read.keys?.token, read.proxies.https, read.webIdentity?.token].map((secret) =>
      secret?.reveal(),
    ),
  ).toEqual(["sesame-1", "sesame-2", "http://user:sesame-3@proxy:3128", "sesame-4"]);
  expect(JSON.stringify(read)).not.toContain("sesame");
});

test.each<[values: Record<string, unknown>, error: string]>([
  [{ "aws:accessKey": "AKIA1" }, "Set what is missing: pulumi config set --secret aws:secretKey"],
  [{ "aws:secretKey": "x" }, "Set what is missing: pulumi config set --secret aws:accessKey"],
  [{ "aws:token": "x" }, "Set what is missing: pulumi config set --secret aws:accessKey"],
  [{ "aws:assumeRoles": "admin" }, "The setting aws:assumeRoles must be a list of roles, set as an object"],
  [{ "aws:assumeRoles": { roleArn: ROLE } }, "The setting aws:assumeRoles must be a list of roles."],
  [{ "aws:assumeRoles": [{ roleArn: "admin" }] }, "aws:assumeRoles[0].roleArn must be the ARN of a role"],
  [
    { "aws:assumeRoles": [], "aws:assumeRole": { roleArn: ROLE } },
    "The settings aws:assumeRole and aws:assumeRoles are both set.",
  ],
  [{ "aws:assumeRoleWithWebIdentity": { roleArn: ROLE } }, "needs one of webIdentityToken and webIdentityTokenFile"],
  [
    { "aws:assumeRoleWithWebIdentity": { webIdentityToken: "sesame", wrong: 1 } },
    "aws:assumeRoleWithWebIdentity.wrong is not known.",
  ],
  [
    { "aws:endpoints": [{ iam: "iam.test" }] },
    "aws:endpoints: iam must be a URL that begins with https:// or http://.",
  ],
  [{ "aws:endpoints": ["iam"] }, "The setting aws:endpoints must be a list such as"],
  [
    { "aws:httpProxy": "proxy:sesame#@host" },
    "The proxy that the setting aws:httpProxy names cannot be used: it is not the host and port of a proxy",
  ],
  [{ "aws:insecure": "yes" }, 'The setting aws:insecure must be true or false, not "yes".'],
  [{ "aws:allowedAccountIds": ["prod"] }, 'must be a list of account ids of 12 digits, not "00000000prod"'],
  [{ "aws:allowedAccountIds": "123456789012" }, "The setting aws:allowedAccountIds must be a list of strings."],
  [
    { "aws:ec2MetadataServiceEndpoint": "http://x" },
    "Set the environment variable AWS_EC2_METADATA_SERVICE_ENDPOINT instead",
  ],
  [
    { "aws:allowedAccountIds": ["123456789012"], "aws:forbiddenAccountIds": ["210987654321"] },
    "The settings aws:forbiddenAccountIds and aws:allowedAccountIds contradict each other",
  ],
  [
    { "aws:insecure": "true", "aws:customCaBundle": "ca.pem" },
    "The settings aws:customCaBundle and aws:insecure contradict",
  ],
  ...[
    ["aws:assumeRoles", [{ roleArn: ROLE }]],
    ["aws:allowedAccountIds", ["123456789012"]],
    ["aws:forbiddenAccountIds", ["123456789012"]],
    ["aws:assumeRoleWithWebIdentity", { roleArn: ROLE, webIdentityToken: "sesame" }],
  ].map(([key, value]): [Record<string, unknown>, string] => [
    { [key as string]: value, "aws-login-profile:signRequests": "false" },
    `The settings ${key} and aws-login-profile:signRequests contradict each other`,
  ]),
])("%j is an error that says what to do", (values, error) => {
  let message = "";
  try {
    awsSettings(settings(values));
  } catch (thrown) {
    message = (thrown as Error).message;
  }
  expect(message).toContain(error);
  expect(message).not.toContain("sesame");
});

describe("a resource's connection", () => {
  const stack = {
    "aws:region": "eu-west-1",
    "aws:accessKey": "AKIA1",
    "aws:secretKey": "x",
    "aws:assumeRoles": [{ roleArn: ROLE }],
    "aws:endpoints": [{ iam: "https://iam.test" }],
  };

  test("with a profile leaves the stack's own credentials and roles aside", () => {
    const read = awsSettings(settings(stack), { profile: "prod" });
    expect(read).toMatchObject({ profile: "prod", roles: [], region: "eu-west-1" });
    expect(read).not.toHaveProperty("keys");
  });

  test("with a role alone is assumed with the stack's credentials, in place of the stack's roles", () => {
    expect(awsSettings(settings(stack), { assumeRole: { roleArn: OTHER_ROLE } })).toMatchObject({
      keys: { accessKey: "AKIA1" },
      roles: [{ roleArn: OTHER_ROLE }],
    });
  });

  test("gives region and endpoint, of IAM as of STS", () => {
    const connection = { region: "cn-north-1", endpoint: "https://all.test" };
    expect(awsSettings(settings(stack), connection)).toMatchObject({
      region: "cn-north-1",
      endpoints: { iam: "https://all.test", sts: "https://all.test" },
      keys: { accessKey: "AKIA1" },
      roles: [{ roleArn: ROLE }],
    });
  });
});
