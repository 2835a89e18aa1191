/** Reads users.yaml; every mistake in it is reported at once, with file, line and the offending key. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, type YAMLMap } from "yaml";

/** One person who signs in to the console. */
export interface UserEntry {
  name: string;
  /** IAM path of a user that is created. Left out: `/`. */
  path?: string;
  /** The IAM user exists already and is not managed here. */
  existing: boolean;
  /** Take over a login profile that exists already. */
  adoptExisting: boolean;
  /** The password must be changed at the next sign-in. */
  passwordResetRequired: boolean;
}

/** What each key of an entry must be. */
const KEYS: Record<keyof UserEntry, "string" | "boolean"> = {
  name: "string",
  path: "string",
  existing: "boolean",
  adoptExisting: "boolean",
  passwordResetRequired: "boolean",
};

/** Reads a users file; throws a `pulumi.RunError` that lists its mistakes. */
export function readUsersFile(path: string): UserEntry[] {
  const lines = new LineCounter();
  const document = parseDocument(textIn(path), { lineCounter: lines, prettyErrors: false });
  const mistakes: string[] = [];
  const mistake = (node: unknown, text: string) => {
    const offset = (node as { range?: [number, number, number] | null } | null | undefined)?.range?.[0] ?? 0;
    mistakes.push(`${basename(path)}:${lines.linePos(offset).line}: ${text}`);
  };

  for (const { message, pos } of document.errors) mistake({ range: pos }, message);
  const entries = mistakes.length === 0 ? entriesOf(document.contents, mistake) : [];
  if (mistakes.length > 0) throw new pulumi.RunError(mistakes.join("\n"));
  return entries;
}

function textIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new pulumi.RunError(`${basename(path)} cannot be read: ${(error as Error).message}`);
  }
}

type Mistake = (node: unknown, text: string) => void;

function entriesOf(root: unknown, mistake: Mistake): UserEntry[] {
  if (!isMap(root)) {
    mistake(root, 'the file must hold the key "users" with a list of entries');
    return [];
  }
  for (const { key } of root.items) {
    if (textOf(key) !== "users") mistake(key, `unknown key "${textOf(key)}": the file has only "users"`);
  }
  const list = root.get("users", true) as unknown;
  if (!isSeq(list)) {
    mistake(list ?? root, '"users" must be a list of entries, each with a "name"');
    return [];
  }
  const seen = new Set<string>();
  return list.items.flatMap((item) => {
    if (!isMap(item)) {
      mistake(item, 'an entry must have keys, at least "name": - name: alice');
      return [];
    }
    const entry = entryOf(item, mistake);
    // IAM does not tell upper case from lower in names.
    const user = entry?.name.toLowerCase() ?? "";
    if (entry !== undefined && seen.has(user)) mistake(item, `"name": the user "${entry.name}" is listed twice`);
    if (entry !== undefined) seen.add(user);
    return entry ?? [];
  });
}

function entryOf(item: YAMLMap, mistake: Mistake): UserEntry | undefined {
  for (const pair of item.items) checkKey(pair, mistake);
  const entry = item.toJSON() as Partial<UserEntry>;
  if (typeof entry.name !== "string" || entry.name === "") {
    if (!item.has("name")) mistake(item, 'an entry needs the key "name": the IAM user who signs in');
    return undefined;
  }
  if (entry.path !== undefined && entry.existing === true) {
    const { key } = item.items.find((pair) => textOf(pair.key) === "path") ?? {};
    mistake(key, `"path": the user "${entry.name}" exists already, so its path is not set here`);
  }
  return { existing: false, adoptExisting: false, passwordResetRequired: true, ...entry, name: entry.name };
}

function checkKey({ key, value }: Pair, mistake: Mistake): void {
  const name = textOf(key);
  const kind = Object.hasOwn(KEYS, name) ? KEYS[name as keyof UserEntry] : undefined;
  if (kind === undefined) {
    mistake(key, `unknown key "${name}": an entry may have ${Object.keys(KEYS).join(", ")}`);
  } else if (!isScalar(value) || typeof value.value !== kind || value.value === "") {
    mistake(key, `"${name}" must be ${kind === "boolean" ? "true or false" : "a text that is not empty"}`);
  } else if (name === "name" && !/^[\w+=,.@-]{1,64}$/.test(String(value.value))) {
    mistake(key, '"name" must have 1 to 64 characters of A-Z a-z 0-9 _ + = , . @ -');
  } else if (name === "path" && !/^\/([!-~]+\/)?$/.test(String(value.value))) {
    mistake(key, '"path" must begin and end with /, such as /contractors/');
  }
}

function textOf(node: unknown): string {
  return isScalar(node) ? String(node.value) : String(node);
}
