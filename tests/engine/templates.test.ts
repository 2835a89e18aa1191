/** What `pulumi new` makes of the folders of templates/. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { labEnvironment, ROOT, SCRATCH } from "../support/lab.ts";
import { run } from "../support/processes.ts";

const TEMPLATE = join(ROOT, "templates", "console-users");

test("pulumi new makes a project of the template in an empty folder", async () => {
  mkdirSync(SCRATCH, { recursive: true });
  const folder = mkdtempSync(join(SCRATCH, "new-"));
  const asked = ["--generate-only", "--yes", "--name", "people", "--description", "Who may sign in"];
  const made = await run("pulumi", ["new", TEMPLATE, "--dir", folder, ...asked], {
    env: { ...labEnvironment(), PULUMI_HOME: join(SCRATCH, "pulumi-home"), PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  expect(made).toMatchObject({ code: 0 });
  const text = (name: string) => readFileSync(join(folder, name), "utf8");
  expect(readdirSync(folder).sort()).toEqual(readdirSync(TEMPLATE).sort());
  expect(JSON.parse(text("package.json"))).toMatchObject({ name: "people", description: "Who may sign in" });
  expect(text("Pulumi.yaml")).toMatch(/^name: people\n/);
  for (const name of readdirSync(folder)) expect(text(name)).not.toMatch(/\$\{(PROJECT|DESCRIPTION)\}/);
  // What a stack is configured with belongs into the repository of the project.
  expect(text(".gitignore").match(/^[^#].*/gm)).toEqual(["node_modules/"]);
  rmSync(folder, { recursive: true });
});

test("the template's program is the bootstrap program of this repository, and asks for the same packages", () => {
  const both = (name: string) => [TEMPLATE, ROOT].map((folder) => readFileSync(join(folder, name), "utf8"));
  const [program, bootstrap] = both("index.ts");
  expect(program).toBe(bootstrap);
  const [asked = {}, here = {}] = both("package.json").map((text) => Object.keys(JSON.parse(text).dependencies));
  expect(asked).toEqual(here);
});
