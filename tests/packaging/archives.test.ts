/** The plugin's archives: the same bytes twice, complete, and clear about what they need. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ROOT, SCRATCH } from "../support/lab.ts";

interface Component {
  name: string;
  version: string;
  licenses: { expression: string }[];
}

let folder: string;

beforeAll(() => {
  mkdirSync(SCRATCH, { recursive: true });
  folder = mkdtempSync(join(SCRATCH, "release-"));
  for (const name of ["first", "second"]) {
    const args = [join("tools", "release", "build.ts"), "--repository", "acme/passwords", "--only", "archives"];
    const { status, stderr } = spawnSync("node", [...args, "--into", join(folder, name)], {
      cwd: ROOT,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (...way: string[]) => readFileSync(join(folder, "first", ...way), "utf8");
const plugin = () => join(folder, "first", "stage", "plugin");

test("two builds give the same archives, and those of all targets are one", () => {
  const sums = read("archives", "SHA256SUMS");
  expect(readFileSync(join(folder, "second", "archives", "SHA256SUMS"), "utf8")).toBe(sums);
  const archives = sums.split("\n").filter((line) => line.endsWith(".tar.gz"));
  expect(archives.map((line) => line.slice(66))).toEqual(
    ["linux", "darwin", "windows"].flatMap((system) =>
      ["amd64", "arm64"].map(
        (processor) => `pulumi-resource-aws-login-profile-v${version}-${system}-${processor}.tar.gz`,
      ),
    ),
  );
  expect(new Set(archives.map((line) => line.slice(0, 64))).size).toBe(1);
});

const { version } = JSON.parse(readFileSync(join(ROOT, "provider", "package.json"), "utf8"));

test("the checksums are those that sha256sum finds", () => {
  const { status } = spawnSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], {
    cwd: join(folder, "first", "archives"),
  });
  expect(status).toBe(0);
});

test("the schema in the archive says where the plugin is downloaded from", () => {
  const schema = JSON.parse(readFileSync(join(plugin(), "schema.json"), "utf8"));
  expect(schema).toMatchObject({ version, pluginDownloadURL: "github://api.github.com/acme/passwords" });
});

describe("what others wrote", () => {
  const components = (): Component[] => JSON.parse(read("archives", "sbom.cdx.json")).components;

  test("stands in the bill of materials and in the notices, with its licence", () => {
    const notices = readFileSync(join(plugin(), "THIRD-PARTY-NOTICES"), "utf8");
    const names = components().map((one) => `${one.name} ${one.version}`);
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !notices.includes(`\n${name}, `))).toEqual([]);
  });

  test("is under licences that let it be passed on so", () => {
    const allowed = /^\(?(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|LGPL-3\.0\+|0BSD)( (AND|OR) |\)?$)/;
    const others = components().filter(({ licenses }) => !allowed.test(licenses[0]?.expression ?? ""));
    expect(others.map(({ name }) => name)).toEqual([]);
    const lesser = components().filter(({ licenses }) => licenses[0]?.expression.startsWith("LGPL"));
    expect(lesser.map(({ name }) => name)).toEqual(["openpgp"]);
  });

  test("under the LGPL is a file of its own, with its licences, which the plugin takes from there", () => {
    const apart = join(plugin(), "node_modules", "openpgp");
    expect(readFileSync(join(apart, "LICENSE"), "utf8")).toContain("LESSER GENERAL PUBLIC LICENSE");
    expect(readFileSync(join(apart, "COPYING"), "utf8")).toContain("GNU GENERAL PUBLIC LICENSE");
    for (const file of ["main.js", "components.js"]) {
      expect(readFileSync(join(plugin(), "dist", "plugin", file), "utf8")).not.toContain("OpenPGP.js v");
    }
    expect(readFileSync(join(plugin(), "dist", "plugin", "main.js"), "utf8")).toContain('import("openpgp")');
  });
});

describe("where Node.js 22 is missing, the plugin says so", () => {
  test("without any Node.js", () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const started = spawnSync("/bin/sh", [join(plugin(), "pulumi-resource-aws-login-profile")], {
      env: { PATH: bin },
      encoding: "utf8",
    });
    expect(started).toMatchObject({ status: 1, stdout: "" });
    expect(started.stderr).toBe(
      "The Pulumi plugin aws-login-profile needs Node.js 22 or later, and there is no node on the PATH: install it from nodejs.org.\n",
    );
  });

  test("with an older one, in words that it understands", () => {
    const said: string[] = [];
    const start = readFileSync(join(plugin(), "dist", "start.cjs"), "utf8");
    expect(start).not.toMatch(/=>|const |let |`/);
    const ended = new Error("ended");
    const older = {
      process: {
        versions: { node: "18.20.4" },
        execPath: "/opt/node18/bin/node",
        exit: () => {
          throw ended;
        },
      },
      console: { error: (line: string) => said.push(line) },
      parseInt,
    };
    expect(() => runInNewContext(start, older)).toThrow(ended);
    expect(said).toEqual([
      "The Pulumi plugin aws-login-profile needs Node.js 22 or later; the node on the PATH is 18.20.4: /opt/node18/bin/node",
    ]);
  });

  test("on Windows too", () => {
    const script = readFileSync(join(plugin(), "pulumi-resource-aws-login-profile.cmd"), "utf8");
    expect(script).toMatch(
      /^@where node >nul 2>nul\r\n@if errorlevel 1 \(\r\n {2}@echo .*Node\.js 22 or later.* 1>&2\r\n/,
    );
    expect(script.split("\r\n").every((line) => !line.includes("\n"))).toBe(true);
  });
});
