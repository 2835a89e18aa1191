/**
 * Makes the pictures of README.md: the way of a password, and a terminal in which a password is set and rotated, recorded
 * from a real run on the embedded IAM. `make pictures`.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedIam } from "../../tests/support/embedded-iam.ts";
import { PICTURES_PYTHON, PICTURES_REQUIREMENTS, ROOT } from "../../tests/support/lab.ts";
import { Plugins } from "../../tests/support/plugins.ts";
import { run } from "../../tests/support/processes.ts";
import { Stack } from "../../tests/support/stack.ts";
import { flow, PALETTES } from "./flow.ts";

/** Dim. */
const PROMPT = "\u001b[2m$\u001b[0m ";

const PICTURES = join(ROOT, "docs", "pictures");

for (const name of ["light", "dark"] as const) {
  mkdirSync(PICTURES, { recursive: true });
  writeFileSync(join(PICTURES, `flow-${name}.svg`), flow(PALETTES[name]));
}
if (!existsSync(PICTURES_PYTHON)) {
  await succeeds("python3", ["-m", "venv", PICTURES_PYTHON]);
  await succeeds(join(PICTURES_PYTHON, "bin", "pip"), ["install", "--quiet", "--requirement", PICTURES_REQUIREMENTS]);
}
const recorded = await record();
for (const name of ["light", "dark"]) {
  const script = join(ROOT, "tools", "pictures", "terminal.py");
  const file = join(PICTURES, `terminal-${name}.svg`);
  await succeeds(join(PICTURES_PYTHON, "bin", "python"), [script, name, file], recorded);
}

async function succeeds(command: string, args: string[], input = ""): Promise<void> {
  const { code, stderr } = await run(command, args, { input });
  if (code !== 0) throw new Error(stderr);
}

/** What a terminal shows. */
async function record(): Promise<string> {
  const iam = await EmbeddedIam.start();
  const plugins = await Plugins.start(iam.unrecordedEnvironment);
  try {
    await iam.createUsers(["alice"]);
    // As most accounts have it; there would be a warning.
    await iam.awsCli("iam", "update-account-password-policy", "--allow-users-to-change-password");
    const stack = await Stack.create({ ...iam.environment, ...plugins.environment }, join("examples", "quick-start"));
    await stack.pulumi("config", "set", "userName", "alice");
    let screen = "";
    for (const [password, ...more] of [["First-Of-Alice-01!"], ["Second-Of-Alice-02!", "--diff"]] as const) {
      await stack.setSecret("password", password);
      const shown = ["up", "--yes", "--skip-preview", ...more];
      const { code, stdout } = await run("pulumi", [...shown, "--color", "always", "--non-interactive"], {
        cwd: stack.folder,
        env: stack.environment,
      });
      if (code !== 0 || stack.filesWith(password).length > 0) throw new Error(stdout);
      screen += `${PROMPT}pulumi config set --secret password\n${PROMPT}pulumi ${shown.join(" ")}\n${calm(stdout)}\n\n`;
    }
    stack.remove();
    return screen;
  } finally {
    await plugins.stop();
    await iam.stop();
  }
}

/** Without the dots of progress, URNs, which say nothing more than the lines above them, and empty lines in a row. */
function calm(output: string): string {
  return output
    .split("\n")
    .filter((line) => !/@ updating|\[urn=/.test(line))
    .join("\n")
    .replace(/\n{2,}/g, "\n")
    .trim();
}
