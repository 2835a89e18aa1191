import type * as Yaml from "yaml";

/** A place in a text, both from 1. */
export interface Place {
  line: number;
  column: number;
}

/** A YAML or JSON text, read, with the place of everything in it. */
export interface LocatedYaml {
  /** Plain values; undefined where the text cannot be read. */
  value: unknown;
  /** What keeps it from being read. None of the text is quoted: it may be a password. */
  errors: (Place & { message: string })[];
  /** Where the value at a path stands, or the key that leads to it; what is not there itself is where its holder is. */
  place(path: readonly string[], at?: "value" | "key"): Place;
}

/** Reads a text; JSON is YAML too. */
export function readYaml(text: string): LocatedYaml {
  const { LineCounter, parseDocument, isAlias, isMap, isSeq, isNode, visit }: typeof Yaml = require("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const errors = [...document.errors, ...document.warnings].map(({ code, pos: [start] }) => ({
    ...placeOf(start),
    message: meaningOf(code),
  }));
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined)
        errors.push({ ...placeOf(alias.range?.[0] ?? 0), message: meaningOf("BAD_ALIAS") });
    },
  });

  function place(path: readonly string[], at: "value" | "key" = "value"): Place {
    let node: unknown = document.contents;
    let found: unknown = node;
    for (const [index, segment] of path.entries()) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => String((key as Yaml.Scalar).value) === segment);
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

  if (errors.length > 0) return { value: undefined, errors, place };
  try {
    return { value: document.toJS(), errors, place };
  } catch {
    // It counts how far aliases unfold.
    return {
      value: undefined,
      errors: [{ line: 1, column: 1, message: "the aliases in it unfold to too much" }],
      place,
    };
  }
}

function meaningOf(code: Yaml.ErrorCode): string {
  return MEANINGS[code] ?? `this is not valid YAML (${code}). A value with special characters must stand in quotes`;
}

const MEANINGS: Partial<Record<Yaml.ErrorCode, string>> = {
  BAD_ALIAS: "an alias (*…) without its anchor. A text that begins with * must stand in quotes",
  BAD_DQ_ESCAPE: "an unknown escape (\\…) in a text in double quotes. Put it in single quotes, or write \\\\",
  BAD_INDENT: "wrong indentation",
  BAD_SCALAR_START: "a text that begins with a reserved character (@ or `) must stand in quotes",
  DUPLICATE_KEY: "a key that is there already. Remove one of the two",
  MISSING_CHAR: "a character is missing: a comma, a bracket or a quote before this place",
  MULTIPLE_DOCS: "a second document. A users file has only one: remove what follows ---",
  TAG_RESOLVE_FAILED: "an unknown tag (!…). A text that begins with ! must stand in quotes",
  TAB_AS_INDENT: "a tab as indentation. Use spaces",
};
