/** Ansible, in a Python environment of the bench's own. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CACHE, ROOT } from "../tests/support/lab.ts";

const REQUIREMENTS = join(ROOT, "bench", "requirements.txt");

export const ANSIBLE = join(
  CACHE,
  `bench-python-${createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12)}`,
);

/** Installs Ansible once; kept in the user's cache folder. */
export function ensureAnsible(): void {
  // Written last, it says that the environment is complete.
  const complete = join(ANSIBLE, "complete");
  if (existsSync(complete)) return;
  console.log("Installing Ansible from PyPI: a minute or two, once …");
  rmSync(ANSIBLE, { recursive: true, force: true });
  for (const [command, ...args] of [
    ["python3", "-m", "venv", ANSIBLE],
    [join(ANSIBLE, "bin", "pip"), "install", "--quiet", "--requirement", REQUIREMENTS],
  ]) {
    const { status } = spawnSync(command ?? "", args, { stdio: ["ignore", 2, 2] });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed.`);
  }
  writeFileSync(complete, "");
}
