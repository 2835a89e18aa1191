/** One table of lifecycle cases against both front ends, and what the plugin alone can do. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { DYNAMIC, type FrontEnd, PLUGIN, PLUGIN_EXECUTABLE, pluginEnvironment } from "../support/front-ends.ts";
import { AgeIdentity } from "../support/openers.ts";
import { descendants } from "../support/processes.ts";
import { Stack } from "../support/stack.ts";

const drawn = drawnTest(0.3);

const FIRST = "First-Secret-0001!";
const SECOND = "Second-Secret-0002?";

let iam: EmbeddedIam;
let identity: AgeIdentity;
let stack: Stack;
let user: string;
let users = 0;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  identity = new AgeIdentity();
});

afterAll(async () => {
  identity.remove();
  await iam.stop();
});

beforeEach(async () => {
  user = `user-${++users}`;
  [stack] = await Promise.all([Stack.create({ ...iam.environment, ...pluginEnvironment() }), iam.createUsers([user])]);
  iam.takeCalls();
});

afterEach(() => {
  expect([FIRST, SECOND].flatMap((password) => stack.occurrences(password))).toEqual([]);
  stack.remove();
});

function declare(frontEnd: FrontEnd, args: string, options = "{}"): void {
  stack.program(`${frontEnd.prelude}
const user = ${JSON.stringify(user)};
const ageRecipients = ${JSON.stringify(identity.recipient)};
const { FIRST, SECOND } = process.env;
const profile = new ${frontEnd.className}("profile", ${args}, ${options});
module.exports = { version: profile.passwordVersion, encrypted: profile.encryptedPassword };
`);
}

function up(...args: (string | NodeJS.ProcessEnv)[]) {
  return stack.up({ FIRST, SECOND }, ...args);
}

function calls(): string[] {
  return iam
    .takeProfileCalls()
    .map(({ operation, parameters: { Password, PasswordResetRequired } }) =>
      [operation.replace("LoginProfile", ""), Password, PasswordResetRequired].filter(Boolean).join(" "),
    );
}

interface Step {
  /** What happens behind the stack's back. */
  meanwhile?: () => Promise<unknown>;
  command?: "refresh";
  args: string;
  /** What IAM is asked: operation, password, flag. */
  calls: string[];
  version?: number;
  /** Part of what the user reads; where it is given, the run fails. */
  error?: string;
}

const adopted = (args: string): Step => ({
  meanwhile: () => iam.awsCli("iam", "create-login-profile", "--user-name", user, "--password", "Live-Password-01!"),
  args,
  calls: [],
});

const CASES: Record<string, Step[]> = {
  "create, nothing to do, flag, rotation": [
    {
      args: "{ userName: user, password: FIRST, passwordResetRequired: true }",
      calls: [`Create ${FIRST} true`],
      version: 1,
    },
    { args: "{ userName: user, password: FIRST, passwordResetRequired: true }", calls: [], version: 1 },
    { args: "{ userName: user, password: FIRST, passwordResetRequired: false }", calls: ["Update false"], version: 1 },
    { args: "{ userName: user, password: SECOND }", calls: [`Update ${SECOND}`], version: 2 },
    { args: "{ userName: user }", calls: [], version: 2 },
  ],
  "a user who obeys is no drift, a flag that turns up is": [
    { args: "{ userName: user, password: FIRST, passwordResetRequired: false }", calls: [`Create ${FIRST} false`] },
    {
      meanwhile: () => iam.awsCli("iam", "update-login-profile", "--user-name", user, "--password-reset-required"),
      command: "refresh",
      args: "{ userName: user, password: FIRST, passwordResetRequired: false }",
      calls: ["Get"],
    },
    { args: "{ userName: user, password: FIRST, passwordResetRequired: false }", calls: ["Update false"], version: 1 },
  ],
  "an update that finds no profile creates it": [
    { args: "{ userName: user, password: FIRST }", calls: [`Create ${FIRST}`] },
    {
      meanwhile: () => iam.deleteLoginProfile(user),
      args: "{ userName: user, password: SECOND }",
      calls: [`Update ${SECOND}`, `Create ${SECOND}`],
      version: 2,
    },
  ],
  "a profile that exists is adopted, as it is or with a password": [
    {
      ...adopted("{ userName: user, password: FIRST }"),
      calls: [`Create ${FIRST}`],
      error: "Set adoptExisting to true",
    },
    { args: "{ userName: user, adoptExisting: true }", calls: ["Get"], version: 0 },
    { args: "{ userName: user, adoptExisting: true, password: FIRST }", calls: [`Update ${FIRST}`], version: 1 },
  ],
  "a refresh that finds no profile forgets it": [
    { args: "{ userName: user, password: FIRST }", calls: [`Create ${FIRST}`] },
    {
      meanwhile: () => iam.deleteLoginProfile(user),
      command: "refresh",
      args: "{ userName: user, password: FIRST }",
      calls: ["Get"],
    },
    { args: "{ userName: user, password: FIRST }", calls: [`Create ${FIRST}`], version: 1 },
  ],
  "mistakes are told together, before IAM is called": [
    { args: '{ userName: "", passwordResetRequired: "yes", password: "€" }', calls: [], error: "must not be empty" },
    { args: '{ userName: user, password: "a\\u20acb" }', calls: [], error: "the character at position 2 (U+20AC)" },
    { args: "{ userName: user }", calls: [], error: "password is needed to create a login profile" },
    { args: "{ userName: user, passwrod: FIRST }", calls: [], error: "Did you mean password?" },
    { args: "{ userName: user, password: FIRST, ageRecipients }", calls: [], error: "password cannot be given beside" },
  ],
};

describe.each([DYNAMIC, PLUGIN])("$name", (frontEnd) => {
  drawn.each(Object.entries(CASES))("%s", async (_, steps) => {
    for (const step of steps) {
      await step.meanwhile?.();
      declare(frontEnd, step.args);
      const { code, output } = await (step.command === "refresh" ? stack.refresh() : up());
      // A profile made moments ago is looked for more than once before it counts as gone.
      const made = calls().filter((call, index, all) => call !== "Get" || all[index - 1] !== "Get");
      expect({ calls: made, failed: code !== 0, output }).toEqual({
        calls: step.calls,
        failed: step.error !== undefined,
        output: step.error === undefined ? output : expect.stringContaining(step.error),
      });
      const [profile] = stack.resources().filter(({ type }) => type === frontEnd.type);
      if (step.version !== undefined) expect(profile?.outputs).toMatchObject({ passwordVersion: step.version });
    }
    expect(await stack.destroy()).toMatchObject({ code: 0 });
  });

  test("a generated password is delivered and rotated", async () => {
    declare(frontEnd, "{ userName: user, ageRecipients, rotationTriggers: { n: 1 } }");
    expect(await up()).toMatchObject({ code: 0 });
    declare(frontEnd, "{ userName: user, ageRecipients, rotationTriggers: { n: 2 } }");
    expect(await up()).toMatchObject({ code: 0 });
    const sent = iam.takeProfileCalls().map(({ parameters }) => parameters.Password ?? "");
    const { encrypted, version } = JSON.parse((await stack.pulumi("stack", "output", "--json")).stdout);
    expect(version).toBe(2);
    expect(identity.decrypt(encrypted).toString()).toBe(sent[1]);
    expect(sent.flatMap((password) => stack.occurrences(password))).toEqual([]);
  });
});

describe("the plugin", () => {
  test("shows a create with its version, and a rotation as nothing but a new version", async () => {
    declare(PLUGIN, "{ userName: user, password: FIRST, passwordResetRequired: true }");
    const created = (await stack.preview({ FIRST })).output;
    expect(created).toMatch(/passwordVersion *: 1/);
    expect(created).toMatch(/passwordResetPending *: true|passwordResetRequired: true/);
    expect(await up()).toMatchObject({ code: 0 });
    declare(PLUGIN, "{ userName: user, password: SECOND, passwordResetRequired: true }");
    const rotated = (await stack.preview({ SECOND })).output;
    const differences = rotated
      .split("--outputs:--")[0]
      ?.split("\n")
      .filter((line) => /^\s+[~+-] \w+ *:/.test(line) && !/LoginProfile|Stack/.test(line));
    expect(differences?.map((line) => line.trim().replaceAll(/ +/g, " "))).toEqual(["~ passwordVersion: 1 => 2"]);
  });

  test("imports a profile, which keeps its password until one is declared", async () => {
    await iam.awsCli("iam", "create-login-profile", "--user-name", user, "--password", "Live-Password-01!");
    writeFileSync(join(stack.folder, "index.js"), "");
    const imported = await stack.pulumi(
      "import",
      "aws-login-profile:index:LoginProfile",
      "profile",
      user,
      "--yes",
      "--protect=false",
      "--generate-code=false",
    );
    expect(imported).toMatchObject({ code: 0 });
    expect(calls()).toEqual(expect.arrayContaining(["Get"]));
    expect(stack.resources().at(-1)).toMatchObject({ id: user, outputs: { passwordVersion: 0, userName: user } });
    declare(PLUGIN, "{ userName: user }");
    expect(await up("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(calls()).toEqual([]);
    declare(PLUGIN, "{ userName: user, password: FIRST }");
    expect(await up()).toMatchObject({ code: 0 });
    expect(calls()).toEqual([`Update ${FIRST}`]);
  });

  test("takes its settings from a provider resource, and tells of mistakes in them", async () => {
    const provider = (args: string) => `new Provider("other", ${args})`;
    const args = "{ userName: user, password: FIRST }";
    declare(PLUGIN, args, `{ provider: ${provider('{ retryTimout: 1, maxRetries: "no" }')} }`);
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toContain("retryTimout is not a setting of the provider. Did you mean retryTimeout?");
    expect(output).toContain("aws-login-profile:maxRetries must be a whole number");
    declare(
      PLUGIN,
      args,
      `{ provider: ${provider('{ accessKey: "111122223333", secretKey: pulumi.secret("Other-Secret-Key") }')} }`,
    );
    await iam.awsCliIn("111122223333", "iam", "create-user", "--user-name", user);
    expect(await up()).toMatchObject({ code: 0 });
    const back = await iam.awsCliIn("111122223333", "iam", "get-login-profile", "--user-name", user);
    expect(back.LoginProfile.UserName).toBe(user);
    expect(stack.occurrences("Other-Secret-Key").filter((place) => !place.endsWith("index.js"))).toEqual([]);
    expect(await stack.destroy()).toMatchObject({ code: 0 });
  });

  test("reads its settings from the stack's configuration under its own name", async () => {
    await stack.pulumi("config", "set", "aws-login-profile:allowedAccountIds", '["999999999999"]');
    declare(PLUGIN, "{ userName: user, password: FIRST }");
    expect((await up()).output).toContain("aws-login-profile:allowedAccountIds does not list it");
    await stack.pulumi("config", "rm", "aws-login-profile:allowedAccountIds");
    await stack.pulumi("config", "set", "aws-login-profile:debug", "true");
    declare(PLUGIN, "{ userName: user, password: FIRST }");
    expect((await up()).output).toContain("CreateLoginProfile");
  });

  drawn("leaves settings that are not known at preview to the update, and keeps secret ones encrypted", async () => {
    declare(PLUGIN, "{ userName: user, password: FIRST }");
    const body = readFileSync(join(stack.folder, "index.js"), "utf8");
    const { ACCOUNT, KEY } = { ACCOUNT: "111122223333", KEY: "Unmarked-Secret-Key" };
    // Neither is marked as a secret by the program.
    const later = (value: string) => `profile.createDate.apply(() => ${value})`;
    writeFileSync(
      join(stack.folder, "index.js"),
      `${body}
const settings = {
  accessKey: process.env.ACCOUNT, secretKey: ${later("process.env.KEY")}, userAgents: [${later('"later/1"')}], retryTimeout: 5,
};
new PluginLoginProfile("other", { userName: user, password: FIRST }, { provider: new Provider("other", settings) });`,
    );
    await iam.awsCliIn(ACCOUNT, "iam", "create-user", "--user-name", user);
    const environment = { FIRST, ACCOUNT, KEY };
    expect(await stack.preview(environment)).toMatchObject({ code: 0 });
    expect(await stack.up(environment)).toMatchObject({ code: 0 });
    expect(calls()).toEqual([`Create ${FIRST}`, `Create ${FIRST}`]);
    const back = await iam.awsCliIn(ACCOUNT, "iam", "get-login-profile", "--user-name", user);
    expect(back.LoginProfile.UserName).toBe(user);
    expect(await stack.up("--expect-no-changes", environment)).toMatchObject({ code: 0 });
    expect(stack.occurrences(KEY)).toEqual([]);
    expect(await stack.destroy()).toMatchObject({ code: 0 });
  });

  drawn("takes settings of every form from the stack's configuration", async () => {
    const token = "Token-Of-Another-Provider";
    const set = (...args: string[]) => stack.pulumi("config", "set", "--path", ...args);
    await set("aws-login-profile:userAgents[0]", "nested/1");
    await set("aws-login-profile:retryTimeout", "7");
    await set("aws-login-profile:insecure", "true");
    await set("aws-login-profile:assumeRoleWithWebIdentity.roleArn", "arn:aws:iam::000000000000:role/web");
    await set("--secret", "aws-login-profile:assumeRoleWithWebIdentity.webIdentityToken", token);
    declare(PLUGIN, "{ userName: user, password: FIRST }");
    expect(await up()).toMatchObject({ code: 0 });
    const sent = iam.takeCalls();
    expect(sent.map(({ operation }) => operation)).toContain("AssumeRoleWithWebIdentity");
    expect(sent.at(-1)?.userAgent).toContain("nested/1");
    expect(stack.occurrences(token)).toEqual([]);
  });

  drawn("says what is missing where there is nothing to import", async () => {
    writeFileSync(join(stack.folder, "index.js"), "");
    const { code, output } = await stack.pulumi("import", "aws-login-profile:index:LoginProfile", "p", user, "--yes");
    expect(code).not.toBe(0);
    expect(output).toContain(`Could not read the login profile of IAM user "${user}": the user has none`);
  });

  drawn("imports by the resource option, and gives the password in the same run", async () => {
    await iam.awsCli("iam", "create-login-profile", "--user-name", user, "--password", "Live-Password-01!");
    declare(PLUGIN, "{ userName: user, password: FIRST }", "{ import: user }");
    expect(await up()).toMatchObject({ code: 0 });
    expect(calls()).toEqual(["Get", `Update ${FIRST}`]);
    declare(PLUGIN, "{ userName: user, password: SECOND }", '{ ignoreChanges: ["password"] }');
    expect(await up("--expect-no-changes")).toMatchObject({ code: 0 });
    declare(PLUGIN, "{ userName: user, password: SECOND }");
    expect(await up()).toMatchObject({ code: 0 });
    expect(calls()).toEqual([`Update ${SECOND}`]);
  });

  drawn("plans what is not known yet, and carries out the plan", async () => {
    const other = `${user}-other`;
    await iam.createUsers([other]);
    declare(PLUGIN, "{ userName: user, password: FIRST }");
    const known = readFileSync(join(stack.folder, "index.js"), "utf8");
    const later = (value: string) => `profile.createDate.apply(() => ${value})`;
    writeFileSync(
      join(stack.folder, "index.js"),
      `${known}
new PluginLoginProfile("other", {
  userName: ${later(JSON.stringify(other))}, password: ${later("SECOND")}, passwordResetRequired: ${later("true")},
});`,
    );
    iam.takeCalls();
    const plan = ["--save-plan", "plan.json"];
    expect(await stack.preview(...plan, { FIRST, SECOND })).toMatchObject({ code: 0 });
    expect(calls()).toEqual([]);
    expect(await up("--plan", "plan.json")).toMatchObject({ code: 0 });
    expect(calls()).toEqual([`Create ${FIRST}`, `Create ${SECOND} true`]);
    expect(await up("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(calls()).toEqual([]);
  });

  drawn("replaces the profile where the user is another one, the old one first", async () => {
    const other = `${user}-other`;
    await iam.createUsers([other]);
    declare(PLUGIN, "{ userName: user, password: FIRST }");
    expect(await up()).toMatchObject({ code: 0 });
    declare(PLUGIN, '{ userName: user + "-other", password: SECOND }');
    iam.takeCalls();
    expect((await stack.preview({ FIRST, SECOND })).output).toMatch(/~ userName *: "user-\d+" => "user-\d+-other"/);
    expect(await up()).toMatchObject({ code: 0 });
    expect(calls()).toEqual(["Delete", `Create ${SECOND}`]);
  });

  drawn("refuses two resources for one user, and shows no secret that is a mistake", async () => {
    declare(PLUGIN, "{ userName: user, password: FIRST }");
    const one = readFileSync(join(stack.folder, "index.js"), "utf8");
    writeFileSync(
      join(stack.folder, "index.js"),
      `${one}\nnew PluginLoginProfile("other", { userName: user, password: FIRST });`,
    );
    expect((await stack.preview({ FIRST })).output).toMatch(
      /userName "user-\d+" is declared by LoginProfile "(profile|other)" too/,
    );
    declare(PLUGIN, "{ userName: user, password: FIRST, passwordResetRequired: pulumi.secret(SECOND) }");
    expect((await stack.preview({ FIRST, SECOND })).output).toContain("passwordResetRequired must be true or false");
  });

  test("ends with its engine, also where that is killed", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const asked = once(silent, "connection");
    declare(PLUGIN, "{ userName: user, password: FIRST, adoptExisting: true }");
    let engine: ChildProcess | undefined;
    stack.onStart = (process) => {
      engine = process;
    };
    const running = up({ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
    const [call] = await asked;
    const left = (await descendants(engine?.pid ?? 0)).filter(({ command }) => command.includes("plugin/main.js"));
    expect(left.length).toBeGreaterThan(0);
    engine?.kill("SIGKILL");
    // The engine's output stays open for as long as one of its processes lives.
    await running;
    for (const { pid } of left) while (existsSync(`/proc/${pid}`)) await delay(50);
    call.destroy();
    silent.close();
  });

  test("has the schema that its source says", async () => {
    const { schema } = (await import("../../tools/schema.ts")) as { schema(): unknown };
    expect(JSON.parse(readFileSync("provider/schema.json", "utf8"))).toEqual(schema());
    expect(await stack.pulumi("schema", "check", join(process.cwd(), "provider", "schema.json"))).toMatchObject({
      code: 0,
    });
    const { stdout } = await stack.pulumi("package", "get-schema", PLUGIN_EXECUTABLE);
    const { resources } = JSON.parse(stdout);
    expect(Object.keys(resources).sort()).toEqual([
      "aws-login-profile:index:ConsoleUser",
      "aws-login-profile:index:LoginProfile",
      "aws-login-profile:index:LoginProfiles",
    ]);
    expect(resources["aws-login-profile:index:ConsoleUser"]).toMatchObject({
      isComponent: true,
      inputProperties: { existing: { type: "boolean", plain: true }, password: { secret: true } },
    });
  });
});

test("a profile moves from the dynamic resource to the plugin's and back, and its password stays", async () => {
  const args = "{ userName: user, password: FIRST, passwordResetRequired: true }";
  declare(DYNAMIC, args);
  expect(await up()).toMatchObject({ code: 0 });
  calls();
  for (const [to, from] of [
    [PLUGIN, DYNAMIC],
    [DYNAMIC, PLUGIN],
  ] as const) {
    declare(to, args, `{ aliases: [{ type: "${from.type}" }] }`);
    expect((await up()).output).toContain("2 unchanged");
    expect(calls()).toEqual([]);
    expect(stack.resources().map(({ type }) => type)).toContain(to.type);
    expect(stack.resources().map(({ type }) => type)).not.toContain(from.type);
  }
});
