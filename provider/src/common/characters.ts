/** A character as standards write it: U+00A0. It names one that cannot be seen, or that must not be shown in its text. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A text that others have written, on one line and in quotes, so that none of it acts on a terminal or a log. */
export function quoted(text: string): string {
  const short = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return `"${printable(short)}"`;
}

/** A text with what cannot be seen in it, line ends among it, written out. */
export function printable(text: string): string {
  return text.replace(/\p{C}|[\u2028\u2029]|(?! )\p{Zs}/gu, (character) => `\\u{${codePoint(character).slice(2)}}`);
}

const LONGEST_QUOTE = 64;
