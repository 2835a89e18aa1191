/** Each folder of examples/ is run as its README says, on the embedded IAM; and the output that the README shows is real. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { buildSync } from "esbuild";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { pluginEnvironment } from "../support/front-ends.ts";
import { ROOT, SCRATCH, SDK_PYTHON, YAML_HOST } from "../support/lab.ts";
import { LanguageServer } from "../support/language-server.ts";
import { generateJavaSdk, generateSdks, hasJava, PYTHON_LANGUAGE } from "../support/languages.ts";
import { page } from "../support/markdown.ts";
import { AgeIdentity } from "../support/openers.ts";
import { Plugins } from "../support/plugins.ts";
import { run } from "../support/processes.ts";
import { scratchFile } from "../support/scratch.ts";
import { type Outcome, Stack } from "../support/stack.ts";

const drawn = drawnTest(0.1);

/** The key of somebody else in the team. */
const SOMEBODY = "age1a7ejdnvzardz40dvdgfma3hhj39az4m00n6kacnd0tuez4smnupskjnpf5";

let iam: EmbeddedIam;
let plugins: Plugins;
let identity: AgeIdentity;
let stack: Stack;
let server: LanguageServer | undefined;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  plugins = await Plugins.start(iam.unrecordedEnvironment);
  identity = new AgeIdentity();
});

afterAll(async () => {
  identity.remove();
  await plugins.stop();
  await iam.stop();
});

afterEach(async () => {
  stack?.remove();
  server?.stop();
  server = undefined;
  await iam.reset();
});

const tested = new Set(["quick-start", "random-password", "console-user"]);

/** The example of this name, tested if it is drawn; each name is remembered. */
function example(name: string, about: string, body: () => Promise<unknown>): void {
  tested.add(name);
  drawn(`the example ${name} ${about}`, async () => {
    await body();
    // For who writes the README.
    scratchFile(`${name}.txt`, stack.outputs.join("\n"));
    expect(shownButNotPrinted(name)).toEqual([]);
  });
}

async function start(name: string, more: NodeJS.ProcessEnv = {}): Promise<void> {
  stack = await Stack.create({ ...iam.environment, ...plugins.environment, ...more }, join("examples", name));
  iam.takeCalls();
}

async function succeeds(running: Promise<Outcome>): Promise<string> {
  const outcome = await running;
  expect(outcome).toMatchObject({ code: 0 });
  return outcome.output;
}

async function configure(values: Record<string, string | object>): Promise<void> {
  for (const [key, value] of Object.entries(values)) {
    await succeeds(stack.pulumi("config", "set", key, typeof value === "string" ? value : JSON.stringify(value)));
  }
}

async function outputs(): Promise<Record<string, any>> {
  const { stdout } = await stack.pulumi("stack", "output", "--json", "--show-secrets");
  return JSON.parse(stdout);
}

/** The calls about login profiles: operation and user. */
function calls(): string[] {
  return iam
    .takeCalls()
    .filter(({ operation }) => operation.endsWith("LoginProfile"))
    .map(({ operation, parameters }) => `${operation.replace("LoginProfile", "")} ${parameters.UserName}`)
    .sort();
}

/** The lines that the README shows as printed, without times, that this run has not printed. */
function shownButNotPrinted(name: string): string[] {
  const printed = new Set(stack.outputs.flatMap(linesOf));
  const shown = page(join("examples", name, "README.md")).blocks.filter(({ language }) => language === "text");
  return shown.flatMap(({ text }) => linesOf(text)).filter((line) => !printed.has(line));
}

function linesOf(text: string): string[] {
  return text
    .replace(/\([\d.]+m?s\)/g, "")
    .replace(/age-encryption\.org[^"]*|-----BEGIN AGE.*?-----END AGE ENCRYPTED FILE-----\\?n?/gs, "…")
    .split("\n")
    .map((line) => line.trim().replace(/ +/g, " "))
    .filter((line) => line !== "" && line !== "…");
}

// --- The quick start, and passwords that only their owners can read, in each language.

type Prepare = () => Promise<{ up: string[]; environment?: NodeJS.ProcessEnv }>;

/** With the plugin on the path, as `npm install --global` puts it there. */
const plugin = () => pluginEnvironment().PATH ?? "";

/** A program that a server of ours starts for the engine. */
async function served(command: string[], environment: NodeJS.ProcessEnv = {}): Promise<{ up: string[] }> {
  server = await LanguageServer.start(command, { cwd: stack.folder, env: { ...stack.environment, ...environment } });
  return { up: ["--client", server.address] };
}

async function built(command: string, ...args: string[]): Promise<void> {
  expect(await run(command, args, { cwd: stack.folder, env: stack.environment })).toMatchObject({ code: 0 });
}

async function python() {
  await generateSdks();
  const { environment } = await PYTHON_LANGUAGE.build();
  const script = join(ROOT, "tests", "support", "run_program.py");
  return served([join(SDK_PYTHON, "bin", "python"), script], environment);
}

const LANGUAGES: Record<string, Prepare> = {
  yaml: async () => ({ up: [] }),
  python,
  go: async () => {
    await generateSdks();
    await built("go", "build", "-o", "program", ".");
    return served([join(stack.folder, "program")]);
  },
  java: async () => {
    await generateJavaSdk();
    await built(
      "mvn",
      "--batch-mode",
      "--quiet",
      "compile",
      "dependency:build-classpath",
      "-Dmdep.outputFile=classpath",
    );
    const libraries = readFileSync(join(stack.folder, "classpath"), "utf8");
    return served(["java", "-classpath", [join("target", "classes"), libraries].join(delimiter), "App"]);
  },
};

for (const [language, prepare] of Object.entries(LANGUAGES)) {
  if (language === "java" && !hasJava()) {
    for (const name of ["quick-start-java", "owner-key-java"]) tested.add(name);
    console.log("There is no JDK with Maven here, so the examples in Java are left out.");
    continue;
  }
  const environment = () => ({ PATH: [YAML_HOST, plugin()].join(delimiter) });

  example(`quick-start-${language}`, "sets the password from the stack's secret configuration", async () => {
    await iam.createUsers(["alice"]);
    await start(`quick-start-${language}`, environment());
    const { up } = await prepare();
    await configure({ userName: "alice" });
    await succeeds(stack.setSecret("password", "Quick-Start-01!"));
    await succeeds(stack.up(...up));
    expect(calls()).toEqual(["Create alice"]);
    expect(await outputs()).toEqual({ passwordResetPending: true });
    expect(stack.occurrences("Quick-Start-01!")).toEqual([]);
    await succeeds(stack.up("--expect-no-changes", ...up));
    await succeeds(stack.destroy());
  });

  example(`owner-key-${language}`, "encrypts the password to its owner, and rotates it", async () => {
    await iam.createUsers(["alice"]);
    await start(`owner-key-${language}`, environment());
    const { up } = await prepare();
    await ownerKey(up);
  });
}

example("owner-key", "encrypts the password to its owner, and rotates it", async () => {
  await iam.createUsers(["alice"]);
  await start("owner-key");
  await ownerKey([]);
});

async function ownerKey(up: string[]): Promise<void> {
  await configure({ userName: "alice", recipient: identity.recipient });
  await succeeds(stack.up(...up));
  await configure({ rotation: "2" });
  await succeeds(stack.up(...up));
  const [first, second, ...others] = iam.takeProfileCalls();
  expect([first?.operation, second?.operation, others]).toEqual(["CreateLoginProfile", "UpdateLoginProfile", []]);
  const { encryptedPassword, passwordVersion } = await outputs();
  expect(identity.decrypt(encryptedPassword).toString()).toBe(second?.parameters.Password);
  expect(Number(passwordVersion)).toBe(2);
  await succeeds(stack.destroy());
}

// --- What README.md begins with

/** The first program of README.md in a language. */
function firstProgram(language: string): string {
  const { blocks } = page("README.md");
  return blocks.find((block) => block.language === language)?.text ?? "";
}

const FRONT_PAGE: Record<string, [file: string, prepare: Prepare]> = {
  typescript: ["index.ts", async () => ({ up: [] })],
  yaml: ["Pulumi.yaml", async () => ({ up: [] })],
  python: ["__main__.py", python],
};

for (const [language, [file, prepare]] of Object.entries(FRONT_PAGE)) {
  drawn(`the quick start of README.md in ${language} makes a user who may sign in`, async () => {
    const folder = mkdtempSync(join(SCRATCH, "front-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: people\nruntime: nodejs\n");
    writeFileSync(join(folder, "package.json"), '{ "main": "index.ts" }\n');
    writeFileSync(join(folder, file), firstProgram(language));
    const environment = { PATH: [YAML_HOST, plugin()].join(delimiter) };
    stack = await Stack.createIn(folder, { ...iam.environment, ...plugins.environment, ...environment });
    const { up } = await prepare();
    await succeeds(stack.setSecret("password", "Front-Page-01!"));
    iam.takeCalls();
    await succeeds(stack.up(...up));
    expect(
      iam.takeProfileCalls().find(({ operation }) => operation === "CreateLoginProfile")?.parameters,
    ).toMatchObject({
      UserName: "alice",
      Password: "Front-Page-01!",
      PasswordResetRequired: "true",
    });
    expect((await outputs()).signInUrl).toMatch(/signin\.aws\.amazon\.com/);
    expect(stack.occurrences("Front-Page-01!")).toEqual([]);
    await succeeds(stack.destroy());
  });
}

// --- People

example("users-file", "makes a console user of each entry, with a password for their key", async () => {
  await start("users-file");
  await succeeds(stack.up());
  expect(calls()).toEqual(["Create alice", "Create bob"]);
  const { encryptedPasswords, signInUrl } = await outputs();
  expect(Object.values(encryptedPasswords)).toEqual([expect.stringContaining("AGE"), expect.stringContaining("AGE")]);
  expect(signInUrl).toMatch(/signin\.aws\.amazon\.com/);
  const { Users } = await iam.awsCli("iam", "list-users");
  expect(Users.map(({ Path }: { Path: string }) => Path).sort()).toEqual(["/contractors/", "/people/"]);

  const file = join(stack.folder, "users.yaml");
  writeFileSync(file, `${readFileSync(file, "utf8")}  - name: carol\n`);
  const { code, output } = await stack.preview();
  expect([code === 0, output]).toEqual([false, expect.stringContaining("no pgpKey and no ageRecipients: carol")]);
  await succeeds(stack.destroy());
});

example("several-accounts", "gives one person a password in each account", async () => {
  const accounts = { staging: "111111111111", production: "222222222222" };
  const roles = Object.fromEntries(
    Object.entries(accounts).map(([name, id]) => [name, `arn:aws:iam::${id}:role/console-users`]),
  );
  for (const id of Object.values(accounts)) await iam.awsCliIn(id, "iam", "create-user", "--user-name", "alice");
  await start("several-accounts");
  await configure({ userName: "alice", recipient: identity.recipient, roles });
  await succeeds(stack.up());
  const found = (await outputs()).accounts;
  expect([found.staging.accountId, found.production.accountId]).toEqual(Object.values(accounts));
  const [one, two] = Object.keys(accounts).map((name) => identity.decrypt(found[name].encryptedPassword).toString());
  expect(one).not.toBe(two);
  for (const id of Object.values(accounts)) {
    const { LoginProfile } = await iam.awsCliIn(id, "iam", "get-login-profile", "--user-name", "alice");
    expect(LoginProfile).toMatchObject({ UserName: "alice", PasswordResetRequired: true });
  }
  await succeeds(stack.destroy());
});

example("adopt-users", "takes passwords over as they are", async () => {
  await iam.createUsers(["alice", "bob"]);
  for (const user of ["alice", "bob"]) await iam.createLoginProfile(user, "Chosen-Before-Us-01!");
  const before = await iam.createDatesOf(["alice", "bob"]);
  await start("adopt-users");
  await succeeds(stack.up());
  expect(calls()).toEqual(["Get alice", "Get bob"]);
  expect((await outputs()).passwordVersions).toEqual({ alice: 0, bob: 0 });
  await succeeds(stack.up("--expect-no-changes"));
  expect(await iam.createDatesOf(["alice", "bob"])).toEqual(before);
});

example("from-terraform", "takes a password over from Terraform, and makes it worthless", async () => {
  await iam.createUsers(["alice"]);
  await iam.createLoginProfile("alice", "In-Real-States-It-Stands-Here");
  await start("from-terraform");
  await succeeds(stack.up());
  expect(calls()).toEqual(["Get alice"]);
  await configure({ handover: "2026-11" });
  await succeeds(stack.up());
  expect(calls()).toEqual(["Update alice"]);
  expect((await outputs()).encryptedPasswords.alice).toContain("BEGIN AGE ENCRYPTED FILE");
  await succeeds(stack.destroy());
});

// --- Rotation and delivery

example("calendar-rotation", "makes another password when the quarter is another one", async () => {
  await iam.createUsers(["alice"]);
  await start("calendar-rotation");
  await configure({ userName: "alice", recipient: identity.recipient, today: "2026-11-15" });
  await succeeds(stack.up());
  await configure({ today: "2026-12-31T23:59:59Z" });
  await succeeds(stack.up("--expect-no-changes"));
  await configure({ today: "2027-01-01" });
  await succeeds(stack.up());
  expect(calls()).toEqual(["Create alice", "Update alice"]);
  expect(await outputs()).toMatchObject({ quarter: "2027-Q1", passwordVersion: 2 });
  await succeeds(stack.destroy());
});

example("secrets-manager", "keeps each password there, encrypted to the team", async () => {
  await iam.createUsers(["alice"]);
  await start("secrets-manager");
  await configure({ userName: "alice", recipients: [identity.recipient, SOMEBODY] });
  await succeeds(stack.up());
  await configure({ rotation: "2" });
  await succeeds(stack.up());
  const sent = iam.takeProfileCalls().map(({ parameters }) => parameters.Password);
  const kept = await iam.awsCli("secretsmanager", "get-secret-value", "--secret-id", "console-passwords/alice");
  const { userName, passwordVersion, encryptedPassword } = JSON.parse(kept.SecretString);
  expect([userName, passwordVersion]).toEqual(["alice", 2]);
  expect(identity.decrypt(encryptedPassword).toString()).toBe(sent[1]);
  await succeeds(stack.up("--expect-no-changes"));
  await succeeds(stack.destroy());
});

example("break-glass", "makes users for the safe, which no slip takes away", async () => {
  await iam.awsCli("iam", "create-group", "--group-name", "administrators");
  await start("break-glass");
  await configure({ group: "administrators", officers: [identity.recipient, SOMEBODY] });
  await succeeds(stack.up());
  const [first] = (await outputs()).envelopes;
  expect(first.userName).toBe("break-glass-1");
  expect(identity.decrypt(first.encryptedPassword).toString()).toHaveLength(40);
  const { LoginProfile } = await iam.awsCli("iam", "get-login-profile", "--user-name", "break-glass-1");
  expect(LoginProfile.PasswordResetRequired).toBe(false);
  const { code, output } = await stack.destroy();
  expect([code === 0, output]).toEqual([false, expect.stringContaining("protected")]);
});

example("self-service", "gives who asks another password, which they alone can read", async () => {
  await iam.createUsers(["alice"]);
  await iam.createLoginProfile("alice", "Forgotten-Before-01!");
  await start("self-service");
  const ask = async () => {
    const asked = await run("node", ["self-service.ts", "alice", identity.recipient], {
      cwd: stack.folder,
      env: stack.environment,
    });
    expect(asked).toMatchObject({ code: 0 });
    stack.outputs.push(asked.stdout, asked.stderr);
    return identity.decrypt(asked.stdout).toString();
  };
  const passwords = [await ask(), await ask()];
  const updates = iam.takeProfileCalls().filter(({ operation }) => operation === "UpdateLoginProfile");
  expect(updates.map(({ parameters }) => parameters.Password)).toEqual(passwords);
});

// --- Rules and tests

example("policy-pack", "refuses what its rules forbid, and lets the rest pass", async () => {
  await iam.createUsers(["quentin"]);
  const pack = await Stack.create({}, join("examples", "policy-pack"));
  await start("quick-start");
  await configure({ userName: "quentin" });
  await succeeds(stack.setSecret("password", "Quick-Start-01!"));
  const policies = ["--policy-pack", policyServer(pack.folder)];
  await succeeds(stack.preview(...policies));

  const program = join(stack.folder, "index.ts");
  writeFileSync(
    program,
    `import * as aws from "@pulumi/aws";
${readFileSync(program, "utf8").replace("passwordResetRequired: true", "passwordResetRequired: false")}
new aws.iam.User("carol", { name: "carol" });
new aws.iam.UserLoginProfile("carol", { user: "carol" });`,
  );
  const { code, output } = await stack.preview(...policies);
  stack.outputs.push(output);
  expect(code).not.toBe(0);
  for (const reason of ["Set passwordResetRequired to true for quentin.", "carol is under /.", "Use LoginProfile"]) {
    expect(output).toContain(reason);
  }
  pack.remove();
});

/** Serves the pack as the language host would: an executable that the engine finds in place of a folder. */
function policyServer(folder: string): string {
  const bundle = join(folder, "policies.cjs");
  buildSync({
    entryPoints: [join(folder, "index.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    packages: "external",
    logLevel: "error",
  });
  const executable = join(folder, "policies.sh");
  writeFileSync(executable, `#!/bin/sh\ncd "${folder}" && exec node "${bundle}" "$@"\n`, { mode: 0o755 });
  return executable;
}

example("unit-tests", "is tested by its own tests, which fail where the program does not do as they say", async () => {
  stack = await Stack.create({}, join("examples", "unit-tests"));
  const tests = () => run("npm", ["test"], { cwd: stack.folder, env: stack.environment });
  const passed = await tests();
  expect(passed).toMatchObject({ code: 0 });
  stack.outputs.push(passed.stdout);
  const program = join(stack.folder, "index.ts");
  writeFileSync(program, readFileSync(program, "utf8").replace("!userName.endsWith", "userName.endsWith"));
  expect((await tests()).stdout).toMatch(/fail 1/);
});

test("every example is tested, or says why not", () => {
  const folders = readdirSync(join(ROOT, "examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map(({ name }) => name);
  // Of C#, no compiler is there; pipeline files are what their linters and the guide's test look at.
  expect(folders.filter((name) => !tested.has(name))).toEqual(["pipelines", "quick-start-csharp"]);
  for (const name of folders) expect(readFileSync(join("examples", name, "README.md"), "utf8")).toMatch(/^# /);
});
