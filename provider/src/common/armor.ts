/**
 * The blocks between `-----BEGIN …-----` and `-----END …-----` in a text, each with these lines, in their order; the texts
 * around them are comments. Takes time in proportion to the text, whatever stands in it. Source: RFC 7468, 2.
 *
 * @param labels What may stand behind BEGIN and END, such as `CERTIFICATE`.
 */
export function blocksIn(text: string, ...labels: string[]): string[] {
  const begin = new RegExp(`-----BEGIN (${labels.join("|")})-----`, "g");
  // Looked for once in vain, an end is not looked for again.
  const missing = new Set<string>();
  const blocks: string[] = [];
  for (let found = begin.exec(text); found !== null; found = begin.exec(text)) {
    const end = `-----END ${found[1]}-----`;
    const at = missing.has(end) ? -1 : text.indexOf(end, begin.lastIndex);
    if (at < 0) {
      missing.add(end);
      continue;
    }
    begin.lastIndex = at + end.length;
    blocks.push(text.slice(found.index, begin.lastIndex));
  }
  return blocks;
}
