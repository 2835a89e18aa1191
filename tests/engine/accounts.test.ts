/** In which account a profile is: what changed, by which front end and way it is reached, and what happens. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { DYNAMIC, type FrontEnd, PLUGIN, pluginEnvironment } from "../support/front-ends.ts";
import { labEnvironment, ROOT, SCRATCH } from "../support/lab.ts";
import { Plugins } from "../support/plugins.ts";
import { firstLine, stop } from "../support/processes.ts";
import { type Outcome, Stack } from "../support/stack.ts";

const drawn = drawnTest(0.5);

const PASSWORD = "Only-In-One-Account-01!";
/** An access key of twelve digits is that of the account of this number. */
const OWN = "000000000000";
const ONE = "111111111111";
const TWO = "222222222222";

/** A file of AWS profiles, each named after its account. */
const CREDENTIALS = join(SCRATCH, "accounts-credentials");
const PROFILES = { AWS_SHARED_CREDENTIALS_FILE: CREDENTIALS };

let iam: EmbeddedIam;
let plugins: Plugins;
let stack: Stack;
let user: string;
let users = 0;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  writeFileSync(CREDENTIALS, `[one]\naws_access_key_id = ${ONE}\naws_secret_access_key = x\n`);
  plugins = await Plugins.start({ ...iam.unrecordedEnvironment, ...PROFILES });
});

afterAll(async () => {
  await plugins.stop();
  await iam.stop();
});

beforeEach(async () => {
  user = `user-${++users}`;
  stack = await Stack.create({ ...iam.environment, ...plugins.environment, ...pluginEnvironment(), PASSWORD });
  iam.takeCalls();
});

afterEach(() => {
  expect(stack.occurrences(PASSWORD)).toEqual([]);
  stack.remove();
});

function program(body: string, frontEnd: FrontEnd = PLUGIN): void {
  stack.program(`${frontEnd.prelude}${frontEnd.consoleUser}
const aws = require("@pulumi/aws");
const user = ${JSON.stringify(user)};
const { PASSWORD } = process.env;
const to = (account) => ({ accessKey: account, secretKey: "x" });
${body}`);
}

const createUser = (account: string) => iam.awsCliIn(account, "iam", "create-user", "--user-name", user);

/** In which accounts something of the user's is. */
async function found(what: "user" | "login-profile"): Promise<string[]> {
  const accounts = await Promise.all(
    [OWN, ONE, TWO].map((account) =>
      iam.awsCliIn(account, "iam", `get-${what}`, "--user-name", user).then(
        () => [account],
        () => [],
      ),
    ),
  );
  return accounts.flat();
}

async function succeeds(running: Promise<Outcome>): Promise<string> {
  const outcome = await running;
  expect(outcome).toMatchObject({ code: 0 });
  return outcome.output;
}

async function fails(running: Promise<Outcome>): Promise<string> {
  const outcome = await running;
  expect(outcome).not.toMatchObject({ code: 0 });
  return outcome.output;
}

/** The calls that change login profiles, each with the account that it was made in. */
function changes(): string[] {
  return iam
    .takeCalls()
    .filter(({ operation }) => /^(Create|Update|Delete)LoginProfile$/.test(operation))
    .map(({ operation, accessKey }) => `${operation.replace("LoginProfile", "")} ${accessKey}`);
}

/** An environment whose keys are those of an account. */
const inEnvironment = (account: string) => ({ AWS_ACCESS_KEY_ID: account });

describe("a profile of the plugin, where its provider", () => {
  const declared = (provider: string, connection = "undefined") =>
    `new PluginLoginProfile("profile", { userName: user, password: PASSWORD, connection: ${connection} }, { provider: ${provider} });`;
  const explicit = (account: string, name = "p") => declared(`new Provider("${name}", to("${account}"))`);
  const connected = (account: string) => declared(`new Provider("p", to("${account}"))`, '{ profile: "one" }');
  const byDefault = declared("undefined");
  const bare = declared('new Provider("p", {})');

  drawn.each<[what: string, from: string, to: string, isMoved: boolean]>([
    ["has settings that lead to another account, moves", explicit(ONE), explicit(TWO), true],
    ["is another one, of another account, moves", explicit(ONE), explicit(TWO, "q"), true],
    ["is another one, of the same account, stays", explicit(ONE), explicit(ONE, "q"), false],
    ["comes in place of the default one, moves", byDefault, explicit(TWO), true],
    ["leads to another account, and a connection does not, stays", connected(ONE), connected(TWO), false],
  ])("%s", async (_, from, to, isMoved) => {
    await Promise.all([createUser(ONE), createUser(TWO)]);
    const environment = { ...inEnvironment(ONE), ...PROFILES };
    program(from);
    await succeeds(stack.up(environment));
    expect(changes()).toEqual([`Create ${ONE}`]);
    program(to);
    const preview = await succeeds(stack.preview(environment));
    expect(preview.includes("accountId")).toBe(isMoved);
    expect(changes()).toEqual([]);
    await succeeds(stack.up(environment));
    expect(changes()).toEqual(isMoved ? [`Delete ${ONE}`, `Create ${TWO}`] : []);
    await succeeds(stack.up("--expect-no-changes", environment));
    await succeeds(stack.destroy(environment));
    expect(await found("login-profile")).toEqual([]);
  });

  drawn.each<[what: string, from: string, to: string]>([
    ["is left out", explicit(ONE), byDefault],
    ["has no settings, and another environment", bare, bare],
    ["is the default one, in another environment", byDefault, byDefault],
  ])("%s, is refused, and both accounts are named", async (_, from, to) => {
    await Promise.all([createUser(ONE), createUser(TWO)]);
    program(from);
    await succeeds(stack.up(inEnvironment(ONE)));
    changes();
    program(to);
    const elsewhere = inEnvironment(TWO);
    for (const output of [await fails(stack.preview(elsewhere)), await fails(stack.up(elsewhere))]) {
      expect(output).toContain(`it is in AWS account ${ONE}, but`);
      expect(output).toContain(`leads to account ${TWO} now. Nothing was changed.`);
    }
    expect(changes()).toEqual([]);
    expect(await found("login-profile")).toEqual([ONE]);
  });
});

describe("a profile of the plugin, whose way is not known at preview,", () => {
  test.each([
    ["is created", "", ["Create"]],
    ["is adopted", ", adoptExisting: true", ["Create", "Update"]],
  ])("%s by the update, and stays", async (what, more, expected) => {
    await createUser(ONE);
    if (what === "is adopted") {
      const password = ["--user-name", user, "--password", "Live-Password-01!"];
      await iam.awsCliIn(ONE, "iam", "create-login-profile", ...password);
    }
    program(`
const { arn } = new aws.iam.User(user + "-other", { name: user + "-other" });
const roleArn = arn.apply(() => "arn:aws:iam::${ONE}:role/admin");
new PluginLoginProfile("profile", { userName: user, password: PASSWORD, connection: { assumeRole: { roleArn } }${more} });`);
    await succeeds(stack.preview());
    expect(changes()).toEqual([]);
    await succeeds(stack.up());
    // The keys of a role have a name of their own.
    expect(changes().map((call) => call.split(" ")[0])).toEqual(expected);
    expect(await found("login-profile")).toEqual([ONE]);
    await succeeds(stack.up("--expect-no-changes"));
    await succeeds(stack.destroy());
    expect(await found("login-profile")).toEqual([]);
  });
});

describe.each([DYNAMIC, PLUGIN])("a console user of the $name front end", (frontEnd) => {
  const declared = (providers: string, more = "") => `
const one = new aws.Provider("one", to("${ONE}"));
new ConsoleUser(user, { password: PASSWORD${more} }, { providers: [${providers}] });`;

  drawn("whose aws provider leads to another account is refused, and to the same is made there", async () => {
    program(declared("one"), frontEnd);
    const output = await fails(stack.preview(inEnvironment(TWO)));
    expect(output).toContain(`AWS account ${ONE}`);
    expect(output).toContain(`leads to account ${TWO}`);
    if (frontEnd === PLUGIN) {
      expect(await fails(stack.up(inEnvironment(TWO)))).toContain("Nothing was made.");
      expect(await found("user")).toEqual([]);
    }
    expect(changes()).toEqual([]);
    const created = await succeeds(stack.up(inEnvironment(ONE)));
    expect(created).not.toContain("does not reach");
    expect([await found("user"), await found("login-profile")]).toEqual([[ONE], [ONE]]);
    await succeeds(stack.up("--expect-no-changes", inEnvironment(ONE)));
    await succeeds(stack.destroy(inEnvironment(ONE)));
  });

  drawn("whose connection leads away from its user is refused", async () => {
    program(declared("", `, connection: { assumeRole: { roleArn: "arn:aws:iam::${TWO}:role/admin" } }`), frontEnd);
    const output = await fails(stack.preview());
    expect(output).toContain(`AWS account ${OWN}`);
    expect(output).toContain(`the role arn:aws:iam::${TWO}:role/admin leads to account ${TWO}`);
    expect(changes()).toEqual([]);
  });
});

describe("a console user of the plugin", () => {
  const declared = "new ConsoleUser(user, { password: PASSWORD });";

  drawn("takes over from the stack's aws:* what a connection can hold", async () => {
    await stack.pulumi("config", "set", "aws:profile", "one");
    await stack.pulumi("config", "set", "aws:region", "eu-west-1");
    program(declared);
    await succeeds(stack.preview(PROFILES));
    await succeeds(stack.up(PROFILES));
    expect(changes()).toEqual([`Create ${ONE}`]);
    const [profile] = stack.resources().filter(({ type }) => type === PLUGIN.type);
    expect(profile?.outputs).toMatchObject({ connection: { profile: "one", region: "eu-west-1" }, accountId: ONE });
    await succeeds(stack.up("--expect-no-changes", PROFILES));
  });

  drawn("refuses what it cannot take over, before anything is made", async () => {
    await stack.pulumi("config", "set", "aws:accessKey", ONE);
    await stack.setSecret("aws:secretKey", "Sesame-Of-The-Stack");
    program(declared);
    const output = await fails(stack.up());
    expect(output).toContain("reached by aws:accessKey, aws:secretKey, which its login profile cannot take over");
    expect(output).toContain("Set aws-login-profile:accessKey, aws-login-profile:secretKey likewise");
    expect(await found("user")).toEqual([]);
    expect(stack.occurrences("Sesame-Of-The-Stack")).toEqual([]);
    await stack.pulumi("config", "set", "aws-login-profile:accessKey", ONE);
    await stack.setSecret("aws-login-profile:secretKey", "Sesame-Of-The-Stack");
    await succeeds(stack.up());
    expect([await found("user"), await found("login-profile")]).toEqual([[ONE], [ONE]]);
  });
});

describe("the plugin", () => {
  let running: ChildProcess | undefined;

  afterEach(async () => {
    if (running !== undefined) await stop(running);
    running = undefined;
  });

  drawn("that runs by itself serves two providers in one run, each with its settings", async () => {
    running = spawn("node", [join(ROOT, "provider", "dist", "plugin", "main.js")], {
      env: { ...labEnvironment(), ...iam.environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const attached = `aws-login-profile:${await firstLine(running)}`;
    await Promise.all([createUser(OWN), createUser(ONE), createUser(TWO)]);
    program(
      ["undefined", `new Provider("one", to("${ONE}"))`, `new Provider("two", to("${TWO}"))`]
        .map(
          (provider, n) =>
            `new PluginLoginProfile("p${n}", { userName: user, password: PASSWORD }, { provider: ${provider} });`,
        )
        .join("\n"),
    );
    const environment = {
      PULUMI_DEBUG_PROVIDERS: [plugins.environment.PULUMI_DEBUG_PROVIDERS, attached].filter(Boolean).join(),
    };
    await succeeds(stack.up(environment));
    expect(await found("login-profile")).toEqual([OWN, ONE, TWO]);
    await succeeds(stack.destroy(environment));
    expect(await found("login-profile")).toEqual([]);
  });

  drawn("gives up what waits when the run is interrupted, and in the time of customTimeouts", async () => {
    await iam.createUsers([user]);
    const options = (timeouts: string) => `{ customTimeouts: { create: "${timeouts}" } }`;
    const declared = (timeouts: string) =>
      program(`new PluginLoginProfile("profile", { userName: user, password: PASSWORD }, ${options(timeouts)});`);
    let engine: ChildProcess | undefined;
    stack.onStart = (process) => {
      engine = process;
    };
    let isInterrupted = false;
    iam.refuse(({ operation }) => {
      if (operation !== "CreateLoginProfile") return undefined;
      if (isInterrupted) engine?.kill("SIGINT");
      isInterrupted = false;
      return { status: 400, code: "Throttling", message: "Rate exceeded" };
    });
    declared("1s");
    expect(await fails(stack.up())).toMatch(/Rate exceeded \(given up after \d+ attempts in [01] seconds\)/);
    isInterrupted = true;
    declared("10m");
    const started = Date.now();
    const output = await fails(stack.up());
    expect(output).toContain("Cancelled: the run was cancelled while it waited to try again after Throttling");
    expect(Date.now() - started).toBeLessThan(60_000);
    iam.refuse(() => undefined);
    await succeeds(stack.up());
  });
});
