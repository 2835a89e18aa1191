/**
 * The main job on an embedded IAM: two console users from their first password to their end, by
 * the bootstrap program of this repository and the real engine.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedIam } from "../tests/support/embedded-iam.ts";
import { Plugins } from "../tests/support/plugins.ts";
import { Stack } from "../tests/support/stack.ts";

const started = Date.now();
/** Every password that reached IAM. */
const sentPasswords = new Set<string>();
const GIVEN_PASSWORD = "Demo-Password-4711!";

console.log("Starting the embedded IAM on loopback …");
const iam = await EmbeddedIam.start();
let plugins: Plugins | undefined;
let stack: Stack | undefined;
try {
  plugins = await Plugins.start(iam.unrecordedEnvironment);
  stack = await Stack.create({ ...iam.environment, ...plugins.environment }, ".");
  await show(stack);
  await stack.remove();
  console.log(`\nDone in ${Math.round((Date.now() - started) / 1000)} seconds; nothing is left running.`);
} finally {
  await plugins?.stop();
  await iam.stop();
}

async function show(stack: Stack): Promise<void> {
  stack.echo = true;

  act("Preview: two users of users.yaml, each with a random first password");
  await succeeds(stack.pulumi("preview"));
  calls();

  act("Up");
  await succeeds(stack.pulumi("up", "--yes", "--skip-preview"));
  calls();
  await readBack("alice", "bob");

  act("Up again: nothing to do, no call to IAM");
  await succeeds(stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"));
  calls();

  act("Another password for alice, from the stack's secret configuration");
  await succeeds(stack.setSecret("initialPassword:alice", GIVEN_PASSWORD));
  await succeeds(stack.pulumi("preview", "--diff"));
  await succeeds(stack.pulumi("up", "--yes", "--skip-preview"));
  calls();

  act("The reset flag of bob alone: no password is sent");
  editUsers(stack, "path: /contractors/", "path: /contractors/\n    passwordResetRequired: false");
  await succeeds(stack.pulumi("up", "--yes", "--skip-preview"));
  calls();
  await readBack("bob");

  act("Somebody deletes bob's login profile; the next update creates it again");
  await aws("iam", "delete-login-profile", "--user-name", "bob");
  editUsers(stack, "passwordResetRequired: false", "passwordResetRequired: true");
  await succeeds(stack.pulumi("up", "--yes", "--skip-preview"));
  calls();
  await readBack("bob");

  act("Alice signs in and chooses her own password: after a refresh, that is no difference");
  await aws("iam", "update-login-profile", "--user-name", "alice", "--no-password-reset-required");
  await succeeds(stack.pulumi("refresh", "--yes", "--skip-preview"));
  await succeeds(stack.pulumi("preview", "--expect-no-changes"));
  calls();
  await readBack("alice");

  act("What the state knows");
  await searchState(stack);

  act("Destroy");
  await succeeds(stack.pulumi("destroy", "--yes", "--skip-preview"));
  calls();
  console.log(`$ aws iam list-users\n${JSON.stringify((await iam.awsCli("iam", "list-users")).Users)}`);
}

/** Looks for every password that was sent, in every file of the backend, and in the login profiles of the decrypted state. */
async function searchState(stack: Stack): Promise<void> {
  stack.echo = false;
  const exported = await succeeds(stack.pulumi("stack", "export", "--show-secrets"));
  stack.echo = true;

  const profiles = JSON.parse(exported.stdout).deployment.resources.filter((resource: { type: string }) =>
    resource.type.endsWith(":LoginProfile"),
  );
  const inFiles = [...sentPasswords].flatMap((password) => stack.filesWith(password));
  const inProfiles = [...sentPasswords].filter((password) => JSON.stringify(profiles).includes(password));
  const bytes = Buffer.byteLength(JSON.stringify(stack.loginProfiles())) / profiles.length;
  console.log(
    `${sentPasswords.size} passwords searched in the clear, in every file of the backend: ${inFiles.length} occurrences`,
  );
  console.log(
    `… and in the ${profiles.length} login profiles of the decrypted state: ${inProfiles.length} occurrences`,
  );
  console.log(`Bytes of state per login profile: ${Math.round(bytes)}`);
  console.log("(random.RandomPassword keeps its own result in the state, encrypted: a password given by secret");
  console.log("configuration and not exported stands in no state at all.)");
  if (inFiles.length + inProfiles.length > 0) throw new Error("A password was found in the state.");
}

function act(title: string): void {
  console.log(`\n━━━ ${title} ${"━".repeat(Math.max(3, 96 - title.length))}`);
}

async function succeeds<T extends { code: number | null; output: string }>(running: Promise<T>): Promise<T> {
  const outcome = await running;
  if (outcome.code !== 0) throw new Error(`The command ended with exit code ${outcome.code}:\n${outcome.output}`);
  return outcome;
}

/** Counts the calls of the act to IAM's four operations on login profiles. */
function calls(): void {
  const counts = new Map<string, number>();
  for (const { operation, parameters } of iam.takeCalls()) {
    if (!operation.endsWith("LoginProfile")) continue;
    if (parameters.Password !== undefined) sentPasswords.add(parameters.Password);
    const call = operation + ("Password" in parameters ? " with password" : "");
    counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  const list = [...counts].map(([call, count]) => `${count} × ${call}`).join(", ");
  console.log(`Calls to IAM about login profiles: ${list || "none"}`);
}

async function readBack(...users: string[]): Promise<void> {
  for (const user of users) await aws("iam", "get-login-profile", "--user-name", user);
}

async function aws(...args: string[]): Promise<void> {
  console.log(`$ aws ${args.join(" ")}`);
  const answer = await iam.awsCli(...args);
  if (Object.keys(answer).length > 0) console.log(JSON.stringify(answer));
}

function editUsers(stack: Stack, from: string, to: string): void {
  const file = join(stack.folder, "users.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
  console.log(`users.yaml: ${to.trim().split("\n").at(-1)?.trim()}`);
}
