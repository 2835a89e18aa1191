/** Messages that the docs quote are those of the source. */
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import ts from "typescript";
import { page } from "../../support/markdown.ts";

const GAP = "…";

/** Every text of the source, put together where it is written in pieces, with a gap for what is filled in. */
const SOURCE = globSync("provider/src/**/*.ts").flatMap((file) => {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined) texts.push(text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true));
  return texts;
});

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.templateSpans.reduce((text, { literal }) => `${text}${GAP}${literal.text}`, node.head.text);
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  if (left === undefined && right === undefined) return undefined;
  return `${left ?? GAP}${right ?? GAP}`;
}

/** Whether one text of the source has the pieces between the gaps, in their order. */
function isOfTheSource(quoted: string): boolean {
  const pieces = quoted
    .split(GAP)
    .map((piece) => piece.trim())
    .filter((piece) => /\w{2}/.test(piece));
  return SOURCE.some((text) => {
    let from = 0;
    for (const piece of pieces) {
      const at = text.indexOf(piece, from);
      if (at < 0) return false;
      from = at + piece.length;
    }
    return pieces.length > 0;
  });
}

const quoted = ["docs/troubleshooting.md", "docs/users-file.md"].flatMap((path) =>
  page(path).rows.flatMap(({ cells: [message = ""], line }) => {
    const [, text] = /^`+ ?(.*?) ?`+$/.exec(message) ?? [];
    // A cell cannot hold a bare stroke.
    return text === undefined || /^(error|pulumi|Cannot find module|--)/.test(text)
      ? []
      : [{ text: text.replaceAll("\\|", "|"), place: `${path}:${line}` }];
  }),
);

test("the pages quote messages", () => {
  expect(quoted.length).toBeGreaterThan(60);
});

test.each(quoted)("$place quotes a message of the source: $text", ({ text }) => {
  expect(isOfTheSource(text)).toBe(true);
});

test("a message that the source does not have is told from one that it has", () => {
  expect(isOfTheSource("Could not … the login profile of IAM user")).toBe(true);
  expect(isOfTheSource("Could not … the login profiles of IAM user")).toBe(false);
});
