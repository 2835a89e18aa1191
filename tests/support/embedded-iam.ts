/** The embedded IAM (ministack) on loopback, behind a recording proxy. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import {
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeleteLoginProfileCommand,
  GetLoginProfileCommand,
  IAMClient,
  type LoginProfile,
  UpdateLoginProfileCommand,
} from "@aws-sdk/client-iam";
import { AwsCli } from "./aws-cli.ts";
import { labEnvironment, SCRATCH } from "./lab.ts";
import { freePort, stop, untilItAnswers } from "./processes.ts";
import { type Call, RecordingProxy } from "./recording-proxy.ts";

const ONCE_IN_A_RUN = ["GetCallerIdentity", "GetAccountPasswordPolicy"];

export class EmbeddedIam {
  readonly #server: ChildProcess;
  readonly #address: string;
  readonly #proxy: RecordingProxy;
  readonly #admin: IAMClient;
  #cli: AwsCli | undefined;

  private constructor(server: ChildProcess, address: string, proxy: RecordingProxy) {
    this.#server = server;
    this.#address = address;
    this.#proxy = proxy;
    this.#admin = new IAMClient({
      endpoint: address,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      // The server closes connections that were idle for five seconds, at times just as they are used again.
      maxAttempts: 25,
    });
  }

  static async start(): Promise<EmbeddedIam> {
    mkdirSync(SCRATCH, { recursive: true });
    const port = await freePort();
    const log = openSync(join(SCRATCH, `ministack-${port}.log`), "w");
    // No worker: it serves in one process.
    const server = spawn("hypercorn", ["ministack.app:app", "--workers", "0", "--bind", `127.0.0.1:${port}`], {
      env: labEnvironment(),
      stdio: ["ignore", log, log],
    });
    const address = `http://127.0.0.1:${port}`;
    await untilItAnswers(`${address}/_ministack/health`);
    return new EmbeddedIam(server, address, await RecordingProxy.start(address));
  }

  /** Where the server itself listens, behind the recording proxy. */
  get address(): string {
    return this.#address;
  }

  /** Puts something between the recording proxy and the server, such as a proxy that injects faults. */
  forwardTo(url: string): void {
    this.#proxy.target = url;
  }

  async stop(): Promise<void> {
    await this.#proxy.close();
    await this.#cli?.stop();
    await stop(this.#server);
  }

  /** Where the recording proxy listens. */
  get url(): string {
    return this.#proxy.url;
  }

  /** What a program needs in its environment to use this IAM through the recording proxy. */
  get environment(): NodeJS.ProcessEnv {
    return clientEnvironment(this.#proxy.url);
  }

  /** What reaches this IAM unrecorded: for preparing, and for looking at the result. */
  get unrecordedEnvironment(): NodeJS.ProcessEnv {
    return clientEnvironment(this.#address);
  }

  /** Forgets all users, groups and secrets. */
  async reset(): Promise<void> {
    const { ok } = await fetch(`${this.#address}/_ministack/reset`, { method: "POST" });
    if (!ok) throw new Error("The embedded IAM does not forget.");
  }

  /** Decides which calls are refused before they reach IAM, how, and how long all calls take. */
  refuse(refuse: RecordingProxy["refuse"]): void {
    this.#proxy.refuse = refuse;
  }

  /** The calls since the last time this was asked. */
  takeCalls(): Call[] {
    return this.#proxy.takeCalls();
  }

  /** The same, but for what is asked once in a run and has tests of its own: the account, and its password policy. */
  takeProfileCalls(): Call[] {
    return this.takeCalls().filter(({ operation }) => !ONCE_IN_A_RUN.includes(operation));
  }

  /** Creates many users, unrecorded. */
  async createUsers(names: string[]): Promise<void> {
    await Promise.all(names.map((UserName) => this.#admin.send(new CreateUserCommand({ UserName }))));
  }

  /** Those of the users who have a login profile, with its reset flag; unrecorded. */
  loginProfilesOf(users: string[]): Promise<Map<string, boolean>> {
    return this.#ofEach(users, ({ PasswordResetRequired }) => PasswordResetRequired ?? false);
  }

  /** The same with the date of creation, as a state has it. */
  createDatesOf(users: string[]): Promise<Map<string, string>> {
    return this.#ofEach(users, ({ CreateDate }) => CreateDate?.toISOString().replace(".000Z", "Z") ?? "");
  }

  async #ofEach<T>(users: string[], what: (profile: Partial<LoginProfile>) => T): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    await Promise.all(
      users.map(async (UserName) => {
        try {
          const { LoginProfile = {} } = await this.#admin.send(new GetLoginProfileCommand({ UserName }));
          found.set(UserName, what(LoginProfile));
        } catch (error) {
          if ((error as Error).name !== "NoSuchEntityException") throw error;
        }
      }),
    );
    return found;
  }

  /** Creates a login profile behind the back of every stack, unrecorded; the password is on no command line. */
  async createLoginProfile(UserName: string, Password: string): Promise<void> {
    await this.#admin.send(new CreateLoginProfileCommand({ UserName, Password }));
  }

  /** What a user does who obeys a reset, or would like another password; unrecorded. */
  async changePassword(UserName: string, Password: string): Promise<void> {
    await this.#admin.send(new UpdateLoginProfileCommand({ UserName, Password, PasswordResetRequired: false }));
  }

  /** Deletes a login profile behind the back of every stack, unrecorded. */
  async deleteLoginProfile(UserName: string): Promise<void> {
    await this.#admin.send(new DeleteLoginProfileCommand({ UserName }));
  }

  /** Runs the AWS CLI, unrecorded; its answer is parsed, an error of the API is thrown with its text. */
  awsCli(...args: string[]): Promise<Record<string, any>> {
    return this.#awsCli({}, args);
  }

  /** The same in another account: an access key of twelve digits is that of the account of this number. */
  awsCliIn(account: string, ...args: string[]): Promise<Record<string, any>> {
    return this.#awsCli({ AWS_ACCESS_KEY_ID: account }, args);
  }

  async #awsCli(environment: NodeJS.ProcessEnv, args: string[]): Promise<Record<string, any>> {
    this.#cli ??= new AwsCli();
    const { code, stdout, stderr } = await this.#cli.run([...args, "--output", "json"], {
      ...this.unrecordedEnvironment,
      ...environment,
    });
    if (code !== 0) throw new Error(stderr.trim());
    return stdout.trim() === "" ? {} : JSON.parse(stdout);
  }
}

function clientEnvironment(url: string): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    // Nothing of the user's own set-up may reach a test.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
}
