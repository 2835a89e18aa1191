/**
 * Takes the steps of the table of languages, a JSON text a line, and carries each out by an inline program with the
 * generated SDK. It answers each with a line.
 */
import { createInterface } from "node:readline";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { ConsoleUser, LoginProfile, type LoginProfileArgs, Provider } from "pulumi-aws-login-profile-sdk";

interface Step {
  command: "up" | "destroy";
  provider?: { allowedAccountIds: string[] };
  profiles?: (LoginProfileArgs & { userName: string; importId?: string })[];
  consoleUsers?: { userName: string; ageRecipients: string[] }[];
}

let current: Step;

async function declare(): Promise<Record<string, unknown>> {
  const { provider: settings, profiles = [], consoleUsers = [] } = current;
  const options = settings === undefined ? {} : { provider: new Provider("provider", settings) };
  const outputs: Record<string, unknown> = {};
  for (const { importId, ...args } of profiles) {
    const profile = new LoginProfile(
      args.userName,
      args,
      importId === undefined ? options : { ...options, import: importId },
    );
    outputs[`${args.userName}-version`] = profile.passwordVersion;
    outputs[`${args.userName}-encrypted`] = profile.encryptedPassword;
    outputs[`${args.userName}-hash`] = profile.passwordHash;
  }
  for (const { userName, ageRecipients } of consoleUsers) {
    const user = new ConsoleUser(userName, { ageRecipients, existing: true, allowPasswordChange: false });
    outputs[`${userName}-encrypted`] = user.encryptedPassword;
  }
  return outputs;
}

async function carryOut(stack: Stack): Promise<object> {
  try {
    if (current.command === "destroy") return { changes: (await stack.destroy()).summary.resourceChanges };
    const { summary, outputs } = await stack.up();
    return { changes: summary.resourceChanges, outputs };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

async function main([stackName = "", projectName = ""]: string[]): Promise<void> {
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName, projectName, program: declare },
    { workDir: "." },
  );
  for await (const line of createInterface(process.stdin)) {
    current = JSON.parse(line);
    console.log(JSON.stringify(await carryOut(stack)));
  }
}

void main(process.argv.slice(2));
