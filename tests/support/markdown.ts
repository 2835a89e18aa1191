/** The pages that users read, as GitHub renders them: their anchors, links, code and code spans. */
import { globSync, readFileSync } from "node:fs";
import GithubSlugger from "github-slugger";
import MarkdownIt, { type Token } from "markdown-it";

export interface Page {
  /** From the root of the repository. */
  path: string;
  text: string;
  lines: number;
  /** What a link may name behind its #. */
  anchors: Set<string>;
  links: Placed<{ target: string }>[];
  blocks: Placed<Block>[];
  /** The cells of its tables, row by row, as they are written. */
  rows: Placed<{ cells: string[] }>[];
}

/** Code between fences. */
export interface Block {
  language: string;
  /** Why it is not checked, if the fence says so: "```typescript unchecked: needs a generated SDK". */
  unchecked?: string;
  text: string;
}

/** From 1. */
type Placed<T> = T & { line: number };

/** All of them; the decisions too, which are for those who change the code. */
export function pages(): Page[] {
  const places = ["*.md", "docs/**/*.md", "bench/README.md", "examples/README.md", "examples/*/README.md"];
  return globSync(places).sort().map(page);
}

export function page(path: string): Page {
  const text = readFileSync(path, "utf8");
  const [, before = "", body = text] = /^(---\n.*?\n---\n)(.*)$/s.exec(text) ?? [];
  const above = before.split("\n").length - 1;
  const slugger = new GithubSlugger();
  const found: Page = {
    path,
    text,
    lines: text.trimEnd().split("\n").length,
    anchors: new Set(),
    links: [],
    blocks: [],
    rows: [],
  };
  const tokens = new MarkdownIt({ html: true }).parse(body, {});
  let line = 0;
  for (const [index, token] of tokens.entries()) {
    line = token.map === null ? line : token.map[0] + 1 + above;
    if (token.type === "heading_open") found.anchors.add(slugger.slug(plain(tokens[index + 1])));
    if (token.type === "fence") found.blocks.push({ ...blockOf(token.info, token.content), line });
    if (token.type === "tr_open") found.rows.push({ cells: [], line });
    if (token.type === "inline" && /^t[dh]_open$/.test(tokens[index - 1]?.type ?? ""))
      found.rows.at(-1)?.cells.push(token.content);
    // Pictures for light and for dark pages.
    for (const [, target = ""] of token.type === "html_block" ? token.content.matchAll(/ src(?:set)?="([^"]+)"/g) : [])
      found.links.push({ target, line });
    for (const child of token.children ?? []) {
      const target = child.attrGet("href") ?? child.attrGet("src");
      if (target !== null) found.links.push({ target: String(target), line });
    }
  }
  return found;
}

function blockOf(info: string, text: string): Block {
  const [language = "", ...rest] = info.split(" ");
  const [, unchecked] = /^unchecked: (.+)$/.exec(rest.join(" ")) ?? [];
  return { language, text, ...(unchecked === undefined ? {} : { unchecked }) };
}

/** A heading's text without its marks. */
function plain(inline: Token | undefined): string {
  const kept = inline?.children?.filter(({ type }) => ["text", "code_inline"].includes(type)) ?? [];
  return kept.map(({ content }) => content).join("");
}
