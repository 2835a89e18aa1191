/** The plugin as users install it: from its tarball, and from the package's folder; nothing of it is on the path. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { labEnvironment, ROOT, YAML_HOST } from "../support/lab.ts";
import { AgeIdentity, GnuPG } from "../support/openers.ts";
import { command, folderOutside, pack } from "../support/packed.ts";
import { Plugins } from "../support/plugins.ts";
import { Stack } from "../support/stack.ts";

const PASSWORD = "Installed-Secret-01!";
const { version } = JSON.parse(readFileSync(join(ROOT, "provider", "package.json"), "utf8"));

let iam: EmbeddedIam;
let plugins: Plugins;
let identity: AgeIdentity;
let gpg: GnuPG;
let folder: string;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  plugins = await Plugins.start(iam.unrecordedEnvironment);
  identity = new AgeIdentity();
  gpg = new GnuPG();
  gpg.makeKey("owner@example.com", "ed25519", "cv25519");
  folder = folderOutside();
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  identity.remove();
  gpg.remove();
  await plugins.stop();
  await iam.stop();
});

/** A YAML project whose engine has a home of its own, and so no plugin. */
async function project(name: string): Promise<Stack> {
  const program = join(folder, name);
  mkdirSync(program);
  writeFileSync(join(program, "Pulumi.yaml"), "name: test\nruntime: yaml\n");
  // The repository's own commands hold the plugin; of them, Node.js is needed alone.
  const others = (labEnvironment().PATH ?? "")
    .split(delimiter)
    .filter((one) => !one.endsWith(join("node_modules", ".bin")));
  const path = [YAML_HOST, dirname(process.execPath), ...others];
  expect(path.filter((one) => existsSync(join(one, "pulumi-resource-aws-login-profile")))).toEqual([]);
  const PATH = path.join(delimiter);
  const PULUMI_HOME = join(folder, `${name}-home`);
  return Stack.createIn(program, { ...iam.environment, ...plugins.environment, PATH, PULUMI_HOME });
}

async function succeeds(running: Promise<{ code: number | null; output: string; stdout: string }>): Promise<string> {
  const { code, output, stdout } = await running;
  if (code !== 0) throw new Error(output);
  return stdout;
}

async function expectCleanSchema(stack: Stack, source: string): Promise<void> {
  const schema = await succeeds(stack.pulumi("package", "get-schema", source));
  expect(JSON.parse(schema)).toMatchObject({ name: "aws-login-profile", version });
  const file = join(stack.folder, "..", "schema.json");
  writeFileSync(file, schema);
  expect(await succeeds(stack.pulumi("schema", "check", file))).not.toMatch(/warning|error/i);
}

/** A declared password, both ways of generated ones, and a component: create, rotation, destroy. */
async function expectLife(stack: Stack, packages = {}): Promise<void> {
  const users = ["declared", "age", "pgp"].map((way) => `${way}-${Date.now()}`);
  const [declared = "", age = "", pgp = ""] = users;
  const component = `component-${Date.now()}`;
  const profile = (userName: string, properties: object) => ({
    [userName.replace(/-.*/, "")]: { type: "aws-login-profile:LoginProfile", properties: { userName, ...properties } },
  });
  const declare = (round: number) => {
    const rotationTriggers = { round };
    const program = {
      name: "test",
      runtime: "yaml",
      packages,
      config: { password: { type: "string", secret: true } },
      resources: {
        ...profile(declared, { password: `\${password}${round}` }),
        ...profile(age, { ageRecipients: [identity.recipient], rotationTriggers }),
        ...profile(pgp, { pgpKey: gpg.exportKey("owner@example.com"), rotationTriggers }),
        component: {
          type: "aws-login-profile:ConsoleUser",
          properties: { userName: component, ageRecipients: [identity.recipient], rotationTriggers },
        },
      },
      outputs: {
        age: `\${age.encryptedPassword}`,
        pgp: `\${pgp.encryptedPassword}`,
        component: `\${component.encryptedPassword}`,
      },
    };
    writeFileSync(join(stack.folder, "Pulumi.yaml"), JSON.stringify(program));
  };
  await iam.createUsers(users);
  await succeeds(stack.setSecret("password", PASSWORD));
  iam.takeCalls();
  for (const round of [1, 2]) {
    declare(round);
    await succeeds(stack.up());
    const calls = iam.takeProfileCalls();
    const sent = (user: string) => calls.find(({ parameters }) => parameters.UserName === user)?.parameters.Password;
    expect(new Set(calls.map(({ operation }) => operation))).toEqual(
      new Set([round === 1 ? "CreateLoginProfile" : "UpdateLoginProfile"]),
    );
    expect(sent(declared)).toBe(`${PASSWORD}${round}`);
    const outputs = JSON.parse((await stack.pulumi("stack", "output", "--json")).stdout);
    expect(identity.decrypt(outputs.age).toString()).toBe(sent(age));
    expect(identity.decrypt(outputs.component).toString()).toBe(sent(component));
    expect(gpg.decrypt(outputs.pgp).toString()).toBe(sent(pgp));
  }
  await succeeds(stack.up("--expect-no-changes"));
  await succeeds(stack.destroy());
  expect(iam.takeProfileCalls().map(({ operation }) => operation)).toEqual(
    [...users, component].map(() => "DeleteLoginProfile"),
  );
  expect(stack.occurrences(PASSWORD)).toEqual([]);
}

test("the tarball is installed as a plugin, and serves a program", async () => {
  const stack = await project("tarball");
  const tarball = (await command("node", [join("tools", "plugin.ts")], ROOT)).trim();
  await succeeds(stack.pulumi("plugin", "install", "resource", "aws-login-profile", version, "--file", tarball));
  expect(JSON.parse(await succeeds(stack.pulumi("plugin", "ls", "--json")))).toMatchObject([
    { name: "aws-login-profile", kind: "resource", version },
  ]);
  await expectCleanSchema(stack, `aws-login-profile@${version}`);
  await expectLife(stack);
});

test("the package's folder is added to a project, with npm and without a build, and serves its program", async () => {
  const stack = await project("source");
  await command("tar", ["-xzf", await pack(folder), "-C", folder], folder);
  await succeeds(stack.pulumi("package", "add", join("..", "package")));
  await expectCleanSchema(stack, join("..", "package"));
  await expectLife(stack, { "aws-login-profile": join("..", "package") });
});
