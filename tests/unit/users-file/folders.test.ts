import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { filesOf } from "../../../provider/src/users-file/folders.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "folders-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function withFiles(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), "users: []\n");
  }
}

/** The files that paths in the folder stand for, and what is told, without the folder. */
function found(...paths: string[]) {
  const { files, problems } = filesOf(paths.map((path) => (path === "-" ? path : join(folder, path))));
  const short = (text: string) => text.replace(`${folder}/`, "").replace(folder, ".");
  return { files: files.map(short), told: problems.map(({ file, message }) => `${short(file)}: ${message}`) };
}

test("a folder stands for its YAML and JSON files, and those below, by name", () => {
  withFiles("b.yml", "a.yaml", "C.JSON", "teams/x.yaml", "teams/deep/y.json", "notes.md", "users.yaml.bak");
  expect(found(".")).toEqual({
    files: ["C.JSON", "a.yaml", "b.yml", "teams/deep/y.json", "teams/x.yaml"],
    told: [],
  });
});

test("it does not stand for what is hidden, or belongs to other tools", () => {
  withFiles(
    "users.yaml",
    ".users.yaml",
    ".github/workflows/ci.yml",
    "node_modules/x/a.json",
    "Pulumi.yaml",
    "Pulumi.dev.yaml",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
  );
  expect(found(".").files).toEqual(["users.yaml"]);
});

test("what is named is taken, whatever its name", () => {
  withFiles("Pulumi.yaml", ".hidden/.users.txt");
  expect(found("Pulumi.yaml", ".hidden/.users.txt", "-", "none.yaml")).toEqual({
    files: ["Pulumi.yaml", ".hidden/.users.txt", "-", "none.yaml"],
    told: [],
  });
});

test("a file is taken once, however often it is named", () => {
  withFiles("teams/a.yaml", "teams/b.yaml");
  expect(found("teams/b.yaml", "teams", "./teams/../teams/a.yaml").files).toEqual(["teams/b.yaml", "teams/a.yaml"]);
});

test("links to files are followed, and those to folders are not, which may lead round in a circle", () => {
  withFiles("data/users.yaml");
  symlinkSync(join(folder, "data/users.yaml"), join(folder, "linked.yaml"));
  symlinkSync(folder, join(folder, "data/round.yaml"));
  symlinkSync(join(folder, "nowhere"), join(folder, "broken.yaml"));
  expect(found(".").files).toEqual(["broken.yaml", "data/users.yaml", "linked.yaml"]);
});

test("a folder without any is a mistake", () => {
  withFiles("empty/notes.md", "full/a.yaml");
  expect(found("empty", "full")).toEqual({
    files: ["full/a.yaml"],
    told: ["empty: there is no users file in this folder: no *.yaml, *.yml or *.json"],
  });
});
