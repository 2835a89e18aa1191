#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { printable } from "./common/characters";
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

async function run(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // It has said what it has to say; help and version are no mistakes.
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  }
}

void run();
