/** Texts as shells and Terraform read them. */

/** A text as one word of a POSIX shell, which takes nothing in it for anything else. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A text as Terraform writes it in an address: of HCL's quoted strings, in which `${` and `%{` begin a template. */
export function hclText(text: string): string {
  const escaped = [...text.replace(/[$%](?=\{)/g, "$&$&")].map((character) => ESCAPES[character] ?? visible(character));
  return `"${escaped.join("")}"`;
}

const ESCAPES: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" };

/** Letters, marks, digits, punctuation, symbols and the blank stand for themselves. */
function visible(character: string): string {
  if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) return character;
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
}
