/** The ways by which a release reaches a program, each up to a login profile that the AWS CLI reads back. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ENGINE_VERSION, ROOT } from "../../tests/support/lab.ts";
import { InlineProgram, type Step } from "../../tests/support/languages.ts";
import type { Stack } from "../../tests/support/stack.ts";
import { SDK_CHANNELS } from "./languages.ts";
import {
  buildNext,
  checksumsOf,
  publishGo,
  publishMaven,
  publishNpm,
  publishPlugin,
  publishPython,
  REPOSITORY,
  type Release,
} from "./publish.ts";
import type { Channel, Rehearsal } from "./rehearsal.ts";
import type { Stranger } from "./stranger.ts";

const PASSWORD = "Rehearsed-Secret-01!";
const PACKAGE = "pulumi-aws-login-profile";
const PLUGIN = "aws-login-profile";

const NPM: Channel = {
  name: "npm",
  needs: ["package"],
  play: async (rehearsal, attempt) => {
    const { release, registries } = rehearsal;
    const person = rehearsal.stranger();
    const folder = person.project("people", typescriptProject(quickStart("typescript")));
    await attempt("published", () => publishNpm(release, registries));
    await attempt("npm install", async () => {
      await person.run(folder, "npm", "install", PACKAGE, "@pulumi/aws");
      assert.equal(installedVersion(folder), release.version);
    });
    await attempt("its command runs", async () => {
      await person.run(folder, "sh", "-c", `npx ${PACKAGE} skeleton > users.yaml && npx ${PACKAGE} check users.yaml`);
    });
    await attempt("quick start, pulumi up, read back", async () => {
      const stack = await configured(person, folder);
      await expectLife(rehearsal, stack, await onlyUserOf(rehearsal, stack));
    });
  },
};

const YAML: Channel = {
  name: "plugin, YAML",
  needs: ["archives"],
  play: async (rehearsal, attempt) => {
    const { release, registries } = rehearsal;
    const person = rehearsal.stranger();
    await attempt("published", () => publishPlugin(release, registries));
    await attempt("the engine fetches the plugin, pulumi up, read back", async () => {
      await rehearsal.iam.createUsers(["yaml"]);
      registries.files.takeAsked();
      const stack = await configured(person, person.project("yaml", yamlProject("yaml", release)));
      await succeeds(stack.up());
      assert.deepEqual(
        [...new Set(registries.files.takeAsked())],
        [`/plugin/v${release.version}/${archiveOf(release)}`],
      );
      await expectLife(rehearsal, stack, "yaml");
    });
  },
};

const CHECKSUM: Channel = {
  name: "plugin, checksum",
  needs: ["archives"],
  play: async (rehearsal, attempt) => {
    const { release, registries } = rehearsal;
    const person = rehearsal.stranger();
    const folder = person.project("checksum", { "Pulumi.yaml": "name: test\nruntime: yaml\n" });
    await publishPlugin(release, registries);
    const stack = await person.stack(folder);
    const install = (...options: string[]) =>
      stack.pulumi("plugin", "install", "resource", PLUGIN, release.version, ...serverOf(release), ...options);
    await attempt("another checksum is refused", async () => {
      const { code, output } = await install("--checksum", "0".repeat(64));
      assert.notEqual(code, 0);
      assert.match(output, /invalid checksum/);
      assert.deepEqual(await plugins(stack), []);
    });
    // Over HTTP/1.1 the engine (3.259.0) refuses every checksum, the right one too: it leaves out of the sum what arrives
    // together with the end. So the served archive is compared here, and installed without one.
    await attempt("the served archive has that of SHA256SUMS, and is installed", async () => {
      const { files } = registries;
      const served = readFileSync(join(files.folder, "plugin", `v${release.version}`, archiveOf(release)));
      assert.equal(createHash("sha256").update(served).digest("hex"), checksumsOf(release)[archiveOf(release)]);
      await succeeds(install());
      assert.deepEqual(await plugins(stack), [release.version]);
    });
  },
};

/** Of what the engine of a stranger holds, the versions. */
async function plugins(stack: Stack): Promise<string[]> {
  const found: { name: string; version: string }[] = JSON.parse(await succeeds(stack.pulumi("plugin", "ls", "--json")));
  return found.filter(({ name }) => name === PLUGIN).map(({ version }) => version);
}

function serverOf({ home, version }: Release): string[] {
  return ["--server", home.pluginDownloadUrl.replace(`\${VERSION}`, version)];
}

function archiveOf({ version }: Release): string {
  const processor = process.arch === "x64" ? "amd64" : process.arch;
  return `pulumi-resource-${PLUGIN}-v${version}-${process.platform}-${processor}.tar.gz`;
}

const UPGRADE: Channel = {
  name: "upgrade",
  needs: ["package", "archives"],
  play: async (rehearsal, attempt) => {
    const { release, registries, iam } = rehearsal;
    const [person, other] = [rehearsal.stranger(), rehearsal.stranger()];
    let [npm, yaml]: Stack[] = [];
    let next = release;
    await iam.createUsers(["upgraded", "upgraded-yaml"]);
    await attempt("a stack of this version, npm", async () => {
      await publishNpm(release, registries);
      const folder = person.project("upgrade", { "Pulumi.yaml": "name: test\nruntime: nodejs\n", ...PROGRAM });
      await person.run(folder, "npm", "install", `${PACKAGE}@${release.version}`, `@pulumi/pulumi@${ENGINE_VERSION}`);
      npm = await configured(person, folder);
      await succeeds(npm.up());
    });
    await attempt("a stack of this version, plugin", async () => {
      await publishPlugin(release, registries);
      yaml = await configured(other, other.project("upgrade", yamlProject("upgraded-yaml", release)));
      await succeeds(yaml.up());
    });
    await attempt("the next version is built and published", async () => {
      next = await buildNext(release.version, join(rehearsal.folder, "next"), registries);
      await publishNpm(next, registries);
      await publishPlugin(next, registries);
    });
    await attempt("npm update, no change, no call", async () => {
      assert(npm);
      await person.run(npm.folder, "npm", "update", PACKAGE);
      assert.equal(installedVersion(npm.folder), next.version);
      await expectNothing(rehearsal, npm);
      await expectLife(rehearsal, npm, "upgraded");
    });
    await attempt("the next plugin, no change, no call", async () => {
      assert(yaml);
      other.project("upgrade", yamlProject("upgraded-yaml", next));
      await expectNothing(rehearsal, yaml);
      assert.deepEqual((await plugins(yaml)).sort(), [release.version, next.version].sort());
      await expectLife(rehearsal, yaml, "upgraded-yaml");
    });
  },
};

const PROGRAM = {
  "package.json": '{ "name": "people", "private": true, "main": "index.js" }',
  "index.js": `const pulumi = require("@pulumi/pulumi");
const { LoginProfile } = require("${PACKAGE}");
new LoginProfile("upgraded", {
  userName: "upgraded",
  password: new pulumi.Config().requireSecret("password"),
  passwordResetRequired: true,
});
`,
};

/** A test program of each language, which the Automation API starts: no language host is needed. */
const SDKS = SDK_CHANNELS.map(
  ({ name, commands, publish, build }): Channel => ({
    name,
    needs: ["sdks", "archives"],
    absent: () => lacks(...commands),
    play: async (rehearsal, attempt) => {
      const { release, registries, iam } = rehearsal;
      const person = rehearsal.stranger();
      let started: Awaited<ReturnType<typeof build>> = { command: [] };
      await publishPlugin(release, registries);
      await attempt("published", () => publish(release, registries));
      await attempt("installed, and a program built with it", async () => {
        started = await build(person, release);
      });
      await attempt("the engine fetches the plugin, pulumi up, read back", async () => {
        const userName = name.split(" ")[0]?.toLowerCase() ?? "";
        await iam.createUsers([userName]);
        const stack = await person.stack(person.project("stack", { "package.json": "{}" }));
        const program = await InlineProgram.start({ name, build: async () => started }, stack);
        try {
          await expectLifeBySteps(rehearsal, program, userName);
        } finally {
          await program.stop();
        }
        assert.deepEqual(stack.occurrences(PASSWORD), []);
        assert.deepEqual(await plugins(stack), [release.version]);
      });
    },
  }),
);

/** The same as expectLife, of a program that takes its steps one by one. */
async function expectLifeBySteps({ iam }: Rehearsal, program: InlineProgram, userName: string): Promise<void> {
  const up: Step = { command: "up", profiles: [{ userName, password: PASSWORD, passwordResetRequired: true }] };
  const created = await program.carryOut(up);
  assert.deepEqual([created.error, created.changes], [undefined, { create: 2 }]);
  const { LoginProfile: live } = await iam.awsCli("iam", "get-login-profile", "--user-name", userName);
  assert.equal(live.PasswordResetRequired, true);
  iam.takeCalls();
  assert.deepEqual((await program.carryOut(up)).changes, { same: 2 });
  assert.deepEqual(iam.takeProfileCalls(), []);
  assert.equal((await program.carryOut({ command: "destroy" })).error, undefined);
  await assert.rejects(iam.awsCli("iam", "get-login-profile", "--user-name", userName), /NoSuchEntity/);
}

/** No machine of this repository's has its tools; the release's own workflow does. */
const DOTNET: Channel = {
  name: ".NET SDK, NuGet",
  needs: [],
  absent: () => lacks("dotnet") ?? "left to the release's workflow",
  play: async () => {},
};

const PACKAGE_ADD: Channel = {
  name: "pulumi package add",
  needs: ["archives"],
  play: async (rehearsal, attempt) => {
    const { release, registries, iam } = rehearsal;
    const person = rehearsal.stranger();
    await publishPlugin(release, registries);
    const folder = person.project("added", { "Pulumi.yaml": "name: test\nruntime: yaml\n" });
    const stack = await configured(person, folder);
    await attempt("of the plugin", async () => {
      await succeeds(stack.pulumi("package", "add", `${PLUGIN}@${release.version}`, ...serverOf(release)));
    });
    // It takes https and ssh for repositories, and this for the path of a folder.
    await attempt("of a git repository by file URL: refused by the engine", async () => {
      const { code, output } = await stack.pulumi("package", "add", `file://${ROOT}`);
      assert.notEqual(code, 0);
      assert.match(output, /unable to install file:.*no such file or directory/);
    });
    await attempt("pulumi up, read back", async () => {
      await iam.createUsers(["added"]);
      const { packages } = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8"));
      person.project("added", yamlProject("added", release, packages ?? {}));
      await succeeds(stack.up());
      await expectLife(rehearsal, stack, "added");
    });
  },
};

const TEMPLATE: Channel = {
  name: "template",
  needs: ["package"],
  play: async (rehearsal, attempt) => {
    const { release, registries, iam } = rehearsal;
    const person = rehearsal.stranger();
    const folder = person.project("made");
    const template = join(ROOT, "templates", "console-users");
    await publishNpm(release, registries);
    await attempt("pulumi new, npm install", async () => {
      const asked = ["--dir", folder, "--generate-only", "--yes", "--name", "made"];
      await person.run(folder, "pulumi", "new", template, ...asked);
      await person.run(folder, "npm", "install");
      assert.equal(installedVersion(folder), release.version);
    });
    await attempt("pulumi up, read back", async () => {
      const stack = await configured(person, folder);
      iam.takeCalls();
      await succeeds(stack.up());
      const users = iam.takeProfileCalls().map(({ parameters }) => parameters.UserName ?? "");
      assert(users.length > 0);
      for (const user of users) await iam.awsCli("iam", "get-login-profile", "--user-name", user);
      await expectNothing(rehearsal, stack);
      await succeeds(stack.destroy());
    });
  },
};

/** What the release's workflow runs against the registries of the world. */
const VERIFY: Channel = {
  name: "verify.ts",
  needs: ["package", "archives", "sdks"],
  play: async (rehearsal, attempt) => {
    const { release, registries } = rehearsal;
    const person = rehearsal.stranger();
    const publishing = [publishNpm, publishPython, publishGo, publishMaven];
    for (const publish of publishing) await publish(release, registries);
    await attempt("each is installed, and its example compiles", async () => {
      const asked = ["--version", release.version, "--repository", REPOSITORY];
      console.log(await person.run(ROOT, "node", join("tools", "release", "verify.ts"), ...asked));
    });
  },
};

// The upgrade comes last, for it publishes another version.
export const CHANNELS: Channel[] = [NPM, YAML, CHECKSUM, ...SDKS, DOTNET, PACKAGE_ADD, TEMPLATE, VERIFY, UPGRADE];
/** Those that `make soak` tries. */
export const SHORT: Channel[] = [YAML, CHECKSUM, UPGRADE];

/** A profile that is there does not change, and goes with its stack. */
async function expectLife(rehearsal: Rehearsal, stack: Stack, user: string): Promise<void> {
  const { iam } = rehearsal;
  const { LoginProfile: live } = await iam.awsCli("iam", "get-login-profile", "--user-name", user);
  assert.equal(live.PasswordResetRequired, true);
  await expectNothing(rehearsal, stack);
  await succeeds(stack.destroy());
  await assert.rejects(iam.awsCli("iam", "get-login-profile", "--user-name", user), /NoSuchEntity/);
  assert.deepEqual(stack.occurrences(PASSWORD), []);
}

async function expectNothing({ iam }: Rehearsal, stack: Stack): Promise<void> {
  iam.takeCalls();
  await succeeds(stack.up("--expect-no-changes"));
  assert.deepEqual(iam.takeProfileCalls(), []);
}

/** Deploys a program that declares one console user; tells the user's name. */
async function onlyUserOf({ iam }: Rehearsal, stack: Stack): Promise<string> {
  iam.takeCalls();
  await succeeds(stack.up());
  const [created, ...others] = iam.takeProfileCalls();
  assert.deepEqual([created?.operation, created?.parameters.Password, others], ["CreateLoginProfile", PASSWORD, []]);
  return created?.parameters.UserName ?? "";
}

async function configured(person: Stranger, folder: string): Promise<Stack> {
  const stack = await person.stack(folder);
  await succeeds(stack.setSecret("password", PASSWORD));
  return stack;
}

async function succeeds(running: Promise<{ code: number | null; output: string; stdout: string }>): Promise<string> {
  const { code, output, stdout } = await running;
  if (code !== 0) throw new Error(output);
  return stdout;
}

/** What `pulumi new typescript` makes, whose template is on the internet. */
function typescriptProject(program: string): Record<string, string> {
  return {
    "Pulumi.yaml": "name: people\nruntime: nodejs\n",
    "package.json": JSON.stringify({
      name: "people",
      main: "index.ts",
      devDependencies: { "@types/node": "^22", typescript: "^5.0.0" },
      dependencies: { "@pulumi/pulumi": `^${ENGINE_VERSION}` },
    }),
    "tsconfig.json": JSON.stringify({
      compilerOptions: { strict: true, target: "es2020", module: "nodenext", moduleResolution: "nodenext" },
      files: ["index.ts"],
    }),
    "index.ts": program,
  };
}

function yamlProject(userName: string, { home, version }: Release, packages?: object): Record<string, string> {
  const program = {
    name: "test",
    runtime: "yaml",
    ...(packages && { packages }),
    config: { password: { type: "string", secret: true } },
    resources: {
      profile: {
        type: `${PLUGIN}:LoginProfile`,
        properties: { userName, password: `\${password}`, passwordResetRequired: true },
        ...(packages === undefined && {
          options: { version, pluginDownloadURL: home.pluginDownloadUrl.replace(`\${VERSION}`, version) },
        }),
      },
    },
  };
  return { "Pulumi.yaml": JSON.stringify(program) };
}

/** The program that README.md begins with. */
function quickStart(language: string): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, program] = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(readme) ?? [];
  assert(program, `README.md has no program in ${language}.`);
  return program;
}

function installedVersion(folder: string): string {
  return JSON.parse(readFileSync(join(folder, "node_modules", PACKAGE, "package.json"), "utf8")).version;
}

function lacks(...commands: string[]): string | undefined {
  const missing = commands.find((command) => spawnSync(command, ["--version"]).error !== undefined);
  return missing === undefined ? undefined : `${missing} is not here`;
}
