/**
 * Where the tools of the demo and the tests are: the Pulumi CLI, the embedded IAM, the AWS CLI.
 * Every command of this repository runs from its top folder.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** The version of the engine, which is that of its SDK for Node.js. */
export const ENGINE_VERSION = "3.259.0";

export const ROOT = process.cwd();

/** Made new by every run, inside the repository so that programs in it find node_modules. */
export const SCRATCH = join(ROOT, ".tmp");

const REQUIREMENTS = join(ROOT, "tools", "requirements.txt");

/** Kept between runs and shared by all clones of one user. */
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "pulumi-aws-login-profile");

export const ENGINE = join(CACHE, `engine-${ENGINE_VERSION}`);

/** Written last, so that it marks a complete engine; says where the engine is from. */
export const ENGINE_ORIGIN = join(ENGINE, "origin");

export const PYTHON = join(
  CACHE,
  `python-${createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12)}`,
);

/** age and age-keygen, built from the module that is named there. */
export const AGE = goTools("age");

/** The YAML language host, likewise. */
export const YAML_HOST = goTools("yaml");

/** Where the programs of a Go module below tools/ are; another version of them is another folder. */
function goTools(name: string): string {
  const sums = readFileSync(join(ROOT, "tools", name, "go.sum"));
  return join(CACHE, `${name}-${createHash("sha256").update(sums).digest("hex").slice(0, 12)}`);
}

/** Whether the engine came by the official installer, with language hosts and with access to plugins. */
export function isOfficialEngine(): boolean {
  return existsSync(ENGINE_ORIGIN) && readFileSync(ENGINE_ORIGIN, "utf8") === "installer";
}

/** The environment of everything the lab starts: its own tools first, nothing of the user's Pulumi or AWS set-up. */
export function labEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PULUMI|AWS)_/.test(name));
  return {
    ...Object.fromEntries(inherited),
    // The stand-in of the Node.js language host lives outside of all that has packages.
    LANGUAGE_HOST_SDK: join(ROOT, "node_modules", "@pulumi", "pulumi", "index.js"),
    PATH: [join(ENGINE, "bin"), join(PYTHON, "bin"), join(ROOT, "node_modules", ".bin"), process.env.PATH ?? ""].join(
      delimiter,
    ),
  };
}
