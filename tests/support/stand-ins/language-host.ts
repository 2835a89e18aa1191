/**
 * Stand-in for the Node.js language host, which ships with the CLI's release and cannot be
 * built from a published module: starts the SDK's own program runner for the engine, and its
 * plugin runner, after npm has installed what a plugin needs. For the demo and the tests only.
 * The engine starts two of them for each command: they come as one file, bundled.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import * as messages from "@pulumi/pulumi/proto/language_pb.js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";

// The engine starts this process in the program's folder, and the runners come from there.
const program = createRequire(join(process.cwd(), "package.json"));

/** The runner's exit code for an error that it has shown already. */
const ERROR_SHOWN = 32;

// Behind the flags, of which one (--tracing) has an address for a value too.
const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-")) ?? "";

type Callback = grpc.sendUnaryData<unknown>;

/** As the real host, ends with the engine, which leaves it behind after some commands. */
function endWith(channel: any): void {
  const state = channel.getConnectivityState(true);
  if (state === grpc.connectivityState.TRANSIENT_FAILURE) process.exit();
  channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, () => setImmediate(endWith, channel));
}

const service = {
  handshake: (_: unknown, done: Callback) => done(null, new messages.LanguageHandshakeResponse()),
  getPluginInfo: (_: unknown, done: Callback) => done(null, new PluginInfo()),
  getRequiredPackages: (_: unknown, done: Callback) => done(null, new messages.GetRequiredPackagesResponse()),
  cancel: (_: unknown, done: Callback) => done(null, new Empty()),
  run: ({ request }: { request: any }, done: Callback) => {
    // The real CLI has a host for Bun, which runs the same scripts.
    const runner = spawn(process.env.PROGRAM_RUNTIME ?? process.execPath, runnerArguments(request), {
      cwd: request.getPwd(),
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        ...compileCache(),
        PULUMI_NODEJS_TYPESCRIPT: "true",
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      },
    });
    runner.on("exit", (code) => {
      const response = new messages.RunResponse();
      if (code === ERROR_SHOWN) response.setBail(true);
      else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
      done(null, response);
    });
  },
  // As the real host: npm, in the folder or in the workspace that it belongs to.
  installDependencies: (call: any) => {
    const cwd = call.request.getInfo().getProgramDirectory();
    const npm = spawn("npm", ["install", "--loglevel=error"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
    stream(npm, call, messages.InstallDependenciesResponse);
    npm.on("close", (code) => {
      if (code === 0) call.end();
      else call.emit("error", { code: grpc.status.UNKNOWN, details: `npm install exited with ${code}` });
    });
  },
  runPlugin: (call: any) => {
    const { request } = call;
    const folder = request.getInfo().getProgramDirectory();
    const runPlugin = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-plugin");
    const plugin = spawn(process.execPath, [runPlugin, folder, ...request.getArgsList()], {
      cwd: request.getPwd(),
      env: Object.fromEntries(request.getEnvList().map((line: string) => line.split(/=(.*)/s, 2))),
      stdio: ["ignore", "pipe", "pipe"],
    });
    call.on("cancelled", () => plugin.kill());
    stream(plugin, call, messages.RunPluginResponse);
    plugin.on("close", (code) => {
      call.write(new messages.RunPluginResponse().setExitcode(code ?? 1));
      call.end();
    });
  },
};

/**
 * A place of the program's own for what Node.js compiled, where that is kept: the SDK sets a flag of V8 while it is
 * being loaded, so programs and providers throw away what the other one left.
 */
function compileCache(): NodeJS.ProcessEnv {
  const { NODE_COMPILE_CACHE: folder } = process.env;
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: join(folder, "programs") };
}

/** Passes on what a process prints. */
function stream({ stdout, stderr }: ChildProcess, call: any, Response: any): void {
  stdout?.on("data", (bytes) => call.write(new Response().setStdout(bytes)));
  stderr?.on("data", (bytes) => call.write(new Response().setStderr(bytes)));
}

function runnerArguments(request: any): string[] {
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  return [
    program.resolve("@pulumi/pulumi/cmd/run"),
    ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    request.getProgram() || ".",
    ...request.getArgsList(),
  ];
}

const engine = new grpc.Client(engineAddress, grpc.credentials.createInsecure());
endWith(engine.getChannel());

const server = new grpc.Server();
server.addService(LanguageRuntimeService, service);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error: Error | null, port: number) => {
  if (error !== null) throw error;
  // The engine reads the port from the first line.
  console.log(String(port));
});
