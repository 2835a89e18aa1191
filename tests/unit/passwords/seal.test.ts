import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PASSWORD } from "../../../provider/src/common/limits.ts";
import { PrivateFolder } from "../../../provider/src/common/private-folder.ts";
import { Seal, SealOpener } from "../../../provider/src/passwords/seal.ts";
import { run } from "../../support/processes.ts";

let place: string;
let folder: PrivateFolder;
let opener: SealOpener;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "seal-"));
  folder = new PrivateFolder([place]);
  opener = new SealOpener(folder);
});

afterEach(() => rmSync(place, { recursive: true, force: true }));

test("whatever is sealed is opened again, and stands nowhere in the sealed text", () => {
  const seal = new Seal(folder);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (password) => {
      const sealed = seal.seal(password);
      expect(opener.open(sealed)?.reveal()).toBe(password);
      if (password.length > 4) expect(sealed).not.toContain(password);
    }),
  );
});

test("a sealed text tells neither the password's length nor whether it is the same as another", () => {
  const seal = new Seal(folder);
  const lengths = ["x", "x".repeat(PASSWORD.most), "ÿ".repeat(PASSWORD.most)].map((text) => seal.seal(text).length);
  expect(new Set(lengths).size).toBe(1);
  expect(seal.seal("same")).not.toBe(seal.seal("same"));
});

test("a sealed text is no password that IAM takes, so whoever cannot open it sets none", () => {
  expect(new Seal(folder).seal("password")).toMatch(PASSWORD.forbidden);
});

test("what is no sealed text is left alone", () => {
  for (const text of ["", "sealed:", "a password", new Seal(folder).seal("x").slice(1)]) {
    expect(opener.open(text)).toBeUndefined();
  }
});

test("each run has another key, which stands in one private file and nowhere else", () => {
  const [one, other] = [new Seal(folder), new Seal(folder)];
  const keys = readdirSync(place).map((file) => readFileSync(join(place, file)));
  expect(keys.map(({ length }) => length)).toEqual([32, 32]);
  expect(keys[0]?.equals(keys[1] as Buffer)).toBe(false);
  for (const key of keys) {
    for (const shown of [
      inspect(one, { depth: 9, showHidden: true }),
      JSON.stringify(one),
      one.seal("x"),
      other.seal("x"),
    ]) {
      for (const encoding of ["hex", "base64", "base64url"] as const)
        expect(shown).not.toContain(key.toString(encoding));
    }
  }
});

const GONE = /password is sealed, and the key of the run that sealed it is not there\. .* run pulumi up again/;
const CHANGED = /password is sealed, and what arrived is not what was sealed\. .* run pulumi up again/;

test("once its run is over, a sealed text is an error that says what to do", () => {
  const seal = new Seal(folder);
  const sealed = seal.seal("password");
  seal.remove();
  expect(readdirSync(place)).toEqual([]);
  expect(() => opener.open(sealed)).toThrow(GONE);
});

test("a sealed text that was changed is an error, wherever it was changed", () => {
  const sealed = new Seal(folder).seal("password");
  const start = sealed.indexOf(".") + 1;
  for (let at = start; at < sealed.length; at += 13) {
    const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
    expect(() => opener.open(changed)).toThrow(CHANGED);
  }
  for (const cut of [sealed.slice(0, start), sealed.slice(0, -8), `${sealed}AAAA`, sealed.slice(0, start - 1)]) {
    expect(() => opener.open(cut)).toThrow(CHANGED);
  }
});

test("a sealed text of another run's key is an error", () => {
  const [one, other] = [new Seal(folder).seal("password"), new Seal(folder).seal("password")];
  const exchanged = one.slice(0, one.indexOf(".")) + other.slice(other.indexOf("."));
  expect(() => opener.open(exchanged)).toThrow(CHANGED);
});

test.each(["../../etc/passwd", "/etc/passwd", "seal-1", `other-00000000-1-${"0".repeat(32)}`, ""])(
  "no file of the name %j is opened",
  (name) => {
    const sealed = new Seal(folder).seal("password");
    const [mark] = /^.*sealed:/u.exec(sealed) ?? [];
    writeFileSync(join(place, "seal-1"), Buffer.alloc(32), { mode: 0o600 });
    writeFileSync(join(place, `other-00000000-1-${"0".repeat(32)}`), Buffer.alloc(32), { mode: 0o600 });
    expect(() => opener.open(`${mark}${name}${sealed.slice(sealed.indexOf("."))}`)).toThrow(GONE);
  },
);

test("a key that is no key is as none", () => {
  const sealed = new Seal(folder).seal("password");
  for (const file of readdirSync(place)) writeFileSync(join(place, file), "short");
  expect(() => opener.open(sealed)).toThrow(GONE);
});

test("the key of a program that has ended is removed, and that of a killed one by the next", async () => {
  const script = join(place, "..", `${place.split("/").at(-1)}.mts`);
  const source = join(process.cwd(), "provider", "dist");
  writeFileSync(
    script,
    `import { createRequire } from "node:module";
const require = createRequire("${source}/");
const { Seal } = require("${source}/passwords/seal.js");
const { PrivateFolder } = require("${source}/common/private-folder.js");
new Seal(new PrivateFolder(["${place}"]));
new Seal(new PrivateFolder(["${place}"]));
if (process.argv[2] === "killed") process.kill(process.pid, "SIGKILL");
if (process.argv[2] === "failed") throw new Error("failed");
`,
  );
  try {
    for (const how of ["ended", "failed"]) {
      await run("node", [script, how], {});
      expect(readdirSync(place)).toEqual([]);
    }
    await run("node", [script, "killed"], {});
    expect(readdirSync(place)).toHaveLength(2);
    new Seal(folder);
    expect(readdirSync(place)).toHaveLength(1);
  } finally {
    rmSync(script);
  }
});
