import { globSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { drawnTest } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { ROOT } from "../support/lab.ts";
import { command, folderOutside, install, PROVIDER_TEXT, pack } from "../support/packed.ts";
import { Stack } from "../support/stack.ts";

const drawn = drawnTest(0.5);

const PASSWORD = "Packed-Secret-01!";

let iam: EmbeddedIam;
let folder: string;
let tarball: string;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  folder = folderOutside();
  tarball = await pack(folder);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await iam.stop();
});

/** Runs one profile through its life; the program is given as source text. */
async function expectLife(program: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(program, name), text);
  const user = `packed-${Date.now()}`;
  await iam.awsCli("iam", "create-user", "--user-name", user);
  const stack = await Stack.createIn(program, { ...iam.environment, NAME: user });
  iam.takeCalls();
  const up = await stack.up({ PASSWORD });
  expect(up).toMatchObject({ code: 0 });
  expect(up.output).toContain("AWS modules loaded: 0");
  const [profile] = stack.loginProfiles();
  expect([profile?.inputs?.__provider, profile?.outputs?.__provider]).toEqual([PROVIDER_TEXT, PROVIDER_TEXT]);
  expect(await stack.up("--expect-no-changes", { PASSWORD })).toMatchObject({ code: 0 });
  expect(await stack.up({ PASSWORD: `${PASSWORD}2` })).toMatchObject({ code: 0 });
  expect(await stack.destroy()).toMatchObject({ code: 0 });
  expect(iam.takeProfileCalls().map(({ operation }) => operation)).toEqual([
    "CreateLoginProfile",
    "UpdateLoginProfile",
    "DeleteLoginProfile",
  ]);
  expect(stack.occurrences(PASSWORD)).toEqual([]);
  rmSync(join(program, "backend"), { recursive: true });
  rmSync(join(program, "Pulumi.dev.yaml"), { force: true });
}

const BODY = `
new LoginProfile("profile", { userName: process.env.NAME, password: process.env.PASSWORD });
const loaded = Object.keys(require.cache).filter((file) => /@aws-sdk|@smithy/.test(file));
console.log("AWS modules loaded: " + loaded.length);
`;

const COMMONJS = {
  "index.js": `const { LoginProfile } = require("pulumi-aws-login-profile");${BODY}`,
};

const ESM = {
  "package.json": '{ "name": "program", "version": "1.0.0", "type": "module", "main": "index.js" }',
  "index.js": `import { createRequire } from "node:module";
import { LoginProfile } from "pulumi-aws-login-profile";
const require = createRequire(import.meta.url);${BODY}`,
};

/** Measured, and a tenth more. */
const MOST_BYTES = 145_000;

test("the tarball holds the built package and what is read beside it, in less than 145 kB", async () => {
  const files = (await command("tar", ["-tzf", tarball], folder)).trim().split("\n");
  const code = globSync("**/*.ts", { cwd: join(ROOT, "provider", "src") }).map(
    (file) => `dist/${file.replace(/ts$/, "js")}`,
  );
  const beside = ["LICENSE", "PulumiPlugin.yaml", "README.md", "package.json", "schema.json", "users-file.schema.json"];
  expect(files.filter((file) => !file.endsWith(".d.ts")).sort()).toEqual(
    [...beside, ...code].map((file) => `package/${file}`).sort(),
  );
  expect(statSync(tarball).size).toBeLessThan(MOST_BYTES);
});

describe.each(["npm", "pnpm"] as const)("installed by %s", (manager) => {
  let program: string;

  beforeAll(async () => {
    program = join(folder, manager);
    await install(manager, program, tarball);
  });

  drawn("a CommonJS program runs through a profile's life, and never loads the AWS SDK", () =>
    expectLife(program, COMMONJS),
  );

  test("the command checks a users file, which a program reads", async () => {
    writeFileSync(join(program, "users.yaml"), await command("npx", ["pulumi-aws-login-profile", "skeleton"], program));
    expect(await command("npx", ["pulumi-aws-login-profile", "check", "users.yaml"], program)).toBe(
      "users.yaml: 3 users, no mistakes\n",
    );
    const reader = `const { readUsersFile } = require("pulumi-aws-login-profile/users-file");
      require("pulumi-aws-login-profile/users-file.schema.json");
      console.log(readUsersFile("users.yaml").users.length);`;
    expect(await command("node", ["-e", reader], program)).toBe("3\n");
  });

  drawn("so does an ESM program, with the same text in the state", () => expectLife(program, ESM));
});
