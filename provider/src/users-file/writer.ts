/** Writes users files of people whose IAM user and login profile exist already. */
import type * as Yaml from "yaml";
import { printable } from "../common/characters";
import { SCHEMA } from "./skeleton";

export type Format = "yaml" | "json";

/** A person who is to be adopted. */
export interface ExistingUser {
  name: string;
  /** Lines for its owner, as comments behind the entry; JSON has none. */
  remarks?: string[];
}

/**
 * A users file by which users and login profiles are adopted as they are: no password is set, no flag, no group, no policy.
 *
 * @param about What a reader should know, a comment at the head; JSON has none.
 */
export function usersFileOf(users: ExistingUser[], format: Format, about: string[]): string {
  const entries = users.map(({ name }) => ({ name, ...AS_THEY_ARE }));
  if (format === "json") return `${JSON.stringify({ $schema: SCHEMA, users: entries }, undefined, 2)}\n`;
  const { Document, isMap, isScalar, isSeq }: typeof Yaml = require("yaml");
  // Readers of YAML 1.1 take `yes` and `1_000` for other things than texts, and PyYAML refuses a bare `=`.
  const document = new Document({ users: entries }, { compat: "yaml-1.1" });
  document.commentBefore = comment([`yaml-language-server: $schema=${SCHEMA}`, ...about]);
  const list = document.get("users");
  for (const [index, { name, remarks = [] }] of users.entries()) {
    const entry = isSeq(list) ? list.items[index] : undefined;
    if (!isMap(entry)) continue;
    const written = entry.get("name", true);
    if (name === "=" && isScalar(written)) written.type = "QUOTE_DOUBLE";
    if (remarks.length > 0) entry.comment = comment(remarks);
  }
  return document.toString({ lineWidth: 0 });
}

/** What an entry says so that nothing is done to user or profile. */
const AS_THEY_ARE = { existing: true, adoptExisting: true, randomPassword: false, allowPasswordChange: false };

/** A comment ends with its line, so what is said in one stays in one. Control characters are in no YAML. */
function comment(lines: string[]): string {
  return lines.map((line) => ` ${printable(line)}`).join("\n");
}
