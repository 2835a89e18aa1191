/** The two front ends of the lifecycle, each as a program declares a login profile with it. */

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { labEnvironment, ROOT, SCRATCH } from "./lab.ts";

/** Where the engine finds the built plugin: by its name, on the path. */
export const PLUGIN_EXECUTABLE = join(SCRATCH, "plugin", "pulumi-resource-aws-login-profile");

/** Puts the built plugin on the path of an engine. */
export function pluginEnvironment(): NodeJS.ProcessEnv {
  const folder = join(PLUGIN_EXECUTABLE, "..");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    PLUGIN_EXECUTABLE,
    `#!/bin/sh\nexec node "${join(ROOT, "provider", "dist", "plugin", "main.js")}" "$@"\n`,
  );
  chmodSync(PLUGIN_EXECUTABLE, 0o755);
  return { PATH: [folder, labEnvironment().PATH].join(delimiter) };
}

export interface FrontEnd {
  name: "dynamic" | "plugin";
  /** The type in the state. */
  type: string;
  /** What a program calls it. */
  className: string;
  /** The same of `LoginProfiles`. */
  many: { type: string; className: string };
  /** Source text that makes `LoginProfile` and `LoginProfiles` known to a program that has `pulumi`. */
  prelude: string;
  /** The same for `ConsoleUser`. */
  consoleUser: string;
}

const PLUGIN_TYPE = "aws-login-profile:index:LoginProfile";
const PLUGIN_TYPE_OF_MANY = "aws-login-profile:index:LoginProfiles";

export const DYNAMIC: FrontEnd = {
  name: "dynamic",
  type: "pulumi-nodejs:dynamic/iam:LoginProfile",
  className: "LoginProfile",
  many: { type: "pulumi-nodejs:dynamic/iam:LoginProfiles", className: "LoginProfiles" },
  prelude: "",
  consoleUser: 'const { ConsoleUser } = require("pulumi-aws-login-profile/console-user");\n',
};

/** As a generated SDK registers it; the outputs are named so that they are there. */
export const PLUGIN: FrontEnd = {
  name: "plugin",
  type: PLUGIN_TYPE,
  className: "PluginLoginProfile",
  many: { type: PLUGIN_TYPE_OF_MANY, className: "PluginLoginProfiles" },
  prelude: `
class PluginLoginProfile extends pulumi.CustomResource {
  constructor(name, args, opts) {
    const outputs = ["passwordVersion", "passwordResetPending", "createDate", "encryptedPassword", "keyFingerprint"];
    const none = Object.fromEntries(outputs.map((output) => [output, undefined]));
    const { password, ...others } = args;
    const secret = password === undefined ? {} : { password: pulumi.secret(password) };
    super("${PLUGIN_TYPE}", name, { ...none, ...others, ...secret }, opts);
  }
}
class PluginLoginProfiles extends pulumi.CustomResource {
  constructor(name, { profiles, ...args }, opts) {
    const secret = Object.entries(profiles).map(([user, { password, ...own }]) =>
      [user, { ...own, ...(password === undefined ? {} : { password: pulumi.secret(password) }) }]);
    super("${PLUGIN_TYPE_OF_MANY}", name, { accountId: undefined, ...args, profiles: Object.fromEntries(secret) }, opts);
  }
}
class Provider extends pulumi.ProviderResource {
  constructor(name, args, opts) { super("aws-login-profile", name, args, opts); }
}
`,
  consoleUser: `
class ConsoleUser extends pulumi.ComponentResource {
  constructor(name, args, opts) {
    const outputs = ["userName", "arn", "signInUrl", "passwordResetPending", "initialPassword", "encryptedPassword"];
    const none = Object.fromEntries(outputs.map((output) => [output, undefined]));
    super("aws-login-profile:index:ConsoleUser", name, { ...none, ...args }, opts, true);
  }
}
`,
};
