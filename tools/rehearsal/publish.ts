/** A release, built for the registries of the rehearsal and published there as its workflow publishes it. */
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { labEnvironment, RELEASE_PYTHON, ROOT } from "../../tests/support/lab.ts";
import { run } from "../../tests/support/processes.ts";
import { type Home, homeOf } from "../release/home.ts";
import { MANIFEST } from "../release/version.ts";
import type { Registries } from "./registries.ts";
import { GO, MAVEN } from "./stranger.ts";

/** An owner that nobody has. */
export const REPOSITORY = "acme/passwords";

/** What a program of another version is told too, such as a person's commits. */
const GIT_PERSON = ["-c", "user.name=release", "-c", "user.email=release@localhost"];

export interface Release {
  home: Home;
  version: string;
  /** Where it was built. */
  folder: string;
}

type Publish = (release: Release, registries: Registries) => Promise<void>;

export type Part = "package" | "archives" | "sdks";

/** Builds a release of the source in `source` whose plugin is downloaded from this machine. */
export async function build(parts: Part[], folder: string, registries: Registries, source = ROOT): Promise<Release> {
  const { version } = JSON.parse(readFileSync(join(source, MANIFEST), "utf8"));
  const address = `${registries.files.url}/plugin/v\${VERSION}`;
  const builder = [join("tools", "release", "build.ts"), "--repository", REPOSITORY, "--download-url", address];
  await succeeds(source, "node", ...builder, "--into", folder, "--only", parts.join(","));
  return { home: homeOf(REPOSITORY, version, address), version, folder };
}

/** The next patch of the source that this is, in a copy. */
export async function buildNext(version: string, folder: string, registries: Registries): Promise<Release> {
  const source = join(folder, "source");
  const { stdout } = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
  for (const file of stdout.trim().split("\n")) {
    if (existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(source, file));
  }
  cpSync(join(ROOT, "provider", "dist"), join(source, "provider", "dist"), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(source, "node_modules"));
  const [major, minor, patch] = version.split(/[.-]/).map(Number);
  await succeeds(source, "node", join("tools", "release", "version.ts"), `${major}.${minor}.${Number(patch) + 1}`);
  return build(["package", "archives"], join(folder, "release"), registries, source);
}

/** Several channels want the same of a release: the first of them publishes it. */
function once(publish: Publish): Publish {
  const published = new WeakMap<Release, Promise<void>>();
  return (release, registries) => {
    const publishing = published.get(release) ?? publish(release, registries);
    published.set(release, publishing);
    return publishing;
  };
}

/** Both packages, where there are both. */
export const publishNpm = once(async ({ folder }: Release, { npm }: Registries) => {
  // Anybody may publish there; npm asks for a token before it asks the registry.
  const settings = join(folder, "npmrc");
  writeFileSync(settings, `${npm.replace("http:", "")}:_authToken=anybody\n`);
  for (const tarball of globSync(["npm/*.tgz", "sdks/nodejs/npm/*.tgz"], { cwd: folder })) {
    const options = ["--access", "public", "--tag", "latest", "--registry", npm, "--userconfig", settings];
    await succeeds(folder, "npm", "publish", `./${tarball}`, ...options);
  }
});

/** The archives, as files of the server that the schema names. */
export const publishPlugin = once(async ({ folder, version }: Release, { files }: Registries) => {
  cpSync(join(folder, "archives"), join(files.folder, "plugin", `v${version}`), { recursive: true });
});

export const publishPython = once(async ({ folder }: Release, { pypi = "" }: Registries) => {
  const sdk = join(folder, "sdks", "python");
  const python = join(RELEASE_PYTHON, "bin", "python");
  await succeeds(sdk, python, "-m", "build", "--outdir", "dist");
  const upload = ["upload", "--non-interactive", "--username", "anybody", "--password", "anything"];
  const dist = globSync("dist/*", { cwd: sdk });
  await succeeds(sdk, python, "-m", "twine", ...upload, "--repository-url", pypi.replace("/simple", ""), ...dist);
});

/**
 * A commit that only its tag leads to, in a repository that stands for the release's. What Go keeps of a module that it
 * took from a repository is in the very form of a proxy's files.
 */
export const publishGo = once(async ({ home, version, folder }: Release, { files }: Registries) => {
  const repository = join(folder, "repository");
  cpSync(join(folder, "sdks", "go"), join(repository, "sdk", "go"), { recursive: true });
  await succeeds(repository, "git", "init", "--quiet");
  await succeeds(repository, "git", "add", "--force", "sdk/go");
  await succeeds(repository, "git", ...GIT_PERSON, "commit", "--quiet", "--message", `SDK for Go, v${version}`);
  await succeeds(repository, "git", "tag", `sdk/go/v${version}`);
  const modules = join(folder, "modules");
  const environment = {
    GOPROXY: "direct",
    GONOSUMDB: home.goModule,
    GOMODCACHE: modules,
    GOFLAGS: "-modcacherw",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `url.file://${repository}.insteadOf`,
    GIT_CONFIG_VALUE_0: home.url,
  };
  await succeedsWith(environment, folder, "go", "mod", "download", `${home.goModule}@v${version}`);
  cpSync(join(modules, "cache", "download"), join(files.folder, GO), { recursive: true });
});

export const publishMaven = once(async ({ folder }: Release, { files }: Registries) => {
  const into = `rehearsal::file://${join(files.folder, MAVEN)}`;
  const deploy = ["package", "org.apache.maven.plugins:maven-deploy-plugin:3.1.4:deploy"];
  await succeeds(
    join(folder, "sdks", "java"),
    "mvn",
    "--batch-mode",
    "--quiet",
    ...deploy,
    `-DaltDeploymentRepository=${into}`,
  );
});

/** The sums that are attached to a release, by the names of the files. */
export function checksumsOf({ folder }: Release): Record<string, string> {
  const lines = readFileSync(join(folder, "archives", "SHA256SUMS"), "utf8")
    .trim()
    .split("\n");
  return Object.fromEntries(lines.map((line) => [basename(line.slice(66)), line.slice(0, 64)]));
}

function succeeds(cwd: string, command: string, ...args: string[]): Promise<void> {
  return succeedsWith({}, cwd, command, ...args);
}

async function succeedsWith(more: NodeJS.ProcessEnv, cwd: string, command: string, ...args: string[]): Promise<void> {
  mkdirSync(cwd, { recursive: true });
  const { code, stdout, stderr } = await run(command, args, { cwd, env: { ...labEnvironment(), ...more } });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
}
