/**
 * Several stacks at once by inline programs of the Automation API, all in this process; then one that fails. Prints which
 * keys of sealed passwords are there while they run, and which are left after each. Arguments: folder, where the keys are,
 * user names.
 */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { LoginProfile } from "pulumi-aws-login-profile";

const [, , folder = "", place = "", ...userNames] = process.argv;

function keys(): string[] {
  try {
    return readdirSync(place).filter((name) => name.startsWith("seal-"));
  } catch {
    return [];
  }
}

function stackOf(userName: string, password: string) {
  const workDir = join(folder, userName);
  mkdirSync(workDir, { recursive: true });
  return LocalWorkspace.createOrSelectStack(
    {
      stackName: "dev",
      projectName: userName,
      program: async () => {
        new LoginProfile("first", { userName, password });
        await delay(200);
        new LoginProfile("second", { userName: `${userName}-2`, password: Promise.resolve(password) });
      },
    },
    { workDir },
  );
}

const seen = new Set<string>();
const watching = setInterval(() => {
  for (const key of keys()) seen.add(key);
}, 5);
const stacks = await Promise.all(userNames.map((userName, index) => stackOf(userName, `Inline-Secret-${index}!`)));
const created = await Promise.all(stacks.map((stack) => stack.up()));
const afterAll = keys();
// Nobody has a password of one kind of characters, so says the account's policy.
const failed = await (await stackOf(userNames[0] ?? "", "only-small-letters")).up().then(
  () => false,
  () => true,
);
clearInterval(watching);
// The engine may say so before the program is through with it.
for (let waited = 0; keys().length > 0 && waited < 5_000; waited += 20) await delay(20);
const changes = created.map(({ summary }) => summary.resourceChanges);
console.log(JSON.stringify({ changes, seen: seen.size > 0, afterAll, failed, afterFailure: keys() }));
