/** The types as users get them: those that a program comes to, with their comments, however it resolves modules. */
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ROOT, SCRATCH } from "../support/lab.ts";
import { command, pack } from "../support/packed.ts";

/** Below the repository, whose packages of Pulumi it needs. */
let program: string;
let installed: string;

beforeAll(async () => {
  mkdirSync(SCRATCH, { recursive: true });
  program = mkdtempSync(join(SCRATCH, "types-"));
  installed = join(program, "node_modules", "pulumi-aws-login-profile");
  mkdirSync(installed, { recursive: true });
  const tarball = await pack(program);
  await command("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"], program);
  copyFileSync(join(ROOT, "tests", "types", "login-profile.ts"), join(program, "login-profile.ts"));
  writeFileSync(join(program, "others.ts"), OTHERS);
});

afterAll(() => rmSync(program, { recursive: true, force: true }));

const OTHERS = `
import { handler } from "pulumi-aws-login-profile/provider";
import { readUsersFile, type UserEntry } from "pulumi-aws-login-profile/users-file";

const [user] = readUsersFile("users.yaml").users;
export const password: string | undefined = user?.password?.reveal();
// @ts-expect-error: a name is a text
export const name: number | undefined = user?.name;
export const entry: UserEntry = { name: "alice", existing: true, adoptExisting: true };
export const { create } = handler();
// @ts-expect-error: it has no such method
export const { make } = handler();
`;

test.each([
  ["node10", "commonjs", "true"],
  // What is missing within the package's own types is told here, once for all.
  ["node16", "node16", "false"],
  ["bundler", "esnext", "true"],
])(
  "a program that resolves modules as %s compiles, or not, as in the repository",
  async (moduleResolution, module, skipLibCheck) => {
    const options = { moduleResolution, module, skipLibCheck, target: "es2023", strict: "true", types: "node" };
    const args = Object.entries({ ...options, exactOptionalPropertyTypes: "true", noEmit: "true" });
    const files = ["login-profile.ts", "others.ts"];
    await command("tsc", [...args.flatMap(([name, value]) => [`--${name}`, value]), ...files], program);
  },
);

test("types have their comments, code has none, and what no program comes to has no types", () => {
  const textOf = (file: string) => readFileSync(join(installed, file), "utf8");
  const files = (ending: string) => globSync(`dist/**/*${ending}`, { cwd: installed });
  expect(files(".js").filter((file) => /^\s*\/[/*]/m.test(textOf(file)))).toEqual([]);
  expect(textOf("dist/resources/login-profile.d.ts")).toContain("Source: IAM API reference");
  expect(files(".d.ts")).toContain("dist/aws/connection.d.ts");
  expect(files(".d.ts")).not.toContain("dist/aws/iam.d.ts");
});
