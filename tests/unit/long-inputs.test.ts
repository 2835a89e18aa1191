/** What people, or those who mean harm, hand over may be long: no reader takes more than time in proportion to it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { certificatesIn } from "../../provider/src/aws/certificates.ts";
import { connectionProblems } from "../../provider/src/aws/connection.ts";
import { lookalike, readable } from "../../provider/src/aws/ini-text.ts";
import { bypass } from "../../provider/src/aws/proxies.ts";
import { proxyIn } from "../../provider/src/aws/proxy-url.ts";
import * as kinds from "../../provider/src/aws/setting-kinds.ts";
import { LoginProfileError } from "../../provider/src/common/errors.ts";
import { LONGEST_KEY } from "../../provider/src/common/limits.ts";
import { validate } from "../../provider/src/lifecycle/validation.ts";
import { settingsProblems } from "../../provider/src/plugin/settings.ts";
import { readRecipients, recipientProblems } from "../../provider/src/recipients/recipients.ts";
import { readYaml } from "../../provider/src/users-file/located-yaml.ts";
import { checkUsersFile } from "../../provider/src/users-file/users-file.ts";
import { growth } from "../support/growth.ts";

const KIB = 1024;
/** Where time in the square of the length is seconds. */
const LENGTH = 80 * KIB;

const folder = mkdtempSync(join(tmpdir(), "long-inputs-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, "file");
  writeFileSync(path, text);
  return path;
}

function repeated(text: string, length: number): string {
  return text.repeat(Math.ceil(length / text.length)).slice(0, length);
}

const [BEGIN, END] = ["-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "\n-----END PGP PUBLIC KEY BLOCK-----"];

/** What reading comes to: a value, or an error that is meant for users. */
function refusing(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): LoginProfileError {
  if (error instanceof LoginProfileError) return error;
  throw error;
}

/** Texts of a length, each of what some reader looks for. */
const TEXTS: Record<string, (length: number) => string> = {
  ...Object.fromEntries(
    Object.entries({
      dashes: "-",
      digits: "1",
      dots: ".",
      "names with dots": "a.",
      slashes: "https://a/".padEnd(LENGTH, "/"),
      colons: ":",
      commas: "a,",
      base64: "A",
      "percent signs": "%41",
      brackets: "[",
      quotes: `"'`,
      "signs of equality": "a = ",
      "keys that begin": BEGIN,
      "certificates that begin": "-----BEGIN CERTIFICATE-----\n",
      "keys without content": `${BEGIN}\n${END}\n`,
      "list items": "- 1\n",
      aliases: "- &a 1\n- *a\n",
      "letters beyond ASCII": "é.",
      "no-break spaces": "\u00a0",
      "escaped quotes in brackets": '["\\',
      "comments as in JavaScript": "{ a // b\n",
    }).map(([name, text]) => [name, (length: number) => repeated(text, length)]),
  ),
  "blanks between letters": (length) => `a${repeated(" ", length)}a`,
  "empty lines": (length) => `a${repeated("\n", length)}a`,
  "slashes in a URL": (length) => `https://a${repeated("/", length)}a`,
  "a role": (length) => `arn:aws:iam::${repeated("1", length)}`,
  "an age recipient": (length) => `age1${repeated("1", length)}`,
  "a key of blanks": (length) => `${BEGIN}\n${repeated(" ", length)}a${END}`,
  "a key of dashes": (length) => `${BEGIN}\n${repeated("-", length)}${END}`,
  "a key of line ends that are written out": (length) => `${BEGIN.trim()}${repeated("\\n", length)}${END.trim()}`,
  "a key of backslashes": (length) => `${BEGIN.trim()}${repeated("\\", length)}n${END.trim()}`,
  "a key of headers": (length) => `${BEGIN}${repeated("a: b\n", length)}${END}`,
  "different anchors": (length) =>
    repeated(Array.from({ length: 9999 }, (_, at) => `- &a${at} 1\n- *a${at}\n`).join(""), length),
  "different keys": (length) => repeated(Array.from({ length: 9999 }, (_, at) => `k${at}: 1\n`).join(""), length),
};

const { flag, seconds, server, ...others } = kinds;
const KINDS_OF_SETTINGS = [
  flag(),
  seconds(1),
  server("https://a"),
  ...Object.values(others).filter((kind) => "read" in kind),
];

/** What reads texts of others. */
const READERS: Record<string, (text: string) => unknown> = {
  recipientProblems: (text) => [recipientProblems({ pgpKey: text }), recipientProblems({ ageRecipients: text })],
  readRecipients: async (text) => [
    await readRecipients({ pgpKey: text }),
    await readRecipients({ pgpKey: `${BEGIN}${text}${END}` }),
    await readRecipients({ ageRecipients: text }),
  ],
  validate: (text) => [validate({ userName: text, password: text }), validate({ [text]: 1 })],
  readYaml,
  checkUsersFile: (text) => checkUsersFile(file(text)),
  connectionProblems: (text) =>
    connectionProblems({
      region: text,
      endpoint: text,
      [text]: 1,
      assumeRole: { roleArn: text, duration: text, policyArns: [text], [text]: 1 },
    }),
  "the kinds of settings": (text) =>
    KINDS_OF_SETTINGS.map((kind) =>
      [text, JSON.stringify(text), JSON.stringify([{ roleArn: text, duration: text, iam: text }])].map((written) =>
        refusing(() => kind.read(written, "a setting")),
      ),
    ),
  settingsProblems: (text) => settingsProblems({ [text]: text }),
  bypass: (text) => [bypass(text)("example.com", 443), bypass(".example.com")(text, 443)],
  proxyIn: (text) => refusing(() => proxyIn(text, "a setting")),
  "the shared files of AWS": (text) => [readable(text, text), lookalike("a", text, text), lookalike(text, text, text)],
  certificatesIn: (text) => certificatesIn({ path: file(text), from: "a setting" }).catch(refusal),
};

describe.each(Object.entries(READERS))("%s takes time in proportion to", (_, read) => {
  test.each(Object.entries(TEXTS))("%s", async (_, textOf) => {
    expect(await growth(read, textOf, LENGTH)).toBeLessThan(1.5);
  });
});

test.each(["pgpKey", "ageRecipients"])("what is longer than any key is none, and is not read: %s", async (argument) => {
  const text = "A".repeat(LONGEST_KEY + 1);
  const reason = new RegExp(`^${argument} has 1048577 characters, and no key has more than 1048576\\. Give a`);
  expect(recipientProblems({ [argument]: text })).toEqual([
    { property: argument, secret: true, reason: expect.stringMatching(reason) },
  ]);
});
