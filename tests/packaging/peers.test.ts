/**
 * What the package claims to work with: the oldest and the newest of each peer, Node.js 22 and 24, and Bun. `make test`
 * takes those that are installed here, `make soak` also brings the others.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { minVersion } from "semver";
import { IS_WHOLE } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { ROOT, SCRATCH } from "../support/lab.ts";
import { command, folderOutside, pack } from "../support/packed.ts";
import { compileAndRun } from "../support/peers.ts";
import { Stack } from "../support/stack.ts";

const SAID = "users: alice, dora, carol\n";
const { peerDependencies, engines } = JSON.parse(readFileSync(join(ROOT, "provider", "package.json"), "utf8"));
const peers = Object.entries(peerDependencies as Record<string, string>);

let here: string;
let outside: string;
let tarball: string;

beforeAll(async () => {
  mkdirSync(SCRATCH, { recursive: true });
  here = mkdtempSync(join(SCRATCH, "peers-"));
  outside = folderOutside();
  tarball = await pack(outside);
});

afterAll(() => {
  for (const folder of [here, outside]) rmSync(folder, { recursive: true, force: true });
});

/** Packages in a folder of their own. */
async function installed(name: string, packages: string[]): Promise<string> {
  const folder = join(outside, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  await command(
    "npm",
    ["install", "--no-audit", "--no-fund", "--loglevel=error", "--legacy-peer-deps", ...packages],
    folder,
  );
  return folder;
}

test("the peers that are installed here compile, and run a program under mocks", async () => {
  const modules = join(here, "node_modules", "pulumi-aws-login-profile");
  mkdirSync(modules, { recursive: true });
  await command("tar", ["-xzf", tarball, "-C", modules, "--strip-components=1"], here);
  expect(await compileAndRun(here)).toBe(SAID);
});

(IS_WHOLE ? describe : describe.skip)("brought by npm:", () => {
  const oldest = peers.map(([name, range]) => `${name}@${minVersion(range)}`);
  const newest = peers.map(([name, range]) => `${name}@${range}`);

  test.each([
    ["oldest", oldest],
    ["newest", newest],
  ])("the %s of each peer compiles, and runs a program under mocks", async (name, packages) => {
    const folder = await installed(name, [tarball, ...packages]);
    expect(await compileAndRun(folder)).toBe(SAID);
  });

  test.each([
    [`Node.js ${minVersion(engines.node)?.major}`, `node@${minVersion(engines.node)?.major}`, "node"],
    ["Node.js 24", "node@24", "node"],
    ["Bun", "bun", "bun"],
  ])("%s runs the program", async (name, runtime, binary) => {
    const packages = peers.map(([peer]) => `${peer}@${versionHere(peer)}`);
    const folder = await installed(name.replaceAll(" ", "-"), [tarball, runtime, ...packages]);
    expect(await compileAndRun(folder, [join(folder, "node_modules", ".bin", binary)])).toBe(SAID);
  });
});

(IS_WHOLE ? test : test.skip)(
  "under Bun, the engine is given a sealed password, and the profile has the one declared",
  async () => {
    const folder = await installed("bun-on-the-engine", ["bun"]);
    const iam = await EmbeddedIam.start();
    const stack = await Stack.create({
      ...iam.environment,
      PROGRAM_RUNTIME: join(folder, "node_modules", ".bin", "bun"),
      PULUMI_DEBUG_GRPC: join(folder, "grpc.json"),
    });
    try {
      await iam.createUsers(["alice"]);
      stack.program(`
if (process.versions.bun === undefined) throw new Error("not Bun");
new LoginProfile("alice", { userName: "alice", password: "Of-Bun-" + process.env.NUMBER });`);
      for (const number of ["1-Zzyzx", "2-Zzyzx"]) {
        expect(await stack.up({ NUMBER: number })).toMatchObject({ code: 0 });
        expect(iam.takeProfileCalls()).toMatchObject([{ parameters: { Password: `Of-Bun-${number}` } }]);
        const log = readFileSync(join(folder, "grpc.json"), "utf8");
        const shown = [/ResourceProvider\/Check"/, /sealed:/, /Zzyzx/].map((text) =>
          text.test(log + stack.checkpoint()),
        );
        expect(shown).toEqual([true, true, false]);
      }
    } finally {
      stack.remove();
      await iam.stop();
    }
  },
);

function versionHere(name: string): string {
  return JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8")).version;
}
