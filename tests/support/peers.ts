/** A program that uses all that the package has of its peers, compiled and run under mocks with versions of them that are installed. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./lab.ts";
import { command } from "./packed.ts";

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import * as aws from "@pulumi/aws";
import * as random from "@pulumi/random";
import { LoginProfile } from "pulumi-aws-login-profile";
import { ConsoleUser } from "pulumi-aws-login-profile/console-user";

pulumi.runtime.setMocks({
  newResource: ({ name, inputs }) => ({ id: name + "_id", state: inputs }),
  call: ({ inputs }) => inputs,
});

const password = new random.RandomPassword("password", { length: 24 });
const user = new aws.iam.User("dora", { name: "dora" });
const profiles = {
  alice: new LoginProfile("alice", { userName: "alice", password: "Initial-Pass-01!" }),
  dora: new LoginProfile("dora", { userName: user.name, password: password.result.apply((text) => text ?? "Initial-Pass-02!") }),
  carol: new ConsoleUser("carol", { groups: ["developers"] }).loginProfile,
};
pulumi.all([profiles.alice.userName, profiles.dora.userName, profiles.carol.userName]).apply((names) => {
  console.log("users: " + names.join(", "));
});
`;

const OPTIONS = {
  target: "es2022",
  module: "commonjs",
  moduleResolution: "node10",
  strict: true,
  skipLibCheck: true,
  types: ["node"],
  noEmitOnError: true,
};

/** Compiles the program in a folder, in which the packages are found, and runs it; tells what it printed. */
export async function compileAndRun(folder: string, runtime: string[] = ["node"]): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "program.ts"), PROGRAM);
  const files = { compilerOptions: OPTIONS, files: ["program.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(files));
  const tsc = join(ROOT, "node_modules", ".bin", "tsc");
  await command(tsc, ["--project", folder, "--typeRoots", join(ROOT, "node_modules", "@types")], folder);
  const [name = "", ...args] = runtime;
  return command(name, [...args, "program.js"], folder);
}
