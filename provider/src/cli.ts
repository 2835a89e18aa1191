#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { printable } from "./common/characters";
import { LoginProfileError } from "./common/errors";
import type { DiscoverOptions } from "./discovery/discover";
import type { FromStateOptions } from "./discovery/from-state";
import { filesOf, WHAT_A_FOLDER_STANDS_FOR } from "./users-file/folders";
import { judged } from "./users-file/judgement";
import { type Format, REPORTERS, type Reporter } from "./users-file/reports";
import { skeleton } from "./users-file/skeleton";

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
  .description(
    "Check users files, without AWS and without Pulumi: whether a preview of a stack that begins with them would take " +
      "them. Exit status 1 tells of mistakes.",
  )
  .argument("<file...>", `YAML or JSON; ${WHAT_A_FOLDER_STANDS_FOR}; - is the standard input`)
  .addOption(
    new Option(
      "--format <format>",
      "how to print what was found: as lines; as annotations of GitHub Actions; as a Code Quality report of GitLab, for " +
        "artifacts:reports:codequality; as a JSON array of { file, line, column, severity, message }",
    )
      .choices(Object.keys(REPORTERS))
      .default("text"),
  )
  .addOption(new Option("--json", "the same as --format json").conflicts("format"))
  .option("--strict", "a warning counts as a mistake")
  .action(check);

withFile(
  program
    .command("discover")
    .description(
      "Write a users file of everyone in an AWS account who has a console password, to be adopted as they are. Only reads: " +
        "it needs iam:ListUsers and iam:GetLoginProfile.",
    )
    .option("--path-prefix <path>", "only users whose path begins so, such as /contractors/")
    .option("--skip-denied", "leave out, and name, users whose login profile may not be read, in place of an error")
    .option("--profile <name>", "profile of the shared AWS files; it alone gives the credentials")
    .option("--region <region>", "region whose partition is meant")
    .option("--endpoint-url <url>", "endpoint of IAM and STS"),
).action((options: DiscoverOptions) => {
  const { discover }: typeof import("./discovery/discover") = require("./discovery/discover");
  return discover(options);
});

withFile(
  program
    .command("from-terraform")
    .description(
      "Write a users file of the login profiles in a state of Terraform or OpenTofu (aws_iam_user_login_profile) or of Pulumi " +
        "(aws.iam.UserLoginProfile), to be adopted as they are, and print the commands by which that tool forgets them and " +
        "deletes nothing. Never a password.",
    )
    .argument(
      "<state...>",
      "terraform.tfstate, or what `terraform state pull`, `terraform show -json` or `pulumi stack export` prints; - is the " +
        "standard input",
    ),
).action((states: string[], options: FromStateOptions) => {
  const { fromState }: typeof import("./discovery/from-state") = require("./discovery/from-state");
  fromState(states, options);
});

interface CheckOptions {
  format: Format;
  json?: boolean;
  strict?: boolean;
}

async function check(paths: string[], { format, json, strict }: CheckOptions): Promise<void> {
  const { files, problems } = filesOf(paths);
  const findings = problems.map((problem) => ({ path: problem.file, ...problem }));
  let count = 0;
  const names: string[] = [];
  for (const path of files) {
    const { file, entries, problems } = await judged(path);
    findings.push(...problems.map((problem) => ({ file, path, ...problem })));
    count += entries.length;
    names.push(file);
  }
  const isBad = findings.some(({ severity }) => strict === true || severity === "error");
  if (isBad) process.exitCode = MISTAKES;
  const users = `${count} ${count === 1 ? "user" : "users"}`;
  const summary = isBad ? undefined : `${names.map(printable).join(", ")}: ${users}, no mistakes`;
  const report: Reporter = REPORTERS[json === true ? "json" : format];
  const { out, err } = report(findings, summary);
  for (const line of err) console.error(line);
  for (const line of out) console.log(line);
}

/** Adds what a command that writes a users file can be told of that. */
function withFile(command: Command): Command {
  return command
    .option("-o, --output <file>", "write the users file there in place of the standard output")
    .option("--force", "replace that file if it is there")
    .addOption(new Option("--format <format>", "what to write").choices(["yaml", "json"]).default("yaml"));
}

async function run(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    // It has said what it has to say; help and version are no mistakes.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
    else if (error instanceof LoginProfileError) fail(error.message);
    else throw error;
  }
}

/** Ends at once: what is under way is of no use any more. */
function fail(message: string): void {
  process.stderr.write(`error: ${message}\n`, () => process.exit(MISTAKES));
}

// Who reads the beginning alone, as `head` does, has what was wanted.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

void run();
