/**
 * What the tests of the certainties are played on: one program with one or several login profiles in either front end, a
 * recorded IAM whose answers can be made stale, and what came of it: calls, state, and what IAM holds.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import { EmbeddedIam } from "./embedded-iam.ts";
import { DYNAMIC, type FrontEnd, PLUGIN, pluginEnvironment } from "./front-ends.ts";
import { AgeIdentity } from "./openers.ts";
import type { Call, Refusal } from "./recording-proxy.ts";
import { type Outcome, Stack, type StoredResource } from "./stack.ts";

/** What programs have. The first two stand out in a search; `THEIRS` is set behind the back of the stack. */
const PASSWORDS = { FIRST: "First-Secret-0001!", SECOND: "Second-Secret-0002?", WEAK: "password" };
const THEIRS = "Live-Password-01!";

/** An access key of twelve digits is that of the account of this number. */
export const ACCOUNTS = { one: "000000000000", two: "222222222222" };
export const keysOf = (account: keyof typeof ACCOUNTS) => ({ AWS_ACCESS_KEY_ID: ACCOUNTS[account] });

/** What IAM says of a profile, or of a user, that it does not know yet. */
export const NOT_FOUND: Refusal = { status: 404, code: "NoSuchEntity", message: "Login profile cannot be found." };
export const FORBIDDEN: Refusal = { status: 403, code: "AccessDenied", message: "Not allowed." };
export const THROTTLED: Refusal = { status: 400, code: "Throttling", message: "Rate exceeded" };

/** The name of a user for whom nothing can be created: a resource of this user makes a run fail. */
export const BROKEN = "broken";

export class Scene {
  iam!: EmbeddedIam;
  identity!: AgeIdentity;
  stack!: Stack;
  /** Two users without a profile, in both accounts. */
  user!: string;
  other!: string;
  /** The one that programs declare profiles with, where they do not say which. */
  frontEnd: FrontEnd = DYNAMIC;
  /** How often STS was asked who it is among the calls that were taken last. */
  identityCalls = 0;
  #users = 0;

  /** A scene for all tests of a file, with a stack of its own for each. */
  static forFile(environment: () => NodeJS.ProcessEnv = () => ({})): Scene {
    const scene = new Scene();
    beforeAll(async () => {
      scene.iam = await EmbeddedIam.start();
      scene.identity = new AgeIdentity();
    });
    beforeEach(() => scene.#begin(environment()));
    afterEach(() => scene.#end());
    afterAll(async () => {
      scene.identity.remove();
      await scene.iam.stop();
    });
    return scene;
  }

  async #begin(environment: NodeJS.ProcessEnv): Promise<void> {
    this.#users++;
    [this.user, this.other] = [`user-${this.#users}`, `other-${this.#users}`];
    this.stack = await Stack.create({
      ...this.iam.environment,
      ...keysOf("one"),
      ...pluginEnvironment(),
      ...environment,
    });
    for (const account of Object.values(ACCOUNTS)) {
      for (const name of [this.user, this.other])
        await this.iam.awsCliIn(account, "iam", "create-user", "--user-name", name);
    }
    this.undisturbed();
    this.iam.forwardTo(this.iam.address);
    this.iam.takeCalls();
  }

  #end(): void {
    const { FIRST, SECOND } = PASSWORDS;
    expect([FIRST, SECOND].flatMap((password) => this.stack.occurrences(password))).toEqual([]);
    this.stack.remove();
  }

  /** Plays a case in one of the front ends. */
  play(frontEnd: FrontEnd, played: () => Promise<void>): Promise<void> {
    this.frontEnd = frontEnd;
    return played();
  }

  /** Source text of a resource; `options` and `args` are source text too. */
  profile(args: string, options = "{}", name = "profile", frontEnd = this.frontEnd): string {
    // Of a replacement on demand the engine asks no provider, and creates first unless the program says otherwise.
    if (frontEnd === PLUGIN) options = `{ deleteBeforeReplace: true, ...${options} }`;
    return `new ${frontEnd.className}(${JSON.stringify(name)}, ${args}, ${options})`;
  }

  /** Source text of a resource that fails once the ones it depends on are there. */
  broken(after = "[]"): string {
    return this.profile(`{ userName: "${BROKEN}", password: FIRST }`, `{ dependsOn: ${after} }`, "broken");
  }

  /** Writes the program. */
  declare(...statements: string[]): void {
    this.stack.program(`${PLUGIN.prelude}
const { FIRST, SECOND, WEAK } = process.env;
const [user, other] = ${JSON.stringify([this.user, this.other])};
const ageRecipients = ${JSON.stringify(this.identity.recipient)};
${statements.join(";\n")};
`);
  }

  async up(...args: (string | NodeJS.ProcessEnv)[]): Promise<Outcome> {
    return this.stack.up(PASSWORDS, ...args);
  }

  preview(...args: (string | NodeJS.ProcessEnv)[]): Promise<Outcome> {
    return this.stack.preview(PASSWORDS, ...args);
  }

  /** Declares, runs to a good end, and gives the calls that it took. */
  async applied(...statements: string[]): Promise<string[]> {
    this.declare(...statements);
    return this.succeeds(this.up());
  }

  /** The calls of a run that must end well. */
  async succeeds(running: Promise<Outcome>): Promise<string[]> {
    const { code, output } = await running;
    if (code !== 0) throw new Error(output);
    return this.calls();
  }

  /** What the user reads of a run that must fail. */
  async fails(running: Promise<Outcome>): Promise<string> {
    const { code, output } = await running;
    if (code === 0) throw new Error(`This was to fail:\n${output}`);
    return output;
  }

  /** The calls about login profiles since the last time, such as "Create user FIRST true"; those in account two say so. */
  calls(): string[] {
    const taken = this.iam.takeCalls();
    this.identityCalls = taken.filter(({ operation }) => operation === "GetCallerIdentity").length;
    return taken.filter(({ operation }) => operation.endsWith("LoginProfile")).map((call) => this.#inWords(call));
  }

  #inWords({ operation, parameters, accessKey }: Call): string {
    const { UserName = "", Password, PasswordResetRequired } = parameters;
    const names: Record<string, string> = { [this.user]: "user", [this.other]: "other" };
    const known = Object.entries(PASSWORDS).find(([, password]) => password === Password)?.[0];
    return [
      operation.replace("LoginProfile", ""),
      names[UserName] ?? UserName,
      Password === undefined ? undefined : (known ?? "generated"),
      PasswordResetRequired,
      accessKey === ACCOUNTS.two ? "in two" : undefined,
    ]
      .filter((word) => word !== undefined)
      .join(" ");
  }

  /** Has the first calls of an operation on a user's profile answered by an error, whatever IAM holds. */
  disturb(operation: string, times: number, refusal = NOT_FOUND, userName = this.user): void {
    let left = times;
    this.iam.refuse((call) => {
      const isMeant = call.operation === operation && (call.parameters.UserName ?? userName) === userName;
      return isMeant && left-- > 0 ? refusal : this.#ofBroken(call);
    });
  }

  undisturbed(): void {
    this.iam.refuse((call) => this.#ofBroken(call));
  }

  #ofBroken({ parameters }: Call): Refusal | undefined {
    return parameters.UserName === BROKEN ? FORBIDDEN : undefined;
  }

  /** The resources of login profiles in the state, by name. */
  states(): Record<string, StoredResource> {
    const isProfile = ({ type }: StoredResource) => [DYNAMIC.type, PLUGIN.type].includes(type);
    const named = this.stack.resources().filter(isProfile);
    return Object.fromEntries(named.map((resource) => [resource.urn.split("::").at(-1) ?? "", resource]));
  }

  /** What the state says of the profile of a resource. */
  state(name = "profile"): Record<string, any> {
    return this.states()[name]?.outputs ?? {};
  }

  /** Takes what a function leaves of it in place of the state. */
  async changeState(change: (resource: StoredResource) => void): Promise<void> {
    const { stdout } = await this.stack.pulumi("stack", "export");
    const exported = JSON.parse(stdout);
    exported.deployment.resources.forEach(change);
    const file = join(this.stack.folder, "changed-state.json");
    writeFileSync(file, JSON.stringify(exported));
    expect(await this.stack.pulumi("stack", "import", "--file", file)).toMatchObject({ code: 0 });
  }

  /** When IAM made the profile; undefined without one. */
  async dateOf(userName = this.user, account: keyof typeof ACCOUNTS = "one"): Promise<string | undefined> {
    const answer = await this.iam
      .awsCliIn(ACCOUNTS[account], "iam", "get-login-profile", "--user-name", userName)
      .catch((error: Error) => {
        if (!error.message.includes("NoSuchEntity")) throw error;
        return undefined;
      });
    return answer === undefined
      ? undefined
      : new Date(answer.LoginProfile.CreateDate).toISOString().replace(".000", "");
  }

  /** Creates a profile behind the back of the stack. */
  createTheirs(userName = this.user, account: keyof typeof ACCOUNTS = "one"): Promise<unknown> {
    const command = ["iam", "create-login-profile", "--user-name", userName, "--password", THEIRS];
    return this.iam.awsCliIn(ACCOUNTS[account], ...command);
  }

  /** Has a user's profile replaced by another one, of another date, behind the back of the stack. */
  async recreate(userName = this.user): Promise<void> {
    const before = await this.dateOf(userName);
    do {
      // IAM tells dates to the second.
      await delay(200);
      await this.iam.deleteLoginProfile(userName);
      await this.iam.createLoginProfile(userName, THEIRS);
    } while ((await this.dateOf(userName)) === before);
  }
}
