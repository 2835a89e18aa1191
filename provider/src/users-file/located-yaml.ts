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
  const { LineCounter, parseDocument, isAlias, isMap, isNode, isSeq }: typeof Yaml = require("yaml");
  const lines = new LineCounter();
  // Keys and aliases are looked up below: the library compares each with all before it.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: false });
  const { pairs, mistakes } = lookedUp(document);
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const errors = [...document.errors, ...document.warnings, ...mistakes]
    .sort(({ pos: [one] }, { pos: [other] }) => one - other)
    .map(({ code, pos: [start] }) => ({ ...placeOf(start), message: meaningOf(code) }));

  function place(path: readonly string[], at: "value" | "key" = "value"): Place {
    let node: unknown = document.contents;
    let found: unknown = node;
    for (const [index, segment] of path.entries()) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = pairs.get(node)?.get(segment);
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

/** What an alias can stand for. */
type Anchored = Yaml.Scalar | Yaml.YAMLSeq | Yaml.YAMLMap;

/** What each map has under a key, and mistakes in keys and aliases. From now on each alias knows what it stands for. */
function lookedUp(document: Yaml.Document.Parsed) {
  const { isScalar, visit }: typeof Yaml = require("yaml");
  const pairs = new Map<Yaml.YAMLMap, Map<string, Yaml.Pair>>();
  const anchors = new Map<string, Anchored>();
  const mistakes: { code: Yaml.ErrorCode; pos: [number] }[] = [];
  const tell = (code: Yaml.ErrorCode, { range }: Yaml.Node) => mistakes.push({ code, pos: [range?.[0] ?? 0] });
  const anchored = (_: unknown, node: Anchored) => {
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
  };
  visit(document, {
    Alias(_, alias) {
      const target = anchors.get(alias.source);
      if (target === undefined) tell("BAD_ALIAS", alias);
      else resolveTo(target, alias);
    },
    Value: anchored,
    Map(key, map) {
      anchored(key, map);
      const values = new Set<unknown>();
      const byKey = new Map<string, Yaml.Pair>();
      for (const pair of map.items) {
        if (!isScalar(pair.key)) continue;
        if (values.has(pair.key.value)) tell("DUPLICATE_KEY", pair.key);
        values.add(pair.key.value);
        byKey.set(String(pair.key.value), pair);
      }
      pairs.set(map, byKey);
    },
  });
  return { pairs, mistakes };
}

/** By itself, an alias looks through all anchors and aliases before it. */
function resolveTo(target: Anchored, alias: Yaml.Alias): void {
  const { resolve } = alias;
  alias.resolve = (document, context) => {
    if (context === undefined) return target;
    // It counts how far aliases unfold.
    return resolve.call(alias, document, Object.assign(context, { aliasResolveCache: [target, alias] }));
  };
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
  RESOURCE_EXHAUSTION: "this is nested too deep",
  TAG_RESOLVE_FAILED: "an unknown tag (!…). A text that begins with ! must stand in quotes",
  TAB_AS_INDENT: "a tab as indentation. Use spaces",
};
