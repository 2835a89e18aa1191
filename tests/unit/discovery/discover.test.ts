/** The command as a process, in front of a server that speaks as IAM does. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type Answer, awsError, LocalAws, type Request } from "../../support/local-aws.ts";
import { run } from "../../support/processes.ts";

const COMMAND = join(process.cwd(), "provider", "dist", "cli.js");

let aws: LocalAws;
let folder: string;
/** Users by the pages on which they are listed. */
let pages: string[][];
let withoutPassword: string[];

beforeAll(async () => {
  aws = await LocalAws.start();
});

afterAll(() => aws.close());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "discover-"));
  pages = [["bob", "alice"], ["Carol"]];
  withoutPassword = ["bob"];
  aws.decide = usual;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  aws.take();
});

function usual({ what, parameters }: Request): Answer | undefined {
  if (what === "ListUsers") return page(Number(parameters.Marker ?? 0));
  if (what !== "GetLoginProfile" || !withoutPassword.includes(parameters.UserName ?? "")) return undefined;
  return awsError(404, "NoSuchEntity", `Login Profile for User ${parameters.UserName} cannot be found.`);
}

function page(number: number): Answer {
  const members = (pages[number] ?? []).map(
    (name) =>
      `<member><Path>/</Path><UserName>${name}</UserName><UserId>AID</UserId><Arn>arn:aws:iam::123456789012:user/${name}</Arn>` +
      "<CreateDate>2026-01-02T03:04:05Z</CreateDate></member>",
  );
  const isLast = number + 1 >= pages.length;
  const more = `<IsTruncated>${!isLast}</IsTruncated>${isLast ? "" : `<Marker>${number + 1}</Marker>`}`;
  const body = `<ListUsersResponse><ListUsersResult><Users>${members.join("")}</Users>${more}</ListUsersResult></ListUsersResponse>`;
  return { status: 200, body };
}

const KEYS = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "Secret-Of-A-Key" };

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: folder, AWS_ENDPOINT_URL: aws.url, AWS_EC2_METADATA_DISABLED: "true" };
}

/** Runs `discover`, with the given environment beside what every run has. */
async function discover(args: string[], env: NodeJS.ProcessEnv = KEYS) {
  const { code, stdout, stderr } = await run("node", [COMMAND, "discover", ...args], {
    cwd: folder,
    env: { ...environment(), ...env },
  });
  expect(stdout + stderr).not.toContain(KEYS.AWS_SECRET_ACCESS_KEY);
  return { code, stdout, stderr };
}

const entry = (name: string) =>
  `  - name: ${name}\n    existing: true\n    adoptExisting: true\n    randomPassword: false\n    allowPasswordChange: false\n`;
const FILE = `# yaml-language-server: $schema=./node_modules/pulumi-aws-login-profile/users-file.schema.json
# Who has a console password in AWS account 123456789012, as \`pulumi-aws-login-profile discover\` found it.
# Users and login profiles are adopted as they are.

users:
${entry("alice")}${entry("Carol")}`;
const COUNTS = "AWS account 123456789012: 3 IAM users, 2 with a console password, 1 without.\n";

test("it prints a users file of who has a console password, and the counts beside it", async () => {
  expect(await discover([])).toEqual({ code: 0, stdout: FILE, stderr: COUNTS });
  expect(aws.take().map(({ what, parameters }) => [what, parameters.Marker ?? parameters.UserName])).toEqual(
    expect.arrayContaining([
      ["ListUsers", undefined],
      ["ListUsers", "1"],
      ["GetLoginProfile", "alice"],
      ["GetLoginProfile", "bob"],
      ["GetLoginProfile", "Carol"],
    ]),
  );
});

test("it calls nothing but what it says that it needs", async () => {
  await discover(["--path-prefix", "/team/"]);
  const requests = aws.take();
  expect(new Set(requests.map(({ what }) => what))).toEqual(new Set(["ListUsers", "GetLoginProfile"]));
  const lists = requests.filter(({ what }) => what === "ListUsers").map(({ parameters }) => parameters);
  expect(lists).toMatchObject([
    { PathPrefix: "/team/", MaxItems: "300" },
    { PathPrefix: "/team/", MaxItems: "300", Marker: "1" },
  ]);
});

test("a profile that is named gives the credentials, whatever the environment says; region and endpoint are options too", async () => {
  mkdirSync(join(folder, ".aws"));
  writeFileSync(
    join(folder, ".aws", "credentials"),
    "[audit]\naws_access_key_id = AKIAAUDIT\naws_secret_access_key = x\n",
  );
  const { code } = await discover(["--profile", "audit", "--region", "cn-north-1", "--endpoint-url", aws.url], {
    ...KEYS,
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  });
  expect(code).toBe(0);
  const signed = new Set(aws.take().map(({ accessKey, region }) => `${accessKey} ${region}`));
  expect(signed).toEqual(new Set(["AKIAAUDIT cn-north-1"]));
});

test("throttled calls are made again, and nobody is left out", async () => {
  let calls = 0;
  aws.decide = (request) => (calls++ % 2 === 0 ? awsError(400, "Throttling", "Rate exceeded") : usual(request));
  const { stderr, ...others } = await discover([]);
  expect(others).toEqual({ code: 0, stdout: FILE });
  // Where it takes long, it says what it waits for.
  expect(stderr.replace(/^Waiting for .*\n/gm, "")).toBe(COUNTS);
});

test.each([
  [
    "no credentials",
    [],
    {},
    "Could not list the IAM users: CredentialsProviderError: There are no AWS credentials, and AWS_EC2_METADATA_DISABLED " +
      "forbids to ask the instance for its role. Give credentials: sign in (aws sso login, aws configure) and name the profile " +
      "(--profile, or AWS_PROFILE), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; then try again.",
  ],
  [
    "a profile that does not exist",
    ["--profile", "nobody"],
    KEYS,
    'There is no AWS profile "nobody" (--profile) in the shared config and credentials files. Correct the name, or make the ' +
      "profile: aws configure --profile nobody",
  ],
  ["a profile without a name", ["--profile", ""], KEYS, "--profile must name a profile of the shared AWS files."],
  [
    "a path that is none",
    ["--path-prefix", "team"],
    KEYS,
    '--path-prefix must begin with /, such as /contractors/, not "team".',
  ],
  [
    "an endpoint that is none",
    ["--endpoint-url", "localhost:4566"],
    KEYS,
    "--endpoint-url must be a URL that begins with https:// or http://.",
  ],
  ["a folder in place of a file", ["-o", "."], KEYS, ". is a folder: name a file in it (--output)."],
  [
    "a folder that is not there",
    ["-o", "no/users.yaml"],
    KEYS,
    "no/users.yaml cannot be written: there is no folder no.",
  ],
  [
    "a file that is there",
    ["-o", "old.yaml"],
    KEYS,
    "old.yaml is there already. Name another file (--output), or replace it (--force).",
  ],
])("of %s it tells in one line, before it asks IAM for anything", async (_, args, env, message) => {
  writeFileSync(join(folder, "old.yaml"), "old");
  expect(await discover(args, env)).toEqual({ code: 1, stdout: "", stderr: `error: ${message}\n` });
  expect(aws.take()).toEqual([]);
  expect(readFileSync(join(folder, "old.yaml"), "utf8")).toBe("old");
});

test("a profile that may not be read is an error, and no file is written; or else it is named in the file", async () => {
  aws.decide = (request) =>
    request.parameters.UserName === "alice"
      ? awsError(403, "AccessDenied", "User: arn:aws:iam::123456789012:user/auditor is not authorized.")
      : usual(request);
  const refused = await discover(["-o", "users.yaml"]);
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toMatch(/^error: Could not read the login profile of IAM user "alice": AccessDenied: .*\n$/);
  expect(readdirSync(folder)).toEqual([]);

  const { code, stderr } = await discover(["-o", "users.yaml", "--skip-denied"]);
  expect(code).toBe(0);
  expect(stderr).toBe(
    "AWS account 123456789012: 3 IAM users, 1 with a console password, 1 without.\n" +
      "Not read, for iam:GetLoginProfile is denied: alice.\nWritten to users.yaml.\n",
  );
  expect(readFileSync(join(folder, "users.yaml"), "utf8")).toBe(
    FILE.replace(
      "as they are.\n",
      "as they are.\n# Not read, for iam:GetLoginProfile is denied on them: alice\n",
    ).replace(entry("alice"), ""),
  );
});

test("a list that does not say how it goes on is no whole list", async () => {
  aws.decide = (request) => (request.what === "ListUsers" ? page(0) : usual(request));
  const { code, stderr } = await discover([]);
  expect(code).toBe(1);
  expect(stderr).toBe(
    "error: Could not list the IAM users: IncompleteResponse: The answer does not say where the list of users goes on. Run " +
      "the command again once the cause is gone.\n",
  );
});

test("a file is made as the shell would, and one that is replaced keeps its mode and its place", async () => {
  expect(await discover(["-o", "users.yaml"])).toEqual({
    code: 0,
    stdout: "",
    stderr: `${COUNTS}Written to users.yaml.\n`,
  });
  const file = join(folder, "users.yaml");
  expect(readFileSync(file, "utf8")).toBe(FILE);
  expect((statSync(file).mode & 0o777).toString(8)).toBe((0o666 & ~process.umask()).toString(8));

  writeFileSync(file, "old");
  chmodSync(file, 0o640);
  symlinkSync("users.yaml", join(folder, "link.yaml"));
  expect(await discover(["-o", "link.yaml", "--force"])).toMatchObject({ code: 0 });
  expect(readFileSync(file, "utf8")).toBe(FILE);
  expect((statSync(file).mode & 0o777).toString(8)).toBe("640");
  expect(readdirSync(folder).sort()).toEqual(["link.yaml", "users.yaml"]);
});

test("what is no file, such as a pipe, is written to and not replaced", async () => {
  // Never a device of the machine: where it were replaced all the same, the machine would be without it.
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const received = readFile(pipe, "utf8");
  expect(await discover(["-o", "pipe"])).toMatchObject({ code: 0 });
  expect(statSync(pipe).isFIFO()).toBe(true);
  expect(await received).toBe(FILE);
});

test("Ctrl-C ends it at once, and leaves nothing behind", async () => {
  let asked = () => {};
  const waiting = new Promise<void>((resolve) => {
    asked = resolve;
  });
  // Throttled for ever: it waits to try again.
  aws.decide = (request) => {
    if (request.what !== "GetLoginProfile") return usual(request);
    asked();
    return awsError(400, "Throttling", "Rate exceeded");
  };
  const ended = run("node", [COMMAND, "discover", "-o", "users.yaml"], {
    cwd: folder,
    env: { ...environment(), ...KEYS },
    onStart: (child) => void waiting.then(() => child.kill("SIGINT")),
  });
  expect(await ended).toEqual({ code: 130, stdout: "", stderr: "Interrupted: nothing was written.\n" });
  expect(existsSync(join(folder, "users.yaml"))).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});

test("an account where nobody has a password gives an empty file, and one without users has no number", async () => {
  pages = [[]];
  const { code, stdout, stderr } = await discover([]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nusers: \[\]\n$/);
  expect(stderr).toBe("The AWS account: 0 IAM users, 0 with a console password, 0 without.\n");
});
