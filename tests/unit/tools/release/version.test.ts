import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { changelogWith, notesOf, releasesIn, withVersion } from "../../../../tools/release/version.ts";

const { version } = JSON.parse(readFileSync("provider/package.json", "utf8"));
const changelog = readFileSync("CHANGELOG.md", "utf8");

test.each(Object.entries(withVersion(version, "2000-01-01")))("%s has the version of the package", (file, text) => {
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("one command sets another version everywhere", () => {
  const changed = withVersion("99.1.2", "2000-01-01");
  const files = Object.keys(changed).filter((file) => changed[file] !== readFileSync(file, "utf8"));
  const programs = globSync("{examples,templates}/*/package.json").filter((file) =>
    readFileSync(file, "utf8").includes("pulumi-aws-login-profile"),
  );
  const expected = ["provider/package.json", "package.json", "package-lock.json", "CHANGELOG.md", "docs/plugin.md"];
  expect(files).toEqual(expect.arrayContaining([...expected, ...programs]));
  for (const file of files) expect(changed[file]).toContain("99.1.2");
  expect(changed["docs/plugin.md"]).not.toContain(version);
});

describe("the changelog", () => {
  test("has the version as its newest release, dated", () => {
    const [newest] = releasesIn(changelog);
    expect(newest?.version).toBe(version);
    expect(Number.isNaN(Date.parse(newest?.date ?? ""))).toBe(false);
  });

  test("has a heading for what is not released yet, and only headings of its form", () => {
    const headings = changelog.match(/^## .*$/gm) ?? [];
    expect(headings[0]).toBe("## [Unreleased]");
    expect(headings).toHaveLength(releasesIn(changelog).length + 1);
    const kinds = new Set(changelog.match(/^### .*$/gm));
    const known = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"].map((kind) => `### ${kind}`);
    expect([...kinds].filter((kind) => !known.includes(kind))).toEqual([]);
  });

  test("tells what a release brought", () => {
    expect(notesOf(changelog, version)).toContain("### ");
    expect(() => notesOf(changelog, "99.0.0")).toThrow("nothing of 99.0.0");
  });

  test("gives what was not released yet to a new release", () => {
    const text = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A.\n\n## [1.0.0] - 2026-01-01\n\n- B.\n";
    const released = changelogWith(text, "1.1.0", "2026-02-02");
    expect(releasesIn(released).map((one) => one.version)).toEqual(["1.1.0", "1.0.0"]);
    expect(notesOf(released, "1.1.0")).toBe("### Added\n\n- A.");
  });
});
