/** Somebody who has never heard of this repository: an empty home, empty caches, and the registries of the rehearsal. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { ENGINE, ROOT, YAML_HOST } from "../../tests/support/lab.ts";
import { run } from "../../tests/support/processes.ts";
import { Stack } from "../../tests/support/stack.ts";
import type { Registries } from "./registries.ts";

/** Where a released Maven artifact and Go modules are below the served folder. */
export const MAVEN = "maven";
export const GO = "go";

export class Stranger {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;

  /** `more` is the way to AWS, and whatever else of the environment. */
  constructor(parent: string, registries: Registries, goModule: string, more: NodeJS.ProcessEnv) {
    this.folder = mkdtempSync(join(parent, "stranger-"));
    const home = join(this.folder, "home");
    const settings = join(home, ".m2", "settings.xml");
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, mavenSettings(`file://${join(registries.files.folder, MAVEN)}`));
    this.environment = {
      ...withoutSettings(),
      PATH: pathWithoutPlugin(),
      HOME: home,
      PULUMI_HOME: join(home, ".pulumi"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      npm_config_registry: registries.npm,
      npm_config_cache: join(home, ".npm"),
      npm_config_fund: "false",
      npm_config_audit: "false",
      ...(registries.pypi && { PIP_INDEX_URL: registries.pypi, PIP_CACHE_DIR: join(home, "pip") }),
      ...goSettings(home, registries, goModule),
      // Java takes the home from the system's list of users.
      MAVEN_OPTS: `-Duser.home=${home}`,
      ...more,
    };
  }

  /** A new folder with these files. */
  project(name: string, files: Record<string, string> = {}): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    return folder;
  }

  /** Runs a command that must succeed; tells what it printed. */
  async run(folder: string, command: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run(command, args, { cwd: folder, env: this.environment });
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** A stack of the project in a folder. */
  stack(folder: string): Promise<Stack> {
    return Stack.createIn(folder, this.environment);
  }
}

function withoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PULUMI|AWS|npm|NODE_COMPILE)_/.test(name)),
  );
}

/** Without this repository, of whose commands Node.js is needed alone, and without any place where the plugin is already. */
function pathWithoutPlugin(): string {
  const hasPlugin = (folder: string) => existsSync(join(folder, "pulumi-resource-aws-login-profile"));
  const others = (process.env.PATH ?? "").split(delimiter).filter((one) => !one.startsWith(ROOT) && !hasPlugin(one));
  return [YAML_HOST, join(ENGINE, "bin"), dirname(process.execPath), ...others].join(delimiter);
}

/** The compiler's cache stays: it holds nothing of a module that was not downloaded before. */
function goSettings(home: string, { files }: Registries, module: string): NodeJS.ProcessEnv {
  let set: Record<string, string>;
  try {
    set = JSON.parse(
      execFileSync("go", ["env", "-json", "GOPROXY", "GOFLAGS", "GONOSUMDB", "GOCACHE"], { encoding: "utf8" }),
    );
  } catch {
    return {};
  }
  const names = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== ""));
  return {
    ...names,
    GOPATH: join(home, "go"),
    GOMODCACHE: join(home, "go", "pkg", "mod"),
    GOPROXY: `${files.url}/${GO},${set.GOPROXY}`,
    // What is published here no public database of checksums has heard of.
    GONOSUMDB: [set.GONOSUMDB, module].filter(Boolean).join(","),
    // So that the cache can be removed.
    GOFLAGS: [set.GOFLAGS, "-modcacherw"].filter(Boolean).join(" "),
  };
}

function mavenSettings(url: string): string {
  return `<settings>
  <profiles>
    <profile>
      <id>rehearsal</id>
      <repositories><repository><id>rehearsal</id><url>${url}</url></repository></repositories>
    </profile>
  </profiles>
  <activeProfiles><activeProfile>rehearsal</activeProfile></activeProfiles>
</settings>
`;
}
