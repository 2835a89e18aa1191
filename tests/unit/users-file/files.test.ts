/** Files as people have them: what is read, and what is refused with which words. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { skeleton } from "../../../provider/src/users-file/skeleton.ts";
import { checkUsersFile, describe as line } from "../../../provider/src/users-file/users-file.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function check(content: string | Buffer) {
  const path = join(folder, "users.yaml");
  writeFileSync(path, content);
  const { users, problems } = checkUsersFile(path);
  return { users, told: problems.map((problem) => line(problem).replace(`${folder}/users.yaml:`, "")) };
}

const BOM = "\ufeff";
const ALICE = "users:\n  - name: alice\n";

function utf16le(text: string): Buffer {
  return Buffer.from(text, "utf16le");
}

function utf16be(text: string): Buffer {
  return utf16le(text).swap16();
}

/** What PowerShell 5 makes of a program's output: `program > file`. */
function byPowerShell(text: string): Buffer {
  return utf16le(`${BOM}${text.replaceAll("\n", "\r\n")}`);
}

describe("a file is read that", () => {
  test.each<[what: string, content: string | Buffer]>([
    ["PowerShell 5 wrote (UTF-16, CRLF)", byPowerShell(ALICE)],
    ["is UTF-16 the other way round", utf16be(BOM + ALICE)],
    ["Notepad wrote (UTF-8 with a byte order mark, CRLF)", `${BOM}users:\r\n  - name: alice\r\n`],
    ["has the line ends of an old Mac", "users:\r  - name: alice\r"],
    ["has line ends that were converted twice", "users:\r\r\n  - name: alice\r\r\n"],
    ["has no line end at its end", "users:\n  - name: alice"],
    ["begins with a marker and a blank", "--- \nusers:\n  - name: alice\n"],
    ["has a comment behind the marker", "--- # people\nusers:\n  - name: alice\n"],
    ["ends with dots", `${ALICE}...\n`],
    ["is JSON with a byte order mark", `${BOM}{"users":[{"name":"alice"}]}`],
    ["is JSON by PowerShell 5", byPowerShell('{\n\t"users": [\n\t\t{ "name": "alice" }\n\t]\n}\n')],
    ["is JSON with a comma too many", '{ "users": [{ "name": "alice" },], }'],
    ["is JSON with single quotes", "{ 'users': [{ 'name': 'alice' }] }"],
    ["has tabs where they are blanks", "users:\n  - name:\talice\t# a tab\n\t\n"],
    ["has a blank line with blanks", "users:\n   \n  - name: alice\n"],
  ])("%s", (_, content) => {
    const { users, told } = check(content);
    expect(told).toEqual([]);
    expect(users.map(({ name }) => name)).toEqual(["alice"]);
  });

  test.each(["yaml", "json"] as const)("our own starter in %s is, by PowerShell 5", (format) => {
    expect(check(byPowerShell(skeleton(format)))).toMatchObject({ users: { length: 3 }, told: [] });
    // In another encoding of its console, PowerShell takes what is beyond ASCII for something else.
    expect(skeleton(format)).toMatch(/^[\n -~]*$/);
  });

  test("has addresses in it, whose slashes are no comment", () => {
    const { users, told } = check('{"users":[{"name":"a","tags":{"one":"https://x // y"}}]}');
    expect(told).toEqual([]);
    expect(users[0]?.tags).toEqual({ one: "https://x // y" });
    expect(check("{users: [{name: a, tags: {one: https://x/y, two: //z}}]}").told).toEqual([]);
  });

  test.each<[form: string, content: string]>([
    ["|-", "users:\r\n  - name: a\r\n    password: |-\r\n      One\r\n      Two\r\n"],
    ["quotes", 'users:\n  - name: a\n    password: "One\\nTwo"\n'],
  ])("has a password of two lines, whatever ends them: %s", (_, content) => {
    expect(check(content).users[0]?.password?.reveal()).toBe("One\nTwo");
  });
});

const SAVE = "Save the file as UTF-8";
const CUT = "the file ends in the middle of a character: it was not saved or copied whole";
const NUL =
  "a NUL character: the file was not saved whole, or a part of it is in another encoding, as PowerShell's >> adds it. " +
  SAVE;
const BOM_INSIDE =
  "a byte order mark (U+FEFF) inside the file, where two files were put together. It is invisible: write the line anew";
const EMPTY =
  'the file is empty, and must hold the key "users" with a list of entries. "npx pulumi-aws-login-profile skeleton" ' +
  "prints one to begin with";
const TAB = "a tab as indentation, where YAML has spaces only. Replace the tabs by spaces";
const COMMENT = "a comment as in JavaScript, which neither JSON nor YAML has. YAML's begin with #";
const SECOND = "a second document. A users file has only one: remove what follows ---";
const TEMPLATE = "a template that was not filled in ({{…}} or {%…%}). Check what is made of it";
const OPEN = "the file ends where a bracket or a quote is still open: was it saved whole?";
const TWICE = "a key that is there already. Remove one of the two";
const NO_VALUE = "a key without a value. Write key: value, with a blank after the colon";
const NO_TEXT_KEY = "a key that is no text. A text that begins with a bracket must stand in quotes";
const NO_USERS = 'the file must hold the key "users" with a list of entries';
const NO_LIST = '"users" must be a list of entries, each with a "name"';
const NO_ENTRY = 'an entry must have keys, at least "name", such as - name: alice';
const NO_NAME = '"name" must be the name of an IAM user: 1 to 64 characters of A-Z a-z 0-9 _ + = , . @ -';
const BLANK = "warning: here stands U+00A0, which looks like a blank and is none to YAML. Write a blank";
const QUOTE = `warning: here stands U+201C, which looks like a quote and is none to YAML. Write " or '`;
const BEGIN = 'Write the users as YAML; "npx pulumi-aws-login-profile skeleton" prints a file to begin with';
const INDENTATION =
  "wrong indentation. Keys of one entry begin in one column, so do the dashes of a list, and brackets are closed";
const MISSING =
  "a character is missing before this place: a comma, a colon, a dash, a bracket or a quote; or the line is not indented " +
  "as those before it";
const IN_QUOTES = "A text with a colon and a blank (: ), or with # after a blank, must stand in quotes";
const NOWHERE = `something that belongs to nothing before it: a comma, a bracket or a quote is missing, or one too many. ${IN_QUOTES}`;

function encrypted(by: string, decryption: string): string {
  return (
    `the file is encrypted by ${by}, and nothing is decrypted here. Decrypt it first (${decryption}); or keep it in clear, ` +
    "and its passwords as secrets of the stack (pulumi config set --secret initialPassword:NAME)"
  );
}

function utf32(text: string, write: (unit: Buffer, code: number) => void): Buffer {
  return Buffer.concat(
    [...text].map((character) => {
      const unit = Buffer.alloc(4);
      write(unit, character.codePointAt(0) ?? 0);
      return unit;
    }),
  );
}

const ENCRYPTED_TEXT = "ENC[AES256_GCM,data:abc=,iv:def=,tag:ghi=,type:str]";

const REFUSED: Record<string, [what: string, content: string | Buffer, told: string[]][]> = {
  "its encoding": [
    ["UTF-16 without its mark", utf16le(ALICE), [`1:1: this is UTF-16 without a byte order mark. ${SAVE}`]],
    ["the same, the other way", utf16be(ALICE), [`1:1: this is UTF-16 without a byte order mark. ${SAVE}`]],
    ["UTF-16 that was cut", utf16le(BOM + ALICE).subarray(0, -1), [`2:16: ${CUT}`]],
    ["the same, the other way", utf16be(BOM + ALICE).subarray(0, -1), [`2:16: ${CUT}`]],
    [
      "UTF-16 with half a character",
      utf16le(`${BOM}users:\n  - name: a\ud800\n`),
      ["2:12: half a character (U+D800): the file was not saved or copied whole"],
    ],
    [
      "UTF-32",
      utf32(BOM + ALICE, (unit, code) => unit.writeUInt32LE(code)),
      [`1:1: this is UTF-32, which YAML files are not written in. ${SAVE}`],
    ],
    [
      "UTF-32, the other way",
      utf32(BOM + ALICE, (unit, code) => unit.writeUInt32BE(code)),
      [`1:1: this is UTF-32, which YAML files are not written in. ${SAVE}`],
    ],
    [
      "UTF-32 without its mark",
      utf32(ALICE, (unit, code) => unit.writeUInt32LE(code)),
      [`1:1: this is UTF-32 without a byte order mark. ${SAVE}`],
    ],
    [
      "Latin-1",
      Buffer.from("users:\n  - name: alice\n    tags: { city: Köln }\n", "latin1"),
      [`3:20: this is not UTF-8 (byte 0xF6), but Latin-1, Windows-1252 or another encoding of one byte. ${SAVE}`],
    ],
    [
      "Latin-1 behind a character that once was something else",
      Buffer.concat([Buffer.from("# K\ufffdln\nusers: # "), Buffer.from("é\n", "latin1")]),
      [`2:10: this is not UTF-8 (byte 0xE9), but Latin-1, Windows-1252 or another encoding of one byte. ${SAVE}`],
    ],
    ["UTF-8 that was cut", Buffer.from("users:\n  - name: alice # Kö").subarray(0, -1), [`2:20: ${CUT}`]],
    ["a NUL", "users:\n  - name: ali\0ce\n", [`2:14: ${NUL}`]],
    ["nothing but NULs, as after a crash", Buffer.alloc(64), [`1:1: ${NUL}`]],
    [
      "what PowerShell 5 added by >>",
      Buffer.concat([Buffer.from(ALICE), utf16le("  - name: bob\r\n")]),
      [`3:2: ${NUL}`],
    ],
    ["a byte order mark in its middle", `${ALICE}${BOM}  - name: bob\n`, [`3:1: ${BOM_INSIDE}`]],
    ["two byte order marks", `${BOM}${BOM}${ALICE}`, [`1:1: ${BOM_INSIDE}`]],
    ["the end mark of DOS", `${ALICE}\x1a`, ["3:1: a control character (U+001A), which no one can see. Remove it"]],
    [
      "the colours of a terminal",
      "users:\n  - name: \x1b[31malice\n",
      ["2:11: a control character (U+001B), which no one can see. Remove it"],
    ],
  ],
  "what it is": [
    ["no byte", "", [`1:1: ${EMPTY}`]],
    ["a byte order mark alone", BOM, [`1:1: ${EMPTY}`]],
    ["blank lines", "\r\n\r\n", [`1:1: ${EMPTY}`]],
    ["comments", "# nobody yet\n", [`1:1: ${EMPTY}`]],
    ["a marker", "---\n", [`1:1: ${EMPTY}`]],
    [
      "Ansible Vault",
      "$ANSIBLE_VAULT;1.1;AES256\n6231\n",
      [`1:1: ${encrypted("Ansible Vault", "ansible-vault view")}`],
    ],
    [
      "Ansible Vault by PowerShell 5",
      byPowerShell("$ANSIBLE_VAULT;1.2;AES256;prod\n6231\n"),
      [`1:1: ${encrypted("Ansible Vault", "ansible-vault view")}`],
    ],
    [
      "a value of Ansible Vault",
      "users:\n  - name: a\n    password: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6231\n",
      [
        "3:15: a value encrypted by Ansible Vault, and nothing is decrypted here. Make the password a secret of the stack " +
          "(pulumi config set --secret initialPassword:NAME), and remove it here",
      ],
    ],
    [
      "SOPS",
      `users:\n  - name: ${ENCRYPTED_TEXT}\nsops:\n  mac: ${ENCRYPTED_TEXT}\n  version: 3.9.0\n`,
      [`3:1: ${encrypted("SOPS", "sops --decrypt")}`],
    ],
    [
      "SOPS in JSON, only passwords encrypted",
      `{"users":[{"name":"a","password":"${ENCRYPTED_TEXT}"}],"sops":{"version":"3.9.0"}}`,
      [`1:90: ${encrypted("SOPS", "sops --decrypt")}`],
    ],
    ["age", "age-encryption.org/v1\n-> X25519 abc\n", [`1:1: ${encrypted("age", "age --decrypt")}`]],
    ["age, armored", "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", [`1:1: ${encrypted("age", "age --decrypt")}`]],
    ["PGP", "-----BEGIN PGP MESSAGE-----\n\nhQ\n", [`1:1: ${encrypted("PGP", "gpg --decrypt")}`]],
    [
      "git-crypt",
      Buffer.from("\0GITCRYPT\0\x12\x34"),
      ['1:1: the file is encrypted by git-crypt, and nothing is decrypted here. Run "git-crypt unlock" first'],
    ],
    [
      "a pointer of Git LFS",
      "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3\n",
      ['1:1: this is a pointer of Git LFS, not the file. Run "git lfs pull" first'],
    ],
    [
      "a merge with a conflict",
      "users:\n<<<<<<< HEAD\n  - name: a\n=======\n  - name: b\n>>>>>>> other\n",
      ["2:1: a conflict of a merge that was not resolved (<<<<<<<). Resolve it"],
    ],
    [
      "a spreadsheet",
      Buffer.from("PK\x03\x04\x14\x00\x06\x00"),
      [`1:1: this is a spreadsheet, a document or an archive. ${BEGIN}`],
    ],
    ["a PDF", "%PDF-1.7\n", [`1:1: this is a document. ${BEGIN}`]],
    [
      "a compressed file",
      Buffer.from([0x1f, 0x8b, 8, 0]),
      ["1:1: this is compressed by gzip. Unpack it first (gunzip)"],
    ],
    [
      "the table of the IAM console",
      "User name,Password,Console sign-in URL\r\nalice,Hunter2,https://x\r\n",
      [`1:1: this is a table of values with separators (CSV). ${BEGIN}`],
    ],
    [
      "a table by Excel",
      byPowerShell("name;path\nalice;/a/\n"),
      [`1:1: this is a table of values with separators (CSV). ${BEGIN}`],
    ],
    [
      "a page to sign in",
      "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n",
      ["1:1: this is an HTML page, perhaps of a sign-in, in place of the file. Download it anew"],
    ],
    ["XML", "<?xml version='1.0'?>\n<users/>\n", [`1:1: this is XML. ${BEGIN}`]],
    ["a template", "users:\n  - name: {{ user }}\n", [`2:12: ${TEMPLATE}`]],
    [
      "a template with a loop",
      "users:\n{% for user in users %}\n  - name: x\n{% endfor %}\n",
      [`2:1: ${TEMPLATE}`, `4:1: ${TEMPLATE}`],
    ],
    ["settings of a shell", "ALICE=Hunter2\n", [`1:1: ${NO_USERS}`]],
    ["a list of names", '["alice", "bob"]', [`1:2: ${NO_ENTRY}`, `1:11: ${NO_ENTRY}`]],
    ["a map of users", "users:\n  alice:\n    path: /a/\n", [`2:3: ${NO_LIST}`]],
    ["two documents", `${ALICE}---\n${ALICE}`, [`3:1: ${SECOND}`]],
    ["an empty document, and another", `---\n---\n${ALICE}`, [`2:1: ${SECOND}`]],
    ["the head of a page", `---\n${ALICE}---\n`, [`4:1: ${SECOND}`]],
    [
      "a directive that means nothing",
      `%FOO bar\n---\n${ALICE}`,
      ["1:1: a line that begins with % in front of the document. Remove it"],
    ],
  ],
  "its tabs": [
    ["a list", "users:\n\t- name: alice\n", [`2:1: ${TAB}`]],
    ["all lines, told once", `users:\n${"\t- name: alice\n".repeat(500)}`, [`2:1: ${TAB}`]],
    ["a key", "users:\n  - name: alice\n\tpath: /a/\n", [`3:1: ${TAB}`]],
    ["a key, behind blanks", "users:\n  - name: alice\n  \tpath: /a/\n", [`3:3: ${TAB}`]],
    ["a map in an entry", "users:\n  - name: alice\n    tags:\n\t\tteam: a\n", [`4:1: ${TAB}`]],
    ["a text of several lines", "users:\n  - name: alice\n    password: |\n\t\tHunter2\n", [`4:1: ${TAB}`]],
    ["behind a dash", "users:\n  -\tname: alice\n", [`2:4: ${TAB}`]],
    ["the first line", "\tusers:\n\t\t- name: alice\n", [`1:1: ${TAB}`]],
    [
      "of JSON, where another thing is wrong",
      '{\n\t"users": [\n\t\t{ "name": "alice" "path": "/a/" }\n\t]\n}\n',
      ["3:13: lines with keys or dashes inside of brackets, or a comma that is missing before this place"],
    ],
  ],
  "what looks alike": [
    [
      "no-break spaces as indentation",
      "users:\n\u00a0\u00a0- name: alice\n",
      [`1:7: ${NO_LIST}`, "2:1: unknown key, with the character U+00A0 in it. The keys are users", `2:1: ${BLANK}`],
    ],
    ["one behind a dash", "users:\n  -\u00a0name: alice\n", [`2:3: ${NO_LIST}`, `2:4: ${BLANK}`]],
    ["one behind a colon", "users:\n  - name:\u00a0alice\n", [`2:5: ${NO_ENTRY}`, `2:10: ${BLANK}`]],
    ["one behind a name", "users:\n  - name: alice\u00a0\n", [`2:11: ${NO_NAME}`, `2:16: ${BLANK}`]],
    ["one in front of a key", "users:\n  - name: alice\n   \u00a0path: /a/\n", [`3:1: ${MISSING}`, `3:4: ${BLANK}`]],
    ["curly quotes", "users:\n  - name: “alice”\n", [`2:11: ${NO_NAME}`, `2:11: ${QUOTE}`]],
    [
      "curly quotes around a group",
      "users:\n  - name: alice\n    groups: [“developers”]\n",
      [
        '3:14: each of "groups" must be the name of an IAM group: 1 to 128 characters of A-Z a-z 0-9 _ + = , . @ -',
        `3:14: ${QUOTE}`,
      ],
    ],
    [
      "curly quotes around keys",
      "{ “users”: [{ “name”: “alice” }] }",
      [`1:1: ${NO_USERS}`, '1:3: unknown key, with the character U+201C in it. Did you mean "users"?', `1:3: ${QUOTE}`],
    ],
    [
      "a dash of a word processor",
      "users:\n  – name: alice\n",
      [`2:3: ${NO_LIST}`, "2:3: warning: here stands U+2013, which looks like a hyphen and is none. Write -"],
    ],
    [
      "a wide colon",
      "users：\n  - name: alice\n",
      [
        "1:1: a line without a key, or a key without its colon",
        "1:6: warning: here stands U+FF1A, which looks like a colon and is none. Write : and a blank",
      ],
    ],
    [
      "what cannot be seen",
      "users:\n  - name: ali\u200bce\n",
      [`2:11: ${NO_NAME}`, "2:14: warning: here stands U+200B, which cannot be seen. Remove it"],
    ],
  ],
  "its commas, quotes and colons": [
    ["a comment in JSON", '{\n  // people\n  "users": [{ "name": "alice" }]\n}', [`2:3: ${COMMENT}`]],
    ["a long comment in JSON", '{\n  /* people */\n  "users": [{ "name": "alice" }]\n}', [`2:3: ${COMMENT}`]],
    ["one behind a list", '{\n  "users": [{ "name": "alice" }] // people\n}', [`2:34: ${COMMENT}`]],
    ["one behind a value", '{ "users": [{ "name": "alice", "existing": true // yes\n}] }', [`1:49: ${COMMENT}`]],
    ["one in front of JSON", '// people\n{ "users": [] }', [`1:1: ${COMMENT}`]],
    ["one in YAML", "users:\n  // people\n  - name: alice\n", [`2:3: ${COMMENT}`]],
    ["JSON that was cut", '{ "users": [{ "name": "ali', [`1:27: ${OPEN}`]],
    ["a quote that is not closed", 'users:\n  - name: alice\n    path: "/a/\n', [`4:1: ${OPEN}`]],
    ["lines of JSON", '{"UserName":"a"}\n{"UserName":"b"}\n', [`2:1: ${NOWHERE}`]],
    ["JSON with a key twice", '{ "users": [{ "name": "a", "name": "b" }] }', [`1:28: ${TWICE}`]],
    ["a key twice", "users:\n  - name: a\nusers:\n  - name: b\n", [`3:1: ${TWICE}`]],
    ["a number as key, twice", "users:\n  - name: a\n    1: x\n    '1': y\n", [`4:5: ${TWICE}`]],
    ["no blank behind a colon", "users:\n  - name:alice\n", [`2:5: ${NO_ENTRY}`]],
    ["the same, in brackets", "users:\n  - { name: a, password:Hunter2 }\n", [`2:16: ${NO_VALUE}`]],
    ["a comma for a colon", "users:\n  - { name: a, password, Hunter2 }\n", [`2:16: ${NO_VALUE}`]],
    ["a map as key", "users:\n  - { name: a, { password: Hunter2 }: 1 }\n", [`2:16: ${NO_TEXT_KEY}`]],
    ["a list as key", "users:\n  - name: a\n    ? [password, Hunter2]\n    : 1\n", [`3:7: ${NO_TEXT_KEY}`]],
    [
      "a blank in a key",
      "users:\n  - name: a\n    password Hunter2: x\n",
      ['3:5: unknown key, with the character U+0020 in it. Did you mean "passwordLength"?'],
    ],
    [
      "a colon in a value",
      "users:\n  - name: a\n    password: Hunter2: x\n",
      [`3:15: a second key in one line. ${IN_QUOTES}`],
    ],
    ["a quote in quotes", "users:\n  - name: a\n    path: '/it's/'\n", [`3:16: ${NOWHERE}`]],
    ["an entry too far to the right", "users:\n - name: a\n  - name: b\n", [`3:3: ${INDENTATION}`]],
    ["a key too far to the left", "users:\n  - name: a\n   path: /a/\n", [`3:1: ${MISSING}`]],
    [
      "brackets without end",
      `users: ${"[".repeat(20_000)}`,
      [expect.stringMatching(/^1:\d+: this is nested too deep$/) as never],
    ],
    [
      "an unknown tag",
      "users:\n  - name: !Ref Alice\n",
      ["2:11: an unknown tag (!…). A text that begins with ! must stand in quotes"],
    ],
    [
      "bytes",
      "users:\n  - name: a\n    rotationTriggers: { x: !!binary YQ== }\n",
      ["3:28: an unknown tag (!…). A text that begins with ! must stand in quotes"],
    ],
    [
      "a key that acts on terminals and logs",
      'users:\n  - name: a\n    "\\n::error::\\e[31m": x\n',
      [
        expect.stringMatching(
          /^3:5: unknown key, with the character U\+000A in it\. The keys are name, [\w, ]+$/,
        ) as never,
      ],
    ],
    [
      "a tag that acts on terminals",
      'users:\n  - name: a\n    tags: { "x\\e[31m\\u00a0": 1 }\n',
      ['3:30: "x\\u{001B}[31m\\u{00A0}" must be a text, not a number. Put it in quotes'],
    ],
  ],
};

describe.each(Object.entries(REFUSED))("a file is refused for %s:", (_, rows) => {
  test.each(rows)("%s", (_, content, told) => {
    expect(check(content).told).toEqual(told);
  });
});

describe("no message shows a password", () => {
  const PASSWORD = "Hunter2-Hunter2";
  const FILES = [
    `users:\n  - name: alice\n    password: ${PASSWORD}\n    groups: [a, b]\n  - name: bob\n`,
    `users:\n  - { name: alice, password: ${PASSWORD}, tags: { a: b } }\n`,
    JSON.stringify({ users: [{ name: "alice", password: PASSWORD, existing: true }] }, undefined, 1),
    JSON.stringify({ UserName: "alice", Password: PASSWORD, PasswordResetRequired: true }),
  ];
  /** What a slip of the hand adds, or puts in the place of something. */
  const SLIPS = [
    "",
    " ",
    "\n",
    "\t",
    ":",
    ": ",
    ",",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    "#",
    "-",
    "?",
    "&",
    "*",
    "!",
    "|",
    "\\",
    "\0",
    "“",
  ];

  test("after any slip, and any two", () => {
    const slip = fc.record({ at: fc.nat(), length: fc.nat(3), text: fc.constantFrom(...SLIPS) });
    let mistaken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...FILES), fc.array(slip, { minLength: 1, maxLength: 2 }), (file, slips) => {
        const slipped = slips.reduce((text, { at, length, text: added }) => {
          const place = at % (text.length + 1);
          // What is in the password itself may be anything.
          const start = text.indexOf(PASSWORD);
          if (start >= 0 && place + length > start && place < start + PASSWORD.length) return text;
          return text.slice(0, place) + added + text.slice(place + length);
        }, file);
        const { told } = check(slipped);
        if (told.some((line) => !line.includes(": warning: "))) mistaken++;
        expect(told.join("\n")).not.toContain("Hunter2");
      }),
      { numRuns: 1000 },
    );
    expect(mistaken).toBeGreaterThan(300);
  });
});
