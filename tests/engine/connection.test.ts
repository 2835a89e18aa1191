/** How AWS is reached and on whose behalf: each setting by what it does to the requests that arrive. */
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "@jest/globals";
import { generate } from "selfsigned";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { labEnvironment, SCRATCH } from "../support/lab.ts";
import { firstLine, run, stop } from "../support/processes.ts";
import { type Call, RecordingProxy } from "../support/recording-proxy.ts";
import { type Outcome, Stack } from "../support/stack.ts";
import { Tunnel } from "../support/tunnel.ts";

const test = drawnTest(0.25);

const PASSWORD = "Correct-Horse-7";
const SECRET_KEY = "sesame-of-the-stack";
/** An access key of twelve digits is that of the account of this number. */
const OWN = "000000000000";
const PROD = "111111111111";
const AUDIT = "222222222222";
const ACCOUNTS = [OWN, PROD, AUDIT];
const role = (account: string) => `arn:aws:iam::${account}:role/admin`;

const FOLDER = join(SCRATCH, "shared-aws-files");
const CONFIG = join(FOLDER, "config");
const CREDENTIALS = join(FOLDER, "credentials");

let iam: EmbeddedIam;
/** The same IAM behind another address, and behind TLS with a certificate of our own. */
let other: RecordingProxy;
let tls: RecordingProxy;
let stack: Stack;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  const { cert, private: key } = await generate([{ name: "commonName", value: "localhost" }], {
    extensions: [
      { name: "basicConstraints", cA: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 7, ip: "127.0.0.1" },
          { type: 2, value: "localhost" },
        ],
      },
    ],
  });
  other = await RecordingProxy.start(iam.address);
  tls = await RecordingProxy.start(iam.address, { cert, key });
  for (const account of ACCOUNTS) await iam.awsCliIn(account, "iam", "create-user", "--user-name", "alice");
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "ca.pem"), cert);
  writeFileSync(join(FOLDER, "token"), "a token of another provider\n");
  const answer = { Version: 1, AccessKeyId: AUDIT, SecretAccessKey: "of the process" };
  writeFileSync(join(FOLDER, "process.js"), `console.log(${JSON.stringify(JSON.stringify(answer))})`);
  writeFileSync(
    CONFIG,
    `[profile prod]
region = eu-west-1

[profile audit]
role_arn = ${role(AUDIT)}
source_profile = prod

[profile process]
credential_process = ${process.execPath} ${join(FOLDER, "process.js")}

[profile elsewhere]
services = elsewhere
region = eu-west-1

[services elsewhere]
iam =
  endpoint_url = ${other.url}
sts =
  endpoint_url = ${iam.url}

[profile everywhere]
region = eu-west-1
endpoint_url = ${other.url}

[profile private]
ca_bundle = ${join(FOLDER, "ca.pem")}

[profile sso]
sso_session = office
sso_account_id = ${PROD}
sso_role_name = admin
region = eu-west-1

[sso-session office]
sso_region = eu-west-1
sso_start_url = https://office.example.com/start

[profile empty]
region = eu-west-1
`,
  );
  const keys = (name: string, key: string) =>
    `[${name}]\naws_access_key_id = ${key}\naws_secret_access_key = of ${name}\n`;
  writeFileSync(CREDENTIALS, ["prod", "elsewhere", "everywhere", "private"].map((name) => keys(name, PROD)).join("\n"));
});

afterAll(async () => {
  await other.close();
  await tls.close();
  await iam.stop();
});

/** The environment with all keys taken away, and with the shared files in their place. */
const noKeys = () => ({
  ...iam.environment,
  AWS_ACCESS_KEY_ID: "",
  AWS_SECRET_ACCESS_KEY: "",
  AWS_CONFIG_FILE: CONFIG,
  AWS_SHARED_CREDENTIALS_FILE: CREDENTIALS,
});

beforeEach(async () => {
  stack = await Stack.create(iam.environment);
  stack.program('new LoginProfile("profile", { userName: "alice", password: process.env.PASSWORD });');
  takeAll();
});

afterEach(async () => {
  expect([PASSWORD, SECRET_KEY].flatMap((secret) => stack.occurrences(secret))).toEqual([]);
  for (const account of ACCOUNTS) {
    await iam.awsCliIn(account, "iam", "delete-login-profile", "--user-name", "alice").catch(() => {});
  }
  stack.remove();
});

/** All calls since the last time, wherever they arrived. */
function takeAll(): Call[] {
  return [iam, other, tls].flatMap((server) => server.takeCalls());
}

type Configuration = Record<string, unknown>;

/** Sets texts as they are, and objects part by part, as a user of `pulumi config set --path` does. */
async function configure(values: Configuration): Promise<void> {
  const parts = Object.entries(values).flatMap(([key, value]) => paths(key, value));
  const { code, output } = await stack.pulumi(
    "config",
    "set-all",
    "--path",
    ...parts.flatMap((part) => ["--plaintext", part]),
  );
  if (code !== 0) throw new Error(output);
}

function paths(key: string, value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [`${key}=${value}`];
  const inside = (name: string) => (Array.isArray(value) ? `${key}[${name}]` : `${key}.${name}`);
  return Object.entries(value).flatMap(([name, part]) => paths(inside(name), part));
}

async function up(values: Configuration = {}, environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  await configure({ "aws-login-profile:policyCheck": "false", ...values });
  return stack.up({ PASSWORD, ...environment });
}

/** Runs `up` to its end; the calls that were made for it. */
async function callsOfUp(values: Configuration = {}, environment: NodeJS.ProcessEnv = {}): Promise<Call[]> {
  const { code, output } = await up(values, environment);
  if (code !== 0) throw new Error(output);
  return takeAll();
}

/** The two calls of a run that creates a profile: which account it is, and the creation; both are made alike. */
const twoCalls = (alike: Partial<Call>) =>
  ["GetCallerIdentity", "CreateLoginProfile"].map((operation) => ({ operation, ...alike }));
const operationsOf = (calls: Call[]) => calls.map(({ operation }) => operation).sort();
const create = (calls: Call[]) => calls.filter(({ operation }) => operation === "CreateLoginProfile");
const hasProfile = (account: string) =>
  iam.awsCliIn(account, "iam", "get-login-profile", "--user-name", "alice").then(
    () => true,
    () => false,
  );

describe("credentials: the signature's access key is", () => {
  test.each<[name: string, values: Configuration, environment: () => NodeJS.ProcessEnv, accessKey: string]>([
    ["that of the environment", {}, () => ({}), "test"],
    [
      "that of aws:profile, before the environment's",
      { "aws:profile": "prod" },
      () => ({ ...noKeys(), AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "x" }),
      PROD,
    ],
    ["that of AWS_PROFILE", {}, () => ({ ...noKeys(), AWS_PROFILE: "prod" }), PROD],
    ["that of a process of the profile", { "aws:profile": "process" }, noKeys, AUDIT],
    [
      "that of the files that aws:sharedConfigFiles and aws:sharedCredentialsFiles name",
      {
        "aws:profile": "prod",
        "aws:sharedConfigFiles": [CONFIG],
        "aws:sharedCredentialsFiles": ["/dev/null", CREDENTIALS].slice(1),
      },
      () => ({}),
      PROD,
    ],
  ])("%s", async (_, values, environment, accessKey) => {
    const calls = await callsOfUp(values, environment());
    expect(calls).toMatchObject(twoCalls({ accessKey }));
  });

  test("that of aws:accessKey, whose secret stays one", async () => {
    await stack.setSecret("aws:secretKey", SECRET_KEY);
    expect(await callsOfUp({ "aws:accessKey": PROD })).toMatchObject(twoCalls({ accessKey: PROD }));
    expect(await hasProfile(PROD)).toBe(true);
  });

  test("that of each of aws:assumeRoles in its turn, with all that is said of it", async () => {
    const first = {
      roleArn: role(PROD),
      sessionName: "by-pulumi",
      externalId: "x-1",
      duration: "1h30m",
      tags: { team: "iam" },
      transitiveTagKeys: ["team"],
    };
    const [one, two, ...asTheLast] = await callsOfUp({ "aws:assumeRoles": [first, { roleArn: role(AUDIT) }] });
    expect(one).toMatchObject({
      operation: "AssumeRole",
      accessKey: "test",
      parameters: {
        RoleArn: role(PROD),
        RoleSessionName: "by-pulumi",
        ExternalId: "x-1",
        DurationSeconds: "5400",
        "Tags.member.1.Key": "team",
        "Tags.member.1.Value": "iam",
        "TransitiveTagKeys.member.1": "team",
      },
    });
    expect(two).toMatchObject({
      operation: "AssumeRole",
      accessKey: expect.stringMatching(/^ASIA/),
      parameters: { RoleArn: role(AUDIT) },
    });
    const accessKey = asTheLast[0]?.accessKey ?? "";
    expect(accessKey).toMatch(/^ASIA/);
    expect(accessKey).not.toBe(two?.accessKey);
    expect(asTheLast).toMatchObject(twoCalls({ accessKey }));
    expect(await Promise.all(ACCOUNTS.map(hasProfile))).toEqual([false, false, true]);
  });

  test("that of aws:assumeRoleWithWebIdentity, by a token from a file", async () => {
    const webIdentity = { roleArn: role(PROD), webIdentityTokenFile: join(FOLDER, "token") };
    const [assumed, ...asTheRole] = await callsOfUp({ "aws:assumeRoleWithWebIdentity": webIdentity });
    expect(assumed).toMatchObject({
      operation: "AssumeRoleWithWebIdentity",
      parameters: { WebIdentityToken: "a token of another provider" },
      accessKey: undefined,
    });
    const accessKey = asTheRole[0]?.accessKey ?? "";
    expect(accessKey).toMatch(/^ASIA/);
    expect(asTheRole).toMatchObject(twoCalls({ accessKey }));
    expect(await hasProfile(PROD)).toBe(true);
  });

  test("none where requests are not signed", async () => {
    // The embedded IAM tells its services apart by the signature, so it refuses what has none.
    const { output } = await up({ "aws-login-profile:signRequests": "false" });
    expect(output).toContain("InvalidAction");
    expect(takeAll()).toMatchObject([
      { operation: "CreateLoginProfile", accessKey: undefined, parameters: { UserName: "alice" } },
    ]);
  });

  test("of the same identity for the AWS CLI, by the same shared files", async () => {
    const files = { ...noKeys(), AWS_PROFILE: "audit" };
    const ours = await callsOfUp({}, files);
    expect(ours.map(({ operation }) => operation)).toEqual(["AssumeRole", "GetCallerIdentity", "CreateLoginProfile"]);
    const cli = await run("aws", ["iam", "get-login-profile", "--user-name", "alice", "--output", "json"], {
      // The CLI keeps the credentials of roles below its home, those of servers long gone too.
      env: { ...labEnvironment(), ...files, HOME: FOLDER },
    });
    expect(JSON.parse(cli.stdout).LoginProfile.UserName).toBe("alice");
    const theirs = takeAll();
    expect(theirs.map(({ operation }) => operation)).toEqual(["AssumeRole", "GetLoginProfile"]);
    expect(theirs[0]).toMatchObject({ accessKey: PROD, parameters: { RoleArn: role(AUDIT) } });
    expect(ours[0]).toMatchObject({ accessKey: PROD, parameters: { RoleArn: role(AUDIT) } });
    expect(await Promise.all(ACCOUNTS.map(hasProfile))).toEqual([false, false, true]);
  });
});

describe("the endpoint is", () => {
  test.each<
    [
      name: string,
      values: () => Configuration,
      environment: () => NodeJS.ProcessEnv,
      ofIam: () => RecordingProxy | EmbeddedIam,
      ofSts: () => RecordingProxy | EmbeddedIam,
    ]
  >([
    [
      "that of aws:endpoints, before the environment's",
      () => ({ "aws:endpoints": [{ iam: other.url }] }),
      () => ({ AWS_ENDPOINT_URL_IAM: "http://127.0.0.1:9" }),
      () => other,
      () => iam,
    ],
    [
      "that of AWS_ENDPOINT_URL_IAM, before AWS_ENDPOINT_URL",
      () => ({}),
      () => ({ AWS_ENDPOINT_URL_IAM: other.url }),
      () => other,
      () => iam,
    ],
    [
      "that of AWS_ENDPOINT_URL_STS for STS, before AWS_ENDPOINT_URL",
      () => ({}),
      () => ({ AWS_ENDPOINT_URL_STS: other.url }),
      () => iam,
      () => other,
    ],
    [
      "that of the environment, before the profile's",
      () => ({ "aws:profile": "everywhere" }),
      noKeys,
      () => iam,
      () => iam,
    ],
    [
      "that of the profile's services",
      () => ({ "aws:profile": "elsewhere" }),
      () => ({ ...noKeys(), AWS_ENDPOINT_URL: "" }),
      () => other,
      () => iam,
    ],
    [
      "that of the profile",
      () => ({ "aws:profile": "everywhere" }),
      () => ({ ...noKeys(), AWS_ENDPOINT_URL: "" }),
      () => other,
      () => other,
    ],
  ])("%s", async (_, values, environment, ofIam, ofSts) => {
    await up(values(), environment());
    const arrived = [iam, other, tls].map((server) => server.takeCalls().map(({ operation }) => operation));
    const expected = [iam, other, tls].map((server) => [
      ...(server === ofSts() ? ["GetCallerIdentity"] : []),
      ...(server === ofIam() ? ["CreateLoginProfile"] : []),
    ]);
    expect(arrived).toEqual(expected);
  });

  test("that of aws:endpoints for STS too", async () => {
    await up({ "aws:endpoints": [{ sts: other.url }], "aws:assumeRoles": [{ roleArn: role(PROD) }] });
    expect(other.takeCalls()).toMatchObject([{ operation: "AssumeRole" }, { operation: "GetCallerIdentity" }]);
    expect(iam.takeCalls()).toMatchObject([{ operation: "CreateLoginProfile" }]);
  });
});

describe("through a proxy", () => {
  let tunnel: Tunnel;
  beforeEach(async () => {
    tunnel = await Tunnel.start(tls.url);
  });
  afterEach(() => tunnel.close());

  const FIPS = { "aws:useFipsEndpoint": "true" };

  test.each([
    [undefined, {}, "iam.amazonaws.com", "us-east-1", "sts.us-east-1.amazonaws.com"],
    ["eu-central-1", {}, "iam.amazonaws.com", "us-east-1", "sts.eu-central-1.amazonaws.com"],
    ["cn-north-1", {}, "iam.cn-north-1.amazonaws.com.cn", "cn-north-1", "sts.cn-north-1.amazonaws.com.cn"],
    ["us-gov-west-1", {}, "iam.us-gov.amazonaws.com", "us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"],
    ["us-east-1", FIPS, "iam-fips.amazonaws.com", "us-east-1", "sts-fips.us-east-1.amazonaws.com"],
  ])("region %s %j leads to %s, signed for %s, and to %s", async (region, more, host, signedFor, stsHost) => {
    const values = {
      ...more,
      "aws:httpsProxy": tunnel.url,
      "aws:insecure": "true",
      ...(region === undefined ? {} : { "aws:region": region }),
    };
    const calls = await callsOfUp(values, { AWS_ENDPOINT_URL: "", AWS_REGION: "", AWS_DEFAULT_REGION: "" });
    expect(tunnel.asked).toEqual([`${stsHost}:443`, `${host}:443`]);
    expect(calls).toMatchObject([
      { operation: "GetCallerIdentity", region: region ?? "us-east-1" },
      { operation: "CreateLoginProfile", region: signedFor },
    ]);
  });

  test("of the environment, HTTPS_PROXY", async () => {
    await callsOfUp(
      { "aws:insecure": "true" },
      {
        AWS_ENDPOINT_URL_IAM: "https://iam.example.com",
        AWS_ENDPOINT_URL_STS: "https://sts.example.com",
        HTTPS_PROXY: tunnel.url,
      },
    );
    expect(tunnel.asked).toEqual(["sts.example.com:443", "iam.example.com:443"]);
  });

  test("of plain HTTP, which is asked for the whole URL", async () => {
    const calls = await callsOfUp({ "aws:httpProxy": other.url }, { AWS_ENDPOINT_URL: "http://iam.example.com" });
    expect(calls).toMatchObject(twoCalls({ url: "http://iam.example.com/" }));
  });
});

describe("TLS with a certificate of a private authority", () => {
  const ca = () => join(FOLDER, "ca.pem");

  test("is refused by itself, and the error says why", async () => {
    const { code, output } = await up({ "aws-login-profile:retryTimeout": "0" }, { AWS_ENDPOINT_URL: tls.url });
    expect(code).not.toBe(0);
    expect(output).toContain("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(output).toContain("aws:customCaBundle");
    expect(takeAll()).toEqual([]);
  });

  test.each<[by: string, values: () => Configuration, environment: () => NodeJS.ProcessEnv]>([
    ["aws:customCaBundle", () => ({ "aws:customCaBundle": ca() }), () => ({})],
    ["AWS_CA_BUNDLE", () => ({}), () => ({ AWS_CA_BUNDLE: ca() })],
    ["ca_bundle of the profile", () => ({ "aws:profile": "private" }), noKeys],
    ["aws:insecure, without verification", () => ({ "aws:insecure": "true" }), () => ({})],
  ])("is accepted by %s", async (_, values, environment) => {
    await callsOfUp(values(), { ...environment(), AWS_ENDPOINT_URL: tls.url });
    expect(await Promise.all([OWN, PROD].map(hasProfile))).toContain(true);
  });
});

describe("the time limits", () => {
  const ONE_TRY = { "aws-login-profile:retryTimeout": "0" };

  const LATE = { status: 500, code: "InternalFailure", message: "Too late" };
  afterEach(() => iam.refuse(() => undefined));

  test("of an answer: readTimeout in seconds", async () => {
    // Never carried out, so that nothing is left of it for the next test.
    iam.refuse(() => delay(10_000).then(() => LATE));
    const { code, output } = await up({ ...ONE_TRY, "aws-login-profile:readTimeout": "1" });
    expect(code).not.toBe(0);
    expect(output).toMatch(/ETIMEDOUT: .*1000 ms requestTimeout/);
  });

  test("of an answer: 0 is none", async () => {
    iam.refuse(() => delay(2500).then(() => undefined));
    expect(await up({ ...ONE_TRY, "aws-login-profile:readTimeout": "0" })).toMatchObject({ code: 0 });
  });

  describe("of a connection", () => {
    const start = async (seconds: number) => {
      const script = join("tests", "support", "slow_to_accept.py");
      const child = spawn("python", [script, String(seconds), new URL(iam.address).port], {
        env: labEnvironment(),
        stdio: ["ignore", "pipe", "inherit"],
      });
      return { child, environment: { AWS_ENDPOINT_URL: `http://127.0.0.1:${await firstLine(child)}` } };
    };

    test("connectTimeout in seconds", async () => {
      const { child, environment } = await start(600);
      const { code, output } = await up({ ...ONE_TRY, "aws-login-profile:connectTimeout": "1" }, environment);
      await stop(child);
      expect(code).not.toBe(0);
      expect(output).toMatch(/1000 ms/);
    });

    test("0 is none", async () => {
      const { child, environment } = await start(8);
      const { code } = await up({ ...ONE_TRY, "aws-login-profile:connectTimeout": "0" }, environment);
      await stop(child);
      expect(code).toBe(0);
    });
  });

  test("of attempts: aws:maxRetries", async () => {
    const notNow = { status: 503, code: "ServiceUnavailable", message: "Not now" };
    iam.refuse(({ operation }) => (operation === "CreateLoginProfile" ? notNow : undefined));
    const { code, output } = await up({ "aws:maxRetries": "2" });
    expect(code).not.toBe(0);
    expect(output).toContain("given up after 2 attempts");
    const creation = "CreateLoginProfile";
    expect(operationsOf(takeAll())).toEqual([creation, creation, "GetCallerIdentity"]);
  });
});

describe("the account's guard", () => {
  test.each<[name: string, values: Configuration]>([
    ["aws:allowedAccountIds does not list it", { "aws:allowedAccountIds": [PROD, AUDIT] }],
    ["aws:forbiddenAccountIds lists it", { "aws:forbiddenAccountIds": [OWN] }],
  ])("stops a preview and an up before anything is touched: %s", async (why, values) => {
    await configure({ ...values, "aws-login-profile:policyCheck": "false" });
    const message = `The credentials are those of AWS account ${OWN}, but ${why}. Nothing was changed.`;
    expect((await stack.preview({ PASSWORD })).output).toContain(message);
    expect((await up()).output).toContain(message);
    expect(new Set(takeAll().map(({ operation }) => operation))).toEqual(new Set(["GetCallerIdentity"]));
    expect(await hasProfile(OWN)).toBe(false);
  });

  test("asks once in a run, and lets the right account pass", async () => {
    stack.program(`
for (const name of ["alice", "bob", "carol"]) new LoginProfile(name, { userName: name, password: process.env.PASSWORD });`);
    await iam.createUsers(["bob", "carol"]);
    const calls = await callsOfUp({ "aws:allowedAccountIds": [OWN] });
    expect(calls.filter(({ operation }) => operation === "GetCallerIdentity")).toHaveLength(1);
    expect(create(calls)).toHaveLength(3);
  });

  test("of a role is held against the account of the role", async () => {
    const { output } = await up({ "aws:assumeRoles": [{ roleArn: role(PROD) }], "aws:allowedAccountIds": [OWN] });
    expect(output).toContain(`The credentials are those of AWS account ${PROD}`);
  });
});

describe("a resource's own connection", () => {
  const inTwoAccounts = (prod: string) =>
    stack.program(`
new LoginProfile("prod", { userName: "alice", password: process.env.PASSWORD, connection: ${prod} });
new LoginProfile("audit", { userName: "alice", password: process.env.PASSWORD, connection: { assumeRole: { roleArn: "${role(AUDIT)}" } } });
exports.account = new LoginProfile("own", { userName: "alice", password: process.env.PASSWORD }).accountId;
`);

  test("reaches several accounts in one stack, and each again to refresh and to delete", async () => {
    inTwoAccounts('{ profile: "prod" }');
    const files = { AWS_CONFIG_FILE: CONFIG, AWS_SHARED_CREDENTIALS_FILE: CREDENTIALS };
    const calls = await callsOfUp({}, files);
    expect(await Promise.all(ACCOUNTS.map(hasProfile))).toEqual([true, true, true]);
    // Each account is asked for once, and so are its credentials.
    const once = ["AssumeRole", ...Array(3).fill("GetCallerIdentity")];
    expect(operationsOf(calls)).toEqual([...once, ...Array(3).fill("CreateLoginProfile")].sort());
    const accounts = stack.loginProfiles().map(({ outputs }) => outputs?.accountId);
    expect(accounts.sort()).toEqual(ACCOUNTS);

    const unchanged = await stack.up({ PASSWORD, ...files });
    expect(unchanged.output).toMatch(/4 unchanged/);
    expect(operationsOf(takeAll())).toEqual(once);
    expect(await stack.refresh({ PASSWORD, ...files })).toMatchObject({ code: 0 });
    expect(await stack.destroy(files)).toMatchObject({ code: 0 });
    expect(await Promise.all(ACCOUNTS.map(hasProfile))).toEqual([false, false, false]);
  });

  test("that leads to another account by now is refused before anything is touched", async () => {
    inTwoAccounts('{ profile: "prod" }');
    const files = { AWS_CONFIG_FILE: CONFIG, AWS_SHARED_CREDENTIALS_FILE: CREDENTIALS };
    await callsOfUp({}, files);
    const moved = join(FOLDER, "moved");
    writeFileSync(moved, `[prod]\naws_access_key_id = ${AUDIT}\naws_secret_access_key = x\n`);
    const { code, output } = await stack.destroy({ AWS_CONFIG_FILE: CONFIG, AWS_SHARED_CREDENTIALS_FILE: moved });
    expect(code).not.toBe(0);
    expect(output).toContain(
      `it is in AWS account ${PROD}, but the profile "prod" (connection.profile) leads to account ${AUDIT} now.`,
    );
    expect(await hasProfile(PROD)).toBe(true);
  });

  test("that changes is an update within an account, and a replacement into another", async () => {
    inTwoAccounts('{ profile: "prod" }');
    const files = { AWS_CONFIG_FILE: CONFIG, AWS_SHARED_CREDENTIALS_FILE: CREDENTIALS };
    await callsOfUp({}, files);
    inTwoAccounts(`{ profile: "audit", assumeRole: { roleArn: "${role(PROD)}" } }`);
    expect((await stack.up({ PASSWORD, ...files })).output).toMatch(/1 updated/);
    expect(takeAll().filter(({ operation }) => operation.endsWith("LoginProfile"))).toEqual([]);

    stack.program(
      'new LoginProfile("audit", { userName: "alice", password: process.env.PASSWORD, adoptExisting: true, connection: { profile: "prod" } });',
    );
    const { code, output } = await stack.up({ PASSWORD, ...files });
    expect(code).toBe(0);
    expect(output).toMatch(/1 replaced/);
    // It was adopted from the resource that is gone from the program: by account, for the ways to it differ.
    expect(output).toContain('Kept the login profile of IAM user "alice": another resource has taken it over.');
    expect(await Promise.all(ACCOUNTS.map(hasProfile))).toEqual([false, true, false]);
  });

  test.each([
    ['{ profile: pulumi.secret("prod") }', "connection must not hold a secret"],
    ['{ accessKey: "x" }', "no credentials are accepted in it: give a profile or a role."],
    ['{ profile: "nobody" }', 'There is no AWS profile "nobody"'],
    ['{ region: "" }', "connection.region must be a string that is not empty."],
  ])("%s is refused at preview", async (connection, reason) => {
    stack.program(
      `new LoginProfile("profile", { userName: "alice", password: process.env.PASSWORD, connection: ${connection} });`,
    );
    const { code, output } = await stack.preview({ PASSWORD });
    expect(code).not.toBe(0);
    expect(output).toContain(reason);
    expect(takeAll()).toEqual([]);
  });
});

describe("an error says what to run next:", () => {
  test.each<[name: string, values: Configuration, environment: () => NodeJS.ProcessEnv, message: string]>([
    [
      "no credentials at all",
      {},
      () => ({ ...noKeys(), AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" }),
      "Give credentials: sign in (aws sso login, aws configure)",
    ],
    [
      "a profile that is missing",
      { "aws:profile": "nobody" },
      noKeys,
      "Correct the name, or make the profile: aws configure --profile nobody",
    ],
    [
      "a profile of the environment that is missing",
      {},
      () => ({ ...noKeys(), AWS_PROFILE: "nobody" }),
      'There is no AWS profile "nobody" (AWS_PROFILE)',
    ],
    ["an SSO session that has expired", { "aws:profile": "sso" }, noKeys, "Sign in again: aws sso login --profile sso"],
    [
      "a profile without credentials",
      { "aws:profile": "empty" },
      noKeys,
      "it has neither keys nor another source of credentials",
    ],
    [
      "a file of settings that is not there",
      { "aws:sharedConfigFiles": ["/nowhere"] },
      () => ({}),
      "The setting aws:sharedConfigFiles names /nowhere, which is not a file",
    ],
    [
      "certificates that are not there",
      { "aws:customCaBundle": "/nowhere" },
      () => ({}),
      "The file of certificates /nowhere",
    ],
    [
      "settings that contradict each other",
      { "aws:insecure": "true", "aws:customCaBundle": "ca.pem" },
      () => ({}),
      "Remove one: pulumi config rm aws:customCaBundle",
    ],
  ])("%s", async (_, values, environment, message) => {
    const { code, output } = await up(values, environment());
    expect(code).not.toBe(0);
    expect(output).toContain(message);
    expect(takeAll()).toEqual([]);
  });
});

test("aws-login-profile:debug shows each call in a line of its own, and never a password", async () => {
  const debug = { "aws-login-profile:debug": "true", "aws-login-profile:policyCheck": "true" };
  const { output } = await up({ ...debug, "aws:assumeRoles": [{ roleArn: role(PROD) }] });
  expect(output).toMatch(/debug: AssumeRole: attempt 1, \d+ ms, HTTP 200, request id \S+/);
  expect(output).toMatch(/debug: GetCallerIdentity: attempt 1, \d+ ms, HTTP 200, request id \S+/);
  expect(output).toMatch(/debug: GetAccountPasswordPolicy: attempt 1, \d+ ms, HTTP 404, request id \S+/);
  expect(output).toMatch(/debug: CreateLoginProfile "alice": attempt 1, \d+ ms, HTTP 200, request id \S+/);
});

test("what aws:userAgents adds stands behind the package's own name", async () => {
  const userAgent = expect.stringMatching(
    /pulumi-aws-login-profile\/\d+\.\d+\.\d+ platform\/2\.1/,
  ) as unknown as string;
  expect(await callsOfUp({ "aws:userAgents": ["platform/2.1"] })).toMatchObject(twoCalls({ userAgent }));
});
