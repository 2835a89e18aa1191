/** The pages as such: their length, their links, and that each can be found. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { page, pages } from "../../support/markdown.ts";

/** So long that it is read to its end. */
const MOST_LINES = 250;

const PAGES = pages();
const forUsers = PAGES.filter(({ path }) => path.startsWith("docs/") || path === "README.md");

test("there are pages to look at", () => {
  expect(forUsers.length).toBeGreaterThan(20);
});

test.each(forUsers.filter(({ path }) => path !== "README.md"))(`$path has at most ${MOST_LINES} lines`, ({ lines }) => {
  expect(lines).toBeLessThanOrEqual(MOST_LINES);
});

test("README.md is read in one go", () => {
  expect(page("README.md").lines).toBeLessThanOrEqual(130);
});

test.each(PAGES)("the links of $path lead somewhere", ({ path, links }) => {
  const dead = links.filter(({ target }) => !leadsSomewhere(path, target));
  expect(dead.map(({ target, line }) => `${path}:${line}: ${target}`)).toEqual([]);
});

function leadsSomewhere(from: string, target: string): boolean {
  if (/^(https?|mailto):/.test(target)) return URL.canParse(target);
  const [file = "", anchor] = decodeURI(target).split("#");
  const path = file === "" ? from : normalize(join(dirname(from), file));
  if (!existsSync(path)) return false;
  if (anchor === undefined || statSync(path).isDirectory()) return anchor === undefined;
  return path.endsWith(".md") && anchorsOf(path).has(anchor);
}

function anchorsOf(path: string): Set<string> {
  return (PAGES.find((one) => one.path === path) ?? page(path)).anchors;
}

describe("each page is named by an index:", () => {
  const named = (index: string) =>
    page(index).links.map(({ target }) => normalize(join(dirname(index), target.split("#")[0] ?? "")));

  test.each([
    ["docs/README.md", /^docs\/(guides\/)?[^_/][^/]*\.md$/],
    ["docs/decisions/README.md", /^docs\/decisions\/\d{4}-.*\.md$/],
  ])("%s", (index, kind) => {
    const listed = named(index);
    const missing = PAGES.map(({ path }) => path).filter(
      (path) => kind.test(path) && path !== index && basename(path) !== "installation-configuration.md",
    );
    expect(missing.filter((path) => !listed.includes(path))).toEqual([]);
  });
});

/** Source: Pulumi's guide on publishing to the Pulumi Registry, "Write the overview page". */
describe("the pages for the Pulumi Registry keep to its rules:", () => {
  const { displayName, name } = JSON.parse(readFileSync("provider/schema.json", "utf8"));

  test.each([
    ["docs/_index.md", displayName],
    ["docs/installation-configuration.md", `${displayName} Installation & Configuration`],
  ])("%s", (path, title) => {
    const { text, links, rows } = page(path);
    const [, front = "", body = ""] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
    expect(front).toMatch(new RegExp(`^title: ${title}\nmeta_desc: .*AWS login profile.*\nlayout: package$`));
    expect(body).not.toMatch(/^# /m);
    expect(body).not.toMatch(/<(a|img) /);
    // A file of this folder is no page there.
    expect(links.filter(({ target }) => !/^https:\/\//.test(target))).toEqual([]);
    expect(rows.filter(({ cells }) => cells[0]?.includes(`${name}:`))).toEqual([]);
  });

  test("the overview opens with prose, and has the sections in their order", () => {
    const { text } = page("docs/_index.md");
    expect(text).toMatch(/^---\n.*?\n---\n\n[A-Z`]/s);
    const sections = [...text.matchAll(/^## (.*)$/gm)].map(([, section]) => section);
    expect(sections.slice(0, 3)).toEqual(["Installation", "Example Usage", "Configuration"]);
  });
});
