/** Lints GitHub's workflows: their grammar and shell by actionlint, what an attacker could do with them by zizmor. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ACTIONLINT, LINT_PYTHON } from "../tests/support/lab.ts";

/** Those that people copy. */
const PIPELINES = join("examples", "pipelines");

const LINTERS = [
  [join(ACTIONLINT, "actionlint")],
  [join(ACTIONLINT, "actionlint"), join(PIPELINES, ".github", "workflows", "console-users.yml")],
  // Without the network: it would ask GitHub about each action.
  [join(LINT_PYTHON, "bin", "zizmor"), "--offline", "--quiet", ".github"],
  [join(LINT_PYTHON, "bin", "zizmor"), "--offline", "--quiet", "--config", join(PIPELINES, "zizmor.yml"), PIPELINES],
];

for (const [command = "", ...args] of LINTERS) {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}
