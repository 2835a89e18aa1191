/** What is left of a run whose engine was killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { labEnvironment, ROOT } from "../support/lab.ts";
import { firstLine } from "../support/processes.ts";

test("the process of the dynamic provider ends once nobody reads what it prints", async () => {
  const script = join(ROOT, "node_modules", "@pulumi", "pulumi", "cmd", "dynamic-provider", "index.js");
  const provider = join(ROOT, "provider", "dist", "dynamic", "provider.js");
  const body = `
process.argv.push("127.0.0.1:1");
require(${JSON.stringify(script)});
require(${JSON.stringify(provider)});
setInterval(() => console.error("waiting"), 20);`;
  const child = spawn("node", ["-e", body, "provider"], { env: labEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
  await firstLine(child);
  child.stdout?.destroy();
  child.stderr?.destroy();
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
});
