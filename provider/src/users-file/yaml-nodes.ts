import type * as Yaml from "yaml";
import { MOST_UNFOLDED } from "../common/limits";
import type { Fault } from "./explanations";

/**
 * The nodes of a document, looked at once: what each map has under a key, and what is wrong with keys and aliases. The
 * library looks for these too, but compares each with all before it. From then on each alias knows what it stands for.
 */
export class YamlNodes {
  readonly mistakes: Fault[] = [];
  readonly #yaml: typeof Yaml = require("yaml");
  readonly #pairs = new Map<Yaml.YAMLMap, Map<string, Yaml.Pair>>();
  readonly #merged = new Map<Yaml.YAMLMap, Yaml.YAMLMap[]>();
  readonly #anchors = new Map<string, Anchored>();
  readonly #sizes = new Map<Anchored, number>();
  #unfolded = 0;

  constructor(private readonly document: Yaml.Document.Parsed) {
    this.#sizeOf(document.contents);
  }

  /** What an alias stands for; any other node is itself. */
  resolved(node: unknown): unknown {
    return this.#yaml.isAlias(node) ? node.resolve(this.document) : node;
  }

  /** What a map has under a key, of its own or merged into it. */
  pairAt(map: Yaml.YAMLMap, key: string): Yaml.Pair | undefined {
    const own = this.#pairs.get(map)?.get(key);
    if (own !== undefined) return own;
    for (const source of this.#merged.get(map) ?? []) {
      const found = this.pairAt(source, key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Looks at a node and at all in it. Tells how many values it comes to, with what its aliases stand for. */
  #sizeOf(node: unknown): number {
    const { isAlias, isCollection, isMap, isPair, isScalar } = this.#yaml;
    if (isAlias(node)) return this.#aliasSize(node);
    if (isPair(node)) return this.#sizeOf(node.key) + this.#sizeOf(node.value);
    if (!isScalar(node) && !isCollection(node)) return 1;
    const anchored = node as Anchored;
    if (anchored.anchor !== undefined) this.#anchors.set(anchored.anchor, anchored);
    let size = 1;
    if (isCollection(node)) for (const item of node.items) size += this.#sizeOf(item);
    if (isMap(node)) this.#lookAtKeys(node);
    if (anchored.anchor !== undefined) this.#sizes.set(anchored, size);
    return size;
  }

  #aliasSize(alias: Yaml.Alias): number {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) return this.#tell(alias, NO_ANCHOR);
    resolveTo(target, alias);
    const size = this.#sizes.get(target);
    if (size === undefined) return this.#tell(alias, IN_ITSELF);
    const before = this.#unfolded;
    this.#unfolded += size;
    if (before <= MOST_UNFOLDED && this.#unfolded > MOST_UNFOLDED) this.#tell(alias, TOO_MUCH);
    return size;
  }

  #lookAtKeys(map: Yaml.YAMLMap): void {
    const pairs = new Map<string, Yaml.Pair>();
    for (const pair of map.items) {
      // What else stands there the library refuses.
      if (!this.#yaml.isScalar(pair.key)) continue;
      const key = String(pair.key.value);
      if (key === "<<" && pair.key.type === "PLAIN") {
        this.#lookAtMerge(map, pair);
        continue;
      }
      if (pair.value === null) this.#tell(pair.key, NO_VALUE);
      if (pairs.has(key)) this.#tell(pair.key, TWICE);
      pairs.set(key, pair);
    }
    this.#pairs.set(map, pairs);
  }

  #lookAtMerge(map: Yaml.YAMLMap, { key, value }: Yaml.Pair): void {
    const source = this.resolved(value);
    const sources = this.#yaml.isSeq(source) ? source.items.map((item) => this.resolved(item)) : [source];
    const maps = sources.filter((one) => this.#yaml.isMap(one));
    // An alias without its anchor has been told of.
    if (maps.length < sources.filter((one) => one !== undefined).length) this.#tell(key as Yaml.Node, NO_MAP);
    this.#merged.set(map, [...(this.#merged.get(map) ?? []), ...maps]);
  }

  #tell({ range }: Pick<Yaml.Node, "range">, message: string): number {
    this.mistakes.push({ offset: range?.[0] ?? 0, message });
    return 1;
  }
}

const NO_ANCHOR = "an alias (*…) without its anchor. A text that begins with * must stand in quotes";
const IN_ITSELF = "an alias (*…) inside of what it stands for, which would have no end. Remove it";
const TOO_MUCH =
  `the aliases (*…) up to this one unfold to more than ${MOST_UNFOLDED.toLocaleString("en")} values. ` +
  "Write out what they stand for, or divide the file";
const NO_VALUE = "a key without a value. Write key: value, with a blank after the colon";
const TWICE = "a key that is there already. Remove one of the two";
const NO_MAP = "<< takes a map, or an alias of one, such as <<: *usual";

/** What an alias can stand for. */
type Anchored = Yaml.Scalar | Yaml.YAMLSeq | Yaml.YAMLMap;

/** By itself, an alias looks through all anchors and aliases before it. */
function resolveTo(target: Anchored, alias: Yaml.Alias): void {
  const { resolve } = alias;
  alias.resolve = (document, context) => {
    if (context === undefined) return target;
    // What it stands for has been made by now, and is looked up there.
    return resolve.call(alias, document, Object.assign(context, { aliasResolveCache: [target, alias] }));
  };
}
