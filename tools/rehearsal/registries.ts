/**
 * Registries on loopback, empty at first: npm's, Python's, and a server of files for the plugin's archives, Go modules and
 * Maven artifacts. What is not published in them they get from where this machine's npm and pip do.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createReadStream, mkdirSync, openSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { stringify } from "yaml";
import { labEnvironment, PYPISERVER, VERDACCIO } from "../../tests/support/lab.ts";
import { freePort, stop, untilItAnswers } from "../../tests/support/processes.ts";

const HOST = "127.0.0.1";

export class Registries {
  readonly npm: string;
  /** Undefined where no SDK is released, for which alone it is there. */
  readonly pypi: string | undefined;
  readonly files: FileServer;
  readonly #servers: ChildProcess[];

  private constructor(npm: string, pypi: string | undefined, files: FileServer, servers: ChildProcess[]) {
    this.npm = npm;
    this.pypi = pypi;
    this.files = files;
    this.#servers = servers;
  }

  static async start(folder: string, withSdks: boolean): Promise<Registries> {
    const npm = await startVerdaccio(join(folder, "npm"));
    const servers = [npm.server];
    try {
      const pypi = withSdks ? await startPypiserver(join(folder, "pypi")) : undefined;
      if (pypi !== undefined) servers.push(pypi.server);
      return new Registries(npm.url, pypi?.url, await FileServer.start(join(folder, "files")), servers);
    } catch (error) {
      await Promise.all(servers.map(stop));
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.files.stop();
    await Promise.all(this.#servers.map(stop));
  }
}

interface Started {
  url: string;
  server: ChildProcess;
}

async function startVerdaccio(folder: string): Promise<Started> {
  const port = await freePort();
  const everybody = { access: "$all", publish: "$all" };
  const configuration = {
    storage: join(folder, "storage"),
    auth: { htpasswd: { file: join(folder, "htpasswd") } },
    uplinks: { outside: { url: setting("npm", ["config", "get", "registry"]), timeout: "60s", max_fails: 100 } },
    packages: { "pulumi-aws-login-profile*": everybody, "**": { access: "$all", proxy: "outside" } },
    log: { type: "stdout", format: "pretty", level: "warn" },
  };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "config.yaml");
  writeFileSync(file, stringify(configuration));
  const program = join(VERDACCIO, "node_modules", "verdaccio", "bin", "verdaccio");
  return started(`http://${HOST}:${port}/`, "-/ping", folder, "node", [
    program,
    ...["--listen", `http://${HOST}:${port}`, "--config", file],
  ]);
}

async function startPypiserver(folder: string): Promise<Started> {
  const port = await freePort();
  const packages = join(folder, "packages");
  mkdirSync(packages, { recursive: true });
  const outside = setting("pip", ["config", "get", "global.index-url"]);
  return started(`http://${HOST}:${port}/simple/`, "", folder, join(PYPISERVER, "bin", "pypi-server"), [
    ...["run", "--interface", HOST, "--port", String(port), "--passwords", ".", "--authenticate", "."],
    ...(outside === "" ? [] : ["--fallback-url", outside]),
    packages,
  ]);
}

async function started(url: string, path: string, folder: string, command: string, args: string[]): Promise<Started> {
  const log = openSync(join(folder, "log"), "w");
  const server = spawn(command, args, { cwd: folder, env: labEnvironment(), stdio: ["ignore", log, log] });
  // Not even an error here leaves it running.
  process.once("exit", () => server.kill());
  try {
    await untilItAnswers(`${url}${path}`);
  } catch (error) {
    await stop(server);
    throw error;
  }
  return { url, server };
}

/** What a client of this machine is configured with; empty where it is not. */
function setting(command: string, args: string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

/** Serves a folder, and notes what was asked for. */
export class FileServer {
  readonly folder: string;
  readonly #server: Server;
  readonly #asked: string[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.#server = createServer(({ url = "/" }, response) => {
      const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
      this.#asked.push(path);
      const file = join(folder, path);
      if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404).end();
      response.writeHead(200, { "content-length": statSync(file).size });
      return createReadStream(file).pipe(response);
    });
  }

  static async start(folder: string): Promise<FileServer> {
    mkdirSync(folder, { recursive: true });
    const files = new FileServer(folder);
    await new Promise<void>((resolve) => files.#server.listen(0, HOST, resolve));
    return files;
  }

  get url(): string {
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The paths that were asked for since the last time this was called. */
  takeAsked(): string[] {
    return this.#asked.splice(0);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
