import { distance } from "fastest-levenshtein";

/** The name that a misspelt one most likely stands for, if any is near enough. Upper case, dashes and underscores do not count. */
export function nearest<T extends string>(name: string, names: readonly T[]): T | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, "");
  const [best] = names
    .map((candidate) => ({
      candidate,
      isBegun: plain(candidate).startsWith(plain(name)),
      edits: distance(plain(name), plain(candidate)),
    }))
    .filter(({ candidate, edits }) => edits <= candidate.length / 2)
    .sort((a, b) => Number(b.isBegun) - Number(a.isBegun) || a.edits - b.edits);
  return best?.candidate;
}
