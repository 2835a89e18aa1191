#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { skeleton } from "./users-file/skeleton";
import { checkUsersFile, describe } from "./users-file/users-file";

/** As of other linters: 0 is well, 1 is mistakes in what was checked, 2 is a mistaken command line. */
const MISTAKES = 1;
const USAGE = 2;

const { version }: { version: string } = require("../package.json");

const program = new Command("pulumi-aws-login-profile")
  .description("Users files: who signs in to the AWS console, for stacks with ConsoleUser or LoginProfile.")
  .version(version)
  .exitOverride();

program
  .command("skeleton")
  .description("Print a starter users file.")
  .addOption(new Option("--format <format>", "what to print").choices(["yaml", "json"]).default("yaml"))
  .action(({ format }: { format: "yaml" | "json" }) => console.log(skeleton(format)));

program
  .command("check")
  .description("Check users files, without AWS and without Pulumi. Exit status 1 tells of mistakes.")
  .argument("<file...>", "YAML or JSON; - is the standard input")
  .option("--json", "print what was found as a JSON array of { file, line, column, severity, message }")
  .option("--strict", "a warning counts as a mistake")
  .action((files: string[], { json, strict }: { json?: boolean; strict?: boolean }) => {
    const checked = files.map(checkUsersFile);
    const problems = checked.flatMap((one) => one.problems);
    if (json === true) console.log(JSON.stringify(problems, undefined, 2));
    else for (const problem of problems) console.error(describe(problem));
    const isBad = problems.some(({ severity }) => strict === true || severity === "error");
    if (isBad) process.exitCode = MISTAKES;
    else if (json !== true) {
      const count = checked.reduce((sum, { users }) => sum + users.length, 0);
      console.log(
        `${checked.map(({ file }) => file).join(", ")}: ${count} ${count === 1 ? "user" : "users"}, no mistakes`,
      );
    }
  });

try {
  program.parse();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // It has said what it has to say; help and version are no mistakes.
  process.exitCode = error.exitCode === 0 ? 0 : USAGE;
}
