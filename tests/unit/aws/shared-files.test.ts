/** The shared files as people have them, and the profile that is found in them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { awsSettings } from "../../../provider/src/aws/aws-settings.ts";
import { stackSettings } from "../../../provider/src/aws/settings.ts";
import { sharedFiles } from "../../../provider/src/aws/shared-files.ts";

let home: string;
const usual = { ...process.env };

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "home-"));
  mkdirSync(join(home, ".aws"));
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  process.env.HOME = home;
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
  for (const name of Object.keys(process.env)) if (!(name in usual)) delete process.env[name];
  Object.assign(process.env, usual);
});

const write = (name: "config" | "credentials", text: string | Uint8Array) =>
  writeFileSync(join(home, ".aws", name), text);
const read = (profile?: string) =>
  sharedFiles(awsSettings(stackSettings((key) => (key === "aws:profile" ? profile : undefined))));

describe("a profile is found", () => {
  test.each<[name: string, how: string, config: string]>([
    ["my prof", "in double quotes", '[profile "my prof"]\nregion = r-1\n'],
    ["my prof", "in single quotes", "[profile 'my prof']\nregion = r-1\n"],
    ["plain", "in quotes that it does not need", '[profile "plain"]\nregion = r-1\n'],
    ["plain", "behind a tab", "[profile\tplain]\nregion = r-1\n"],
    ["plain", "among blanks, with a comment", "  [ profile   plain ]  # the office's\nregion = r-1\n"],
    ["jürgen", "with a letter beyond ASCII", "[profile jürgen]\nregion = r-1\n"],
    ["a+b@x.com", "with signs", "[profile a+b@x.com]\nregion = r-1\n"],
    ["a (old), b", "with other signs", '[profile "a (old), b"]\nregion = r-1\n'],
    ["plain", "with blanks and tabs around the equals sign", "[profile plain]\nregion\t =\tr-1 \n"],
    ["plain", "with keys in capitals", "[profile plain]\nRegion = r-1\n"],
    ["plain", "with an inline comment", "[profile plain]\nregion = r-1 ; nearest\n"],
    ["plain", "with comments of both kinds", "# mine\n[profile plain]\n; here\nregion = r-1\n"],
    ["plain", "with lines that end as on Windows", "[profile plain]\r\nregion = r-1\r\noutput = json\r\n"],
    [
      "plain",
      "behind a block of another service",
      "[profile plain]\ns3 =\n  region = r-2\n  max_queue_size = 9\nregion = r-1\n",
    ],
    [
      "plain",
      "in two sections",
      "[profile plain]\noutput = json\n[profile b]\nregion = r-2\n[profile plain]\nregion = r-1\n",
    ],
    ["default", "as default", "[default]\nregion = r-1\n"],
    [
      "default",
      "as a profile named default, before the short form",
      "[default]\nregion = r-2\n[profile default]\nregion = r-1\n",
    ],
    ["plain", "behind a byte order mark", "\uFEFF[profile plain]\nregion = r-1\n"],
  ])("%s, %s", async (name, _, config) => {
    write("config", config);
    expect(await read(name)).toMatchObject({ profileName: name, profile: { region: "r-1" } });
  });

  test.each(["utf-16le", "utf-16be"])("in a file that PowerShell wrote, in %s", async (encoding) => {
    const bytes = Buffer.from("\uFEFF[profile plain]\r\nregion = r-1\r\n", "utf16le");
    write("config", encoding === "utf-16le" ? bytes : bytes.swap16());
    expect((await read("plain")).profile.region).toBe("r-1");
  });

  test.each(["plain", "my prof", "three word name", "jürgen", "profile x", "default"])(
    "in the credentials file alone: %s",
    async (name) => {
      write(
        "credentials",
        `[other]\naws_access_key_id = NOT\n\n[${name}]\naws_access_key_id = KEY\nAWS_SECRET_ACCESS_KEY = s\n\n[last]\naws_access_key_id = NOT\n`,
      );
      expect((await read(name)).profile).toEqual({ aws_access_key_id: "KEY", aws_secret_access_key: "s" });
    },
  );

  test.each(["plain", "my prof", "default"])(
    "in both files, of which the credentials file counts: %s",
    async (name) => {
      write(
        "config",
        `${name === "default" ? "[default]" : `[profile "${name}"]`}\nregion = r-1\naws_access_key_id = CONFIG\n`,
      );
      write("credentials", `[${name}]\naws_access_key_id = CREDENTIALS\n`);
      expect((await read(name)).profile).toEqual({ region: "r-1", aws_access_key_id: "CREDENTIALS" });
    },
  );

  test("with the services that it names, by names with blanks", async () => {
    write("config", '[profile "my prof"]\nservices = my lab\n[services "my lab"]\nIAM =\n  endpoint_url = http://x\n');
    expect((await read("my prof")).services).toEqual({ "iam.endpoint_url": "http://x" });
  });
});

test("without a name it is the default one, or nothing", async () => {
  expect(await read()).toMatchObject({ profile: {}, services: {} });
  write("config", "[default]\nregion = r-1\n[profile b]\nregion = r-2\n");
  expect((await read()).profile).toEqual({ region: "r-1" });
  process.env.AWS_DEFAULT_PROFILE = "b";
  expect((await read()).profile).toEqual({ region: "r-2" });
});

test("files that the environment names are read, from below the home too", async () => {
  writeFileSync(join(home, "mine"), "[profile plain]\nregion = r-1\n");
  process.env.AWS_CONFIG_FILE = "~/mine";
  expect((await read("plain")).profile).toEqual({ region: "r-1" });
});

test("what was read is forgotten with the next reading", async () => {
  write("config", "[profile plain]\nregion = r-1\n");
  await read("plain");
  write("config", "[profile plain]\nregion = r-2\n");
  expect((await read("plain")).profile).toEqual({ region: "r-2" });
});

describe("a profile that is missing is an error that says", () => {
  test.each<[what: string, config: string, credentials: string, message: string]>([
    [
      "which there are",
      "[profile a.b]\n region = r\n[sso-session s]\nsso_region = r\n",
      "",
      "files, only a.b. Correct the name",
    ],
    ["how to make it", "", "", 'make the profile: aws configure --profile "my prof"'],
    [
      "that its name lacks quotes",
      "[profile my prof]\nregion = r\n",
      "",
      'write [profile "my prof"] in place of [profile my prof]',
    ],
    ["that its section lacks a word", "[my prof]\nregion = r\n", "", 'write [profile "my prof"] in place of [my prof]'],
    [
      "that a word is in capitals",
      '[Profile "my prof"]\nregion = r\n',
      "",
      'write [profile "my prof"] in place of [Profile "my prof"]',
    ],
    [
      "that a word is too many",
      "",
      '[profile "my prof"]\nregion = r\n',
      'In the credentials file, write [my prof] in place of [profile "my prof"]',
    ],
  ])("%s", async (_, config, credentials, message) => {
    write("config", config);
    write("credentials", credentials);
    await expect(read("my prof")).rejects.toThrow(message);
  });

  test("that a file cannot be read", async () => {
    mkdirSync(join(home, ".aws", "config"));
    await expect(read("plain")).rejects.toThrow(/The file .*config cannot be read: EISDIR/);
  });
});

test("a file that holds no text is an error, not an empty file", async () => {
  write("config", Buffer.from("[profile plain]\n", "utf16le"));
  await expect(read()).rejects.toThrow(/The file .*config holds no text\. Save it as UTF-8\./);
});
