/** The ways by which a release reaches a program, each up to a login profile that the AWS CLI reads back. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ENGINE_VERSION, ROOT } from "../../tests/support/lab.ts";
import { InlineProgram } from "../../tests/support/languages.ts";
import type { Stack } from "../../tests/support/stack.ts";
import { SDK_CHANNELS } from "./languages.ts";
import { configured, expectLife, expectLifeBySteps, expectNothing, onlyUserOf, PASSWORD, succeeds } from "./life.ts";
import { CHECKSUM, PACKAGE_ADD, plugins, YAML } from "./plugin-channels.ts";
import { installedVersion, PACKAGE, PROGRAM, quickStart, typescriptProject, yamlProject } from "./projects.ts";
import { buildNext, publishGo, publishMaven, publishNpm, publishPlugin, publishPython, REPOSITORY } from "./publish.ts";
import type { Channel } from "./rehearsal.ts";

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

/** No machine of this repository's has its tools; the release's own workflow does. */
const DOTNET: Channel = {
  name: ".NET SDK, NuGet",
  needs: [],
  absent: () => lacks("dotnet") ?? "left to the release's workflow",
  play: async () => {},
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

function lacks(...commands: string[]): string | undefined {
  const missing = commands.find((command) => spawnSync(command, ["--version"]).error !== undefined);
  return missing === undefined ? undefined : `${missing} is not here`;
}
