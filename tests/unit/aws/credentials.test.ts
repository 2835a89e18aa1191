/** Who acts: the access key that signs the request which arrives, for each way to name an identity; or the error. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { Accounts } from "../../../provider/src/aws/accounts.ts";
import type { Connection } from "../../../provider/src/aws/connection.ts";
import { stackSettings } from "../../../provider/src/aws/settings.ts";
import { LocalAws } from "../../support/local-aws.ts";

let aws: LocalAws;
let home: string;
const usual = { ...process.env };

beforeAll(async () => {
  aws = await LocalAws.start();
});
afterAll(() => aws.close());

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "home-"));
  mkdirSync(join(home, ".aws", "sso", "cache"), { recursive: true });
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, {
    HOME: home,
    AWS_ENDPOINT_URL: aws.url,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: aws.url,
    AWS_LOGIN_CACHE_DIRECTORY: home,
  });
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
  for (const name of Object.keys(process.env)) if (!(name in usual)) delete process.env[name];
  Object.assign(process.env, usual);
  aws.decide = () => undefined;
  aws.take();
});

const file = (name: string, text: string) => writeFileSync(join(home, name), text);
const config = (text: string) => file(".aws/config", text);
const command = (script: string) => `${process.execPath} -e "${script}"`;

type Values = Record<string, unknown>;

/** The access key that signed the call, and where it was meant for. */
async function call(values: Values = {}, connection?: Connection) {
  const settings: Values = { "aws-login-profile:retryTimeout": "0", ...values };
  const read = (key: string) =>
    settings[key] === undefined || typeof settings[key] === "string" ? settings[key] : JSON.stringify(settings[key]);
  await new Accounts(stackSettings(read), () => {}).reach(connection).profiles.get("alice");
  const requests = aws.take();
  return { requests, signed: requests.find(({ what }) => what === "GetLoginProfile") };
}

async function whoActs(values?: Values, connection?: Connection): Promise<string | undefined> {
  return (await call(values, connection)).signed?.accessKey;
}

/** What the user would read, and proof that nobody acted. */
async function failure(values?: Values, connection?: Connection): Promise<string> {
  const error = await call(values, connection).then(
    () => undefined,
    (thrown: Error & { advice?: string }) => thrown,
  );
  expect(aws.take().filter(({ what }) => what === "GetLoginProfile")).toEqual([]);
  return `${error?.message} ${error?.advice ?? ""}`;
}

const KEYS = { AWS_ACCESS_KEY_ID: "ENVIRONMENT", AWS_SECRET_ACCESS_KEY: "secret" };
const container = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.url}/container` });
const WEB_IDENTITY = () => {
  file("token", "a token\n");
  return { AWS_WEB_IDENTITY_TOKEN_FILE: join(home, "token"), AWS_ROLE_ARN: ROLE("pod") };
};
const ROLE = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const keysOf = (name: string) => `aws_access_key_id = ${name}\naws_secret_access_key = secret\n`;
const token = (name: string) =>
  file(
    `.aws/sso/cache/${createHash("sha1").update(name).digest("hex")}.json`,
    JSON.stringify({ accessToken: "t", expiresAt: "2099-01-01T00:00:00Z" }),
  );

/** A config file with a profile of each kind, all of which give credentials but for those named after their mistake. */
function everyKind(): void {
  token("office");
  token("https://office.example.com/start");
  file("token", "a token\n");
  file(
    `${createHash("sha256").update("arn:aws:iam::123456789012:user/me").digest("hex")}.json`,
    JSON.stringify({
      accessToken: {
        accessKeyId: "LOGIN",
        secretAccessKey: "s",
        sessionToken: "t",
        accountId: "123456789012",
        expiresAt: "2099-01-01T00:00:00Z",
      },
      clientId: "c",
      refreshToken: "r",
      dpopKey: "k",
    }),
  );
  config(`
[profile keys]
${keysOf("KEYS")}
[profile process]
credential_process = ${command("console.log(JSON.stringify({ Version: 1, AccessKeyId: 'PROCESS', SecretAccessKey: 's' }))")}

[profile failing]
region = eu-west-1
credential_process = ${command("console.error('the session has ended'); process.exit(1)")} -- --pin pin-5678

[sso-session office]
sso_region = eu-west-1
sso_start_url = https://office.example.com/start

[profile sso]
sso_session = office
sso_account_id = 123456789012
sso_role_name = admin

[profile sso-old]
sso_region = eu-west-1
sso_start_url = https://office.example.com/start
sso_account_id = 123456789012
sso_role_name = admin

[profile sso-expired]
sso_region = eu-west-1
sso_start_url = https://elsewhere.example.com/start
sso_account_id = 123456789012
sso_role_name = admin

[profile of-sso-expired]
role_arn = ${ROLE("admin")}
source_profile = sso-expired

[profile sso-incomplete]
sso_session = office
sso_account_id = 123456789012

[profile sso-lost]
sso_session = nowhere
sso_account_id = 123456789012
sso_role_name = admin

[profile login]
login_session = arn:aws:iam::123456789012:user/me

[profile login-expired]
login_session = arn:aws:iam::123456789012:user/you

[profile role]
role_arn = ${ROLE("first")}
source_profile = keys

[profile chain]
role_arn = ${ROLE("second")}
source_profile = role

[profile own-source]
role_arn = ${ROLE("own")}
source_profile = own-source
${keysOf("OWN")}
[profile role-of-sso]
role_arn = ${ROLE("of-sso")}
source_profile = sso

[profile web]
role_arn = ${ROLE("web")}
web_identity_token_file = ${join(home, "token")}

[profile of-environment]
role_arn = ${ROLE("of-environment")}
credential_source = Environment

[profile of-container]
role_arn = ${ROLE("of-container")}
credential_source = EcsContainer

[profile of-instance]
role_arn = ${ROLE("of-instance")}
credential_source = Ec2InstanceMetadata

[profile mfa]
role_arn = ${ROLE("admin")}
source_profile = sso-expired
mfa_serial = arn:aws:iam::123456789012:mfa/me

[profile of-mfa]
role_arn = ${ROLE("admin")}
source_profile = mfa

[profile of-keys-and-mfa]
role_arn = ${ROLE("of-keys")}
source_profile = keys-and-mfa

[profile keys-and-mfa]
role_arn = ${ROLE("unused")}
source_profile = keys
mfa_serial = arn:aws:iam::123456789012:mfa/me
${keysOf("KEYS")}
[profile web-lost]
role_arn = ${ROLE("web")}
web_identity_token_file = /nowhere

[profile no-source]
role_arn = ${ROLE("admin")}
${keysOf("NOBODY")}
[profile two-sources]
role_arn = ${ROLE("admin")}
source_profile = keys
credential_source = Environment

[profile lost-source]
role_arn = ${ROLE("admin")}
source_profile = nowhere

[profile circle]
role_arn = ${ROLE("admin")}
source_profile = other-half

[profile other-half]
role_arn = ${ROLE("admin")}
source_profile = circle

[profile half]
aws_access_key_id = HALF

[profile no-role]
web_identity_token_file = token

[profile nothing]
region = eu-west-1
`);
}

describe("a profile that is named gives the credentials", () => {
  test.each([
    ["keys", "KEYS"],
    ["process", "PROCESS"],
    ["sso", "SSO"],
    ["sso-old", "SSO"],
    ["login", "LOGIN"],
    ["role", "ROLE-first"],
    ["chain", "ROLE-second"],
    ["own-source", "ROLE-own"],
    ["of-keys-and-mfa", "ROLE-of-keys"],
    ["role-of-sso", "ROLE-of-sso"],
    ["web", "WEB-web"],
    ["of-container", "ROLE-of-container"],
    ["of-instance", "ROLE-of-instance"],
  ])("of kind %s: %s acts, whoever names it, whatever this machine is", async (profile, accessKey) => {
    everyKind();
    Object.assign(process.env, container(), WEB_IDENTITY());
    expect(await whoActs({ "aws:profile": profile })).toBe(accessKey);
    expect(await whoActs({}, { profile })).toBe(accessKey);
    process.env.AWS_PROFILE = profile;
    expect(await whoActs()).toBe(accessKey);
    delete process.env.AWS_PROFILE;
    process.env.AWS_DEFAULT_PROFILE = profile;
    expect(await whoActs()).toBe(accessKey);
  });

  test("with blanks in all names, and its keys in the credentials file", async () => {
    config(`[profile "the boss"]\nrole_arn = ${ROLE("boss")}\nsource_profile = my prof\n
[profile "by sso"]\nsso_session = our office\nsso_account_id = 1\nsso_role_name = r\n
[sso-session "our office"]\nsso_region = eu-west-1\nsso_start_url = https://office.example.com/start\n`);
    file(".aws/credentials", `[my prof]\r\n${keysOf("KEYS").replaceAll("\n", "\r\n")}`);
    token("our office");
    expect(await whoActs({ "aws:profile": "my prof" })).toBe("KEYS");
    expect(await whoActs({ "aws:profile": "the boss" })).toBe("ROLE-boss");
    expect(await whoActs({ "aws:profile": "by sso" })).toBe("SSO");
  });

  test("of kind of-environment: the role acts", async () => {
    everyKind();
    Object.assign(process.env, KEYS);
    const { requests, signed } = await call({ "aws:profile": "of-environment" });
    expect(requests[0]).toMatchObject({ what: "AssumeRole", accessKey: "ENVIRONMENT" });
    expect(signed?.accessKey).toBe("ROLE-of-environment");
  });

  test("of files that aws:sharedConfigFiles names, SSO too", async () => {
    everyKind();
    mkdirSync(join(home, "elsewhere"));
    writeFileSync(
      join(home, "elsewhere", "config"),
      "[profile mine]\nsso_session = ours\nsso_account_id = 1\nsso_role_name = r\n",
    );
    writeFileSync(
      join(home, "elsewhere", "sessions"),
      "[sso-session ours]\nsso_region = eu-west-1\nsso_start_url = https://office.example.com/start\n" +
        `[profile by-mine]\nrole_arn = ${ROLE("by-mine")}\nsource_profile = mine\n`,
    );
    token("ours");
    const files = { "aws:sharedConfigFiles": [join(home, "elsewhere", "config"), "~/elsewhere/sessions"] };
    expect(await whoActs({ "aws:profile": "mine", ...files })).toBe("SSO");
    expect(await whoActs({ "aws:profile": "by-mine", ...files })).toBe("ROLE-by-mine");
    expect(await failure({ "aws:profile": "keys", ...files })).toContain('no AWS profile "keys" (aws:profile)');
  });

  test.each([
    [
      "failing",
      "Command failed: its credential_process the session has ended",
      "Run the command of its credential_process",
    ],
    ["sso-expired", "The SSO session associated with this profile is invalid", "aws sso login --profile sso-expired;"],
    [
      "of-sso-expired",
      "The SSO session associated with this profile is invalid",
      "aws sso login --profile sso-expired;",
    ],
    ["sso-incomplete", "it signs in by SSO, but has no sso_role_name", "Add what is missing to it"],
    [
      "sso-lost",
      'it names the sso_session "nowhere", but there is no section [sso-session nowhere]',
      "Add what is missing",
    ],
    ["login-expired", "Failed to load token", "aws login --profile login-expired;"],
    ["of-environment", "Unable to find environment variable credentials", "credential_source (Environment)"],
    ["mfa", "its role asks for a code of an MFA device", "aws configure export-credentials --profile mfa --format env"],
    [
      "of-mfa",
      "its role asks for a code of an MFA device",
      "aws configure export-credentials --profile of-mfa --format env",
    ],
    ["no-source", "it has role_arn, but no source_profile or credential_source", "Add what is missing"],
    ["two-sources", "it has both source_profile and credential_source", "name another profile"],
    ["lost-source", 'The AWS profile "nowhere" gives no credentials: another profile names it', "Add what is missing"],
    ["web-lost", "ENOENT", "Check that the file that its web_identity_token_file names is there"],
    ["circle", "Detected a cycle", "Correct the profile"],
    ["half", "it has aws_access_key_id, but no aws_secret_access_key", "Add what is missing"],
    ["no-role", "it has web_identity_token_file, but no role_arn", "Add what is missing"],
    [
      "nothing",
      "it has neither keys nor another source of credentials",
      "To act as the role of this machine, name no profile.",
    ],
  ])("or nobody does: %s says %j, and %j", async (profile, cause, advice) => {
    everyKind();
    Object.assign(process.env, container(), WEB_IDENTITY());
    const messages = [await failure({ "aws:profile": profile }), await failure({}, { profile })];
    process.env.AWS_PROFILE = profile;
    messages.push(await failure());
    for (const message of messages) {
      expect(message).toContain(cause);
      expect(message).toContain(advice);
      expect(message).not.toMatch(/aws configure --profile|pin-5678/);
    }
  });
});

describe("keys take the place of a profile's credentials", () => {
  const KEYS_OF_STACK = { "aws:accessKey": "STACK", "aws:secretKey": "secret" };
  beforeEach(() => {
    config(`[profile far]\nregion = cn-north-1\nendpoint_url = ${aws.url}\n${keysOf("FAR")}`);
    delete process.env.AWS_ENDPOINT_URL;
  });

  test("those of the environment, of a profile named there: its region and endpoint hold", async () => {
    Object.assign(process.env, KEYS, { AWS_PROFILE: "far" });
    expect((await call()).signed).toMatchObject({ accessKey: "ENVIRONMENT", region: "cn-north-1" });
  });

  test("those of the settings, of a profile named in either place: its region and endpoint hold", async () => {
    expect((await call({ ...KEYS_OF_STACK, "aws:profile": "far" })).signed).toMatchObject({
      accessKey: "STACK",
      region: "cn-north-1",
    });
    process.env.AWS_PROFILE = "far";
    expect((await call(KEYS_OF_STACK)).signed).toMatchObject({ accessKey: "STACK", region: "cn-north-1" });
  });

  test("a token of the settings likewise", async () => {
    process.env.AWS_PROFILE = "far";
    const webIdentity = { roleArn: ROLE("ci"), webIdentityToken: "a token" };
    expect((await call({ "aws:assumeRoleWithWebIdentity": webIdentity })).signed).toMatchObject({
      accessKey: "WEB-ci",
      region: "cn-north-1",
    });
  });

  test("but those of the environment not of a profile that the settings name", async () => {
    Object.assign(process.env, KEYS);
    expect(await whoActs({ "aws:profile": "far" })).toBe("FAR");
    expect(await whoActs({}, { profile: "far" })).toBe("FAR");
  });

  test.each<[name: string, values: Values, connection: Connection | undefined, by: string]>([
    ["AWS_PROFILE", {}, undefined, "AWS_PROFILE"],
    ["aws:profile", { "aws:profile": "nobody" }, undefined, "aws:profile"],
    ["connection.profile", {}, { profile: "nobody" }, "connection.profile"],
  ])("and do not replace a profile that does not exist: %s", async (_, values, connection, by) => {
    Object.assign(process.env, KEYS, { AWS_PROFILE: "nobody" });
    expect(await failure({ ...KEYS_OF_STACK, ...values }, connection)).toContain(
      `There is no AWS profile "nobody" (${by})`,
    );
  });

  test("half of them are nobody's", async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: "HALF" }, container());
    expect(await failure()).toContain("no AWS_SECRET_ACCESS_KEY");
  });
});

describe("where nobody is named, the one who acts is", () => {
  const DEFAULT = () => config(`[default]\n${keysOf("DEFAULT")}`);

  test.each<[who: string, there: () => object[]]>([
    ["ENVIRONMENT", () => [KEYS, WEB_IDENTITY(), container()]],
    ["WEB-pod", () => [WEB_IDENTITY(), container()]],
    ["DEFAULT", () => [container()]],
  ])("%s, with all that come after at hand", async (who, there) => {
    DEFAULT();
    Object.assign(process.env, ...there());
    expect(await whoActs()).toBe(who);
  });

  test("CONTAINER, where the default profile has settings alone", async () => {
    config("[default]\nregion = eu-west-1\nsso_session = office\n");
    Object.assign(process.env, container());
    expect((await call()).signed).toMatchObject({ accessKey: "CONTAINER", region: "eu-west-1" });
  });

  test("INSTANCE, where there is nothing else", async () => {
    expect(await whoActs()).toBe("INSTANCE");
  });

  test.each([
    ["a default profile whose process fails", `credential_process = ${command("process.exit(1)")}`, "Command failed"],
    [
      "a default profile whose session has ended",
      "sso_account_id = 1\nsso_role_name = r\nsso_region = eu-west-1\nsso_start_url = https://x.example.com",
      "aws sso login;",
    ],
    ["a default profile that lacks a key", "aws_access_key_id = HALF", "no aws_secret_access_key"],
  ])("nobody, for %s", async (_, text, message) => {
    config(`[default]\n${text}\n`);
    Object.assign(process.env, container());
    expect(await failure()).toContain(message);
  });

  test("nobody, for a container that gives none", async () => {
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${aws.url}/elsewhere`;
    expect(await failure()).toContain(
      "The container's credentials (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI)",
    );
  });

  test("nobody, for a web identity without a role, or without its file", async () => {
    Object.assign(process.env, WEB_IDENTITY(), container());
    process.env.AWS_WEB_IDENTITY_TOKEN_FILE = "/nowhere";
    expect(await failure()).toContain("The file /nowhere (AWS_WEB_IDENTITY_TOKEN_FILE) cannot be read");
    process.env.AWS_ROLE_ARN = "";
    expect(await failure()).toContain("but no AWS_ROLE_ARN");
  });

  test("nobody, where there is nothing at all", async () => {
    aws.decide = ({ what }) =>
      what.startsWith("PUT") || what.startsWith("GET /") ? { status: 404, body: "" } : undefined;
    expect(await failure()).toContain("Give credentials: sign in (aws sso login, aws configure)");
  });
});

describe("the instance is not asked", () => {
  test.each<[by: string, values: Values, environment: object]>([
    ["by aws:skipMetadataApiCheck", { "aws:skipMetadataApiCheck": "true" }, {}],
    ["by AWS_EC2_METADATA_DISABLED", {}, { AWS_EC2_METADATA_DISABLED: "true" }],
  ])("%s", async (_, values, environment) => {
    everyKind();
    Object.assign(process.env, environment);
    expect(await failure(values)).toContain("forbids to ask the instance");
    expect(await failure({ ...values, "aws:profile": "of-instance" })).toContain("forbids to ask");
    expect(aws.take()).toEqual([]);
  });

  test("unless aws:skipMetadataApiCheck is false, which comes before the environment", async () => {
    process.env.AWS_EC2_METADATA_DISABLED = "true";
    expect(await whoActs({ "aws:skipMetadataApiCheck": "false" })).toBe("INSTANCE");
  });
});

describe("the region of a connection is", () => {
  const regionOf = async (values: Values, connection: Connection) => (await call(values, connection)).signed?.region;
  beforeEach(() =>
    config(`[profile china]\nregion = cn-north-1\n${keysOf("CHINA")}\n[profile plain]\n${keysOf("PLAIN")}`),
  );

  test("that of its profile, before the stack's and the environment's", async () => {
    process.env.AWS_REGION = "eu-west-1";
    expect(await regionOf({ "aws:region": "us-gov-west-1" }, { profile: "china" })).toBe("cn-north-1");
  });

  test("its own, before its profile's", async () => {
    expect(await regionOf({}, { profile: "china", region: "us-gov-west-1" })).toBe("us-gov-west-1");
  });

  test("the stack's, where its profile has none", async () => {
    expect(await regionOf({ "aws:region": "cn-north-1" }, { profile: "plain" })).toBe("cn-north-1");
  });

  test("the stack's, where it names no profile", async () => {
    expect(await regionOf({ "aws:region": "us-gov-west-1", "aws:profile": "china" }, {})).toBe("us-gov-west-1");
  });
});

describe("a connection's role is assumed", () => {
  const assumedBy = async (connection: Connection) => {
    config(`[profile other]\n${keysOf("OTHER")}`);
    Object.assign(process.env, KEYS);
    const { requests, signed } = await call({ "aws:assumeRoles": [{ roleArn: ROLE("hub") }] }, connection);
    expect(signed?.accessKey).toBe("ROLE-spoke");
    return requests.filter(({ what }) => what === "AssumeRole").map(({ accessKey }) => accessKey);
  };

  test("with the stack's own credentials, in place of its roles", async () => {
    expect(await assumedBy({ assumeRole: { roleArn: ROLE("spoke") } })).toEqual(["ENVIRONMENT"]);
  });

  test("with those of the connection's profile", async () => {
    expect(await assumedBy({ profile: "other", assumeRole: { roleArn: ROLE("spoke") } })).toEqual(["OTHER"]);
  });
});
