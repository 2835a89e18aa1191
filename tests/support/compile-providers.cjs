/**
 * Compiles once what the engine starts as providers. Node.js keeps what it compiled when a process
 * ends, and the engine kills its providers.
 */
const { spawnSync } = require("node:child_process");
const { existsSync, mkdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const ROOT = join(__dirname, "..", "..");
const PROVIDERS = [
  join(ROOT, "node_modules", "@pulumi", "pulumi", "cmd", "dynamic-provider", "index.js"),
  join(ROOT, "provider", "dist", "plugin", "main.js"),
];
/** Nobody listens there. */
const ENGINE = "127.0.0.1:1";

module.exports = () => {
  const complete = join(process.env.NODE_COMPILE_CACHE, "providers");
  if (existsSync(complete)) return;
  for (const provider of PROVIDERS) {
    const program = `require(${JSON.stringify(provider)}); setTimeout(() => process.exit(), 500);`;
    spawnSync(process.execPath, ["-e", program, provider, ENGINE]);
  }
  mkdirSync(process.env.NODE_COMPILE_CACHE, { recursive: true });
  writeFileSync(complete, "");
};
