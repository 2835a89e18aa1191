/** Why a file cannot be read, where the reason is plain to see in it, in place of what a parser makes of that. */
import { codePoint } from "../common/characters";
import type { Mistake, Place } from "./place";

/** A mistake by its offset in the text, with the parser's name for it, if the parser found it. */
export interface Fault {
  offset: number;
  message: string;
  code?: string;
}

/** The faults of a text by line, one of each line: the first, for others follow from it. */
export function explained(text: string, faults: Fault[], placeOf: (offset: number) => Place): Mistake[] {
  const comment = commentAsInJavaScript(text);
  if (comment !== undefined) return [{ ...placeOf(comment), message: COMMENT }];
  const about = { isInBrackets: /^\s*[[{]/.test(text), end: text.trimEnd().length };
  const byLine = new Map<number, Mistake>();
  let isTabTold = false;
  for (const fault of faults.toSorted((one, other) => one.offset - other.offset)) {
    const place = placeOf(fault.offset);
    if (byLine.has(place.line)) continue;
    const start = fault.offset - place.column + 1;
    const mistake = { ...place, ...reasonOf(fault, text.slice(start, lineEnd(text, start)), about) };
    // Who indents with tabs does so in each line.
    if (mistake.message === TAB && isTabTold) continue;
    isTabTold ||= mistake.message === TAB;
    byLine.set(place.line, mistake);
  }
  return [...byLine.values()];
}

/**
 * Of each line that something is wrong with, the first character that looks like one of YAML's and is another: word
 * processors, web pages and keyboards of other scripts put it there. What is meant by it, only the reader can know.
 */
export function lookalikes(text: string, wrong: Place[]): Mistake[] {
  const lines = wrong.length === 0 ? [] : text.split("\n");
  return [...new Set(wrong.map(({ line }) => line))].flatMap((line) => {
    const found = LOOKALIKE.exec(lines[line - 1] ?? "");
    if (found === null) return [];
    const [character] = found;
    const [, what] = KINDS.find(([pattern]) => pattern.test(character)) ?? [];
    return [{ line, column: found.index + 1, message: `here stands ${codePoint(character)}, ${what}` }];
  });
}

const TAB = "a tab as indentation, where YAML has spaces only. Replace the tabs by spaces";
const COMMENT = "a comment as in JavaScript, which neither JSON nor YAML has. YAML's begin with #";
const TEMPLATE = "a template that was not filled in ({{…}} or {%…%}). Check what is made of it";
const CUT = "the file ends where a bracket or a quote is still open: was it saved whole?";

/** What of a text decides over the reasons: in brackets, as in JSON, tabs are blanks. */
interface About {
  isInBrackets: boolean;
  /** Where its last line that is not empty ends. */
  end: number;
}

/** The reason of a fault, where the line shows it, and where in the line. */
function reasonOf({ offset, message, code }: Fault, line: string, about: About): { message: string; column?: number } {
  const indentation = /^ *\t/.exec(line);
  if (indentation !== null && !about.isInBrackets) return { message: TAB, column: indentation[0].length };
  if (code === "TAB_AS_INDENT") return { message: TAB };
  if (/^\s*\/[/*]/.test(line)) return { message: COMMENT };
  if (/\{\{|\{%/.test(line)) return { message: TEMPLATE };
  if (code === "MISSING_CHAR" && offset >= about.end) return { message: CUT };
  return { message };
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}

/** Where a comment of JavaScript begins in JSON: at the beginning of a line, or behind a value. */
function commentAsInJavaScript(text: string): number | undefined {
  if (!/^\s*(?:[[{]|\/[/*])/.test(text)) return undefined;
  let before = "\n";
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (/^\/[/*]/.test(token) && BEFORE_COMMENT.test(before)) return index;
    if (!/^[ \t]/.test(token)) before = token;
  }
  return undefined;
}

/** A line end, or what ends a value: in a text without quotes, two slashes are no comment. */
const BEFORE_COMMENT = /[\n,{}[\]"']$|(?:^|[:,[])(?:true|false|null|-?[\d.]+)$/;

/** Texts in quotes, comments of YAML, blanks, and what is between them. */
const TOKENS = /"(?:\\.|[^"\\])*"?|'[^']*'?|#[^\n]*|[ \t]+|\n|\/[/*]|[^"'#\s/]+|./gs;

const KINDS: [pattern: RegExp, what: string][] = [
  [/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/, "which looks like a blank and is none to YAML. Write a blank"],
  [/[\u0085\u2028\u2029]/, "which looks like a line end and is none. Write a line end"],
  [/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064]/, "which cannot be seen. Remove it"],
  [/[\u2018-\u201f\u00ab\u00bb]/, `which looks like a quote and is none to YAML. Write " or '`],
  [/[\u2010-\u2015\u2212]/, "which looks like a hyphen and is none. Write -"],
  [/\uff1a/, "which looks like a colon and is none. Write : and a blank"],
  [/\uff0c/, "which looks like a comma and is none. Write , and a blank"],
];

const LOOKALIKE = new RegExp(KINDS.map(([pattern]) => pattern.source).join("|"));
