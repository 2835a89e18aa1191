/** The ways by which the plugin reaches a program that asks for it by name. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../../tests/support/lab.ts";
import type { Stack } from "../../tests/support/stack.ts";
import { configured, expectLife, succeeds } from "./life.ts";
import { PLUGIN, yamlProject } from "./projects.ts";
import { checksumsOf, publishPlugin, type Release } from "./publish.ts";
import type { Channel } from "./rehearsal.ts";

export const YAML: Channel = {
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

export const CHECKSUM: Channel = {
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

export const PACKAGE_ADD: Channel = {
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

/** Of what the engine of a stranger holds, the versions. */
export async function plugins(stack: Stack): Promise<string[]> {
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
