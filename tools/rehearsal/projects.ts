/** The projects of strangers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENGINE_VERSION, ROOT } from "../../tests/support/lab.ts";
import type { Release } from "./publish.ts";

export const PACKAGE = "pulumi-aws-login-profile";
export const PLUGIN = "aws-login-profile";

/** What `pulumi new typescript` makes, whose template is on the internet. */
export function typescriptProject(program: string): Record<string, string> {
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

export function yamlProject(userName: string, { home, version }: Release, packages?: object): Record<string, string> {
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
export function quickStart(language: string): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [, program] = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(readme) ?? [];
  assert(program, `README.md has no program in ${language}.`);
  return program;
}

export const PROGRAM = {
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

export function installedVersion(folder: string): string {
  return JSON.parse(readFileSync(join(folder, "node_modules", PACKAGE, "package.json"), "utf8")).version;
}
