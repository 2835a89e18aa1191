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

export const REQUIREMENTS = join(ROOT, "tools", "requirements.txt");

/** Kept between runs and shared by all clones of one user. */
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "pulumi-aws-login-profile");

export const ENGINE = join(CACHE, `engine-${ENGINE_VERSION}`);

/** Written last, so that it marks a complete engine; says where the engine is from. */
export const ENGINE_ORIGIN = join(ENGINE, "origin");

export const PYTHON = pythonEnvironment("python", REQUIREMENTS);

/** The inline programs of the Automation APIs that the generated SDKs are tested with, a folder for each language. */
export const LANGUAGES = join(ROOT, "tests", "engine", "languages");

export const SDK_REQUIREMENTS = join(LANGUAGES, "python", "requirements.txt");

/** Pulumi for Python, apart from the tools: the two want other versions of the same packages. */
export const SDK_PYTHON = pythonEnvironment("sdk-python", SDK_REQUIREMENTS);

/** What the Python SDK of a release is built and checked with. */
export const RELEASE_REQUIREMENTS = join(ROOT, "tools", "release", "requirements.txt");
export const RELEASE_PYTHON = pythonEnvironment("release-python", RELEASE_REQUIREMENTS);

/** The registries on loopback in which a release is rehearsed: verdaccio for npm, pypiserver for PyPI. */
export const REHEARSAL = join(ROOT, "tools", "rehearsal");
export const VERDACCIO = join(CACHE, `verdaccio-${digest(join(REHEARSAL, "package-lock.json"))}`);
export const PYPISERVER_REQUIREMENTS = join(REHEARSAL, "requirements.txt");
export const PYPISERVER = pythonEnvironment("pypiserver", PYPISERVER_REQUIREMENTS);

/** The linters of workflows. */
export const LINT_REQUIREMENTS = join(ROOT, "tools", "lint", "requirements.txt");
export const LINT_PYTHON = pythonEnvironment("lint-python", LINT_REQUIREMENTS);
export const ACTIONLINT = goTools("lint");
export const PICTURES_REQUIREMENTS = join(ROOT, "tools", "pictures", "requirements.txt");

/** What draws the pictures of README.md, for those who make them anew. */
export const PICTURES_PYTHON = pythonEnvironment("pictures-python", PICTURES_REQUIREMENTS);

/** age and age-keygen, built from the module that is named there. */
export const AGE = goTools("age");

/** The YAML language host, likewise. */
export const YAML_HOST = goTools("yaml");

/** The program that writes the SDKs for Node.js, Python and Go. */
export const SDK_GENERATOR = goTools("sdks", ["main.go", "loader.go", "generators.go"]);

/** Marks that Pulumi's SDK for Go is in Go's build cache, as the program with the generated SDK needs it. */
export const SDK_GO = join(CACHE, `sdk-go-${digest(join(LANGUAGES, "go", "go.sum"))}`);

/** Where the Python environment of a requirements file is; another file is another folder. */
function pythonEnvironment(name: string, requirements: string): string {
  return join(CACHE, `${name}-${digest(requirements)}`);
}

/** Where the programs of a Go module below tools/ are; another version of them, or of sources here, is another folder. */
function goTools(name: string, sources: string[] = []): string {
  return join(CACHE, `${name}-${digest(...["go.sum", ...sources].map((file) => join(ROOT, "tools", name, file)))}`);
}

function digest(...files: string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 12);
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
    PATH: [join(ENGINE, "bin"), join(PYTHON, "bin"), join(ROOT, "node_modules", ".bin"), process.env.PATH ?? ""].join(
      delimiter,
    ),
  };
}
