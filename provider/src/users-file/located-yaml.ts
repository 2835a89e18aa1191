import type * as Yaml from "yaml";
import { explained, type Fault } from "./explanations";
import { VALUE_OF_VAULT } from "./foreign";
import type { Mistake, Place } from "./place";
import { YamlNodes } from "./yaml-nodes";

/** A YAML or JSON text, read, with the place of everything in it. */
export interface LocatedYaml {
  /** Plain values; undefined where the text cannot be read. */
  value: unknown;
  /** What keeps it from being read. None of the text is quoted: it may be a password. */
  errors: Mistake[];
  /** Where the value at a path stands, or the key that leads to it; what is not there itself is where its holder is. */
  place(path: readonly string[], at?: "value" | "key"): Place;
}

/** Reads a text; JSON is YAML too. */
export function readYaml(text: string): LocatedYaml {
  const { LineCounter, parseDocument, isMap, isNode, isSeq }: typeof Yaml = require("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    // Looked for by YamlNodes.
    uniqueKeys: false,
    // A key of another kind is made a text otherwise, with whatever stands in it.
    stringKeys: true,
    // Dates, sets and bytes are nothing that a resource takes.
    resolveKnownTags: false,
    // With less than warnings, none is printed, and with silence a second document is no error.
    logLevel: "error",
  });
  const nodes = new YamlNodes(document);
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };

  function place(path: readonly string[], at: "value" | "key" = "value"): Place {
    let node: unknown = document.contents;
    let found: unknown = node;
    for (const [index, segment] of path.entries()) {
      node = nodes.resolved(node);
      if (isMap(node)) {
        const pair = nodes.pairAt(node, segment);
        if (pair === undefined) break;
        node = pair.value;
        found = at === "key" && index === path.length - 1 ? pair.key : (pair.value ?? pair.key);
      } else if (isSeq(node)) {
        node = node.items[Number(segment)];
        found = node;
      } else break;
    }
    return placeOf((isNode(found) ? found.range?.[0] : undefined) ?? 0);
  }

  const faults: Fault[] = [
    ...[...document.errors, ...document.warnings].map(({ code, pos: [offset] }) => ({
      offset,
      code,
      message: meaningOf(code, text.slice(offset, offset + LONGEST_TAG)),
    })),
    ...nodes.mistakes,
  ];
  const errors = explained(text, faults, placeOf);
  // Counted out by YamlNodes, so not by the library, which counts how often an anchor is used.
  return { value: errors.length > 0 ? undefined : document.toJS({ maxAliasCount: -1 }), errors, place };
}

/** As far as a tag is known by. */
const LONGEST_TAG = 8;

function meaningOf(code: Yaml.ErrorCode, start: string): string {
  if (code === "TAG_RESOLVE_FAILED" && start.startsWith("!vault")) return VALUE_OF_VAULT;
  return MEANINGS[code] ?? `this is not valid YAML (${code}). A value with special characters must stand in quotes`;
}

const IN_QUOTES = "A text with a colon and a blank (: ), or with # after a blank, must stand in quotes";

const MEANINGS: Partial<Record<Yaml.ErrorCode, string>> = {
  BAD_ALIAS:
    "an anchor (&…) or an alias (*…) without a name. A text that begins with one of these must stand in quotes",
  BAD_DIRECTIVE: "a line that begins with % in front of the document. Remove it",
  BAD_DQ_ESCAPE: "an unknown escape (\\…) in a text in double quotes. Put it in single quotes, or write \\\\",
  BAD_INDENT:
    "wrong indentation. Keys of one entry begin in one column, so do the dashes of a list, and brackets are closed",
  BAD_SCALAR_START: "a text that begins with a reserved character (@, ` or %) must stand in quotes",
  BLOCK_AS_IMPLICIT_KEY: `a second key in one line. ${IN_QUOTES}`,
  BLOCK_IN_FLOW: "lines with keys or dashes inside of brackets, or a comma that is missing before this place",
  MISSING_CHAR:
    "a character is missing before this place: a comma, a colon, a dash, a bracket or a quote; or the line is not indented as those before it",
  MULTILINE_IMPLICIT_KEY: "a line without a key, or a key without its colon",
  MULTIPLE_DOCS: "a second document. A users file has only one: remove what follows ---",
  NON_STRING_KEY: "a key that is no text. A text that begins with a bracket must stand in quotes",
  RESOURCE_EXHAUSTION: "this is nested too deep",
  TAG_RESOLVE_FAILED: "an unknown tag (!…). A text that begins with ! must stand in quotes",
  UNEXPECTED_TOKEN: `something that belongs to nothing before it: a comma, a bracket or a quote is missing, or one too many. ${IN_QUOTES}`,
};
