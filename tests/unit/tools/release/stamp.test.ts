/** A release names one owner, and nothing of a build that is from nowhere. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { homeOf, NOWHERE } from "../../../../tools/release/home.ts";
import { mavenProject } from "../../../../tools/release/pom.ts";
import { stampedManifest, stampedMarkdown, stampedSchema } from "../../../../tools/release/stamp.ts";

const VERSION = "1.2.3";
const home = homeOf("acme-corp/passwords", VERSION);
const release = { home, version: VERSION };
const readJson = (file: string) => JSON.parse(readFileSync(file, "utf8"));

const STAMPED: Record<string, string> = {
  "the schema": JSON.stringify(stampedSchema(readJson("provider/schema.json"), release)),
  "the manifest": JSON.stringify(stampedManifest(readJson("provider/package.json"), release)),
  "the readme": stampedMarkdown(readFileSync("README.md", "utf8"), release),
  "the Maven project": mavenProject(release),
};

/** What stands where nobody has said where a release lives, or whose it is not. */
const LEFTOVERS = [
  NOWHERE.goModule,
  `${NOWHERE.csharpNamespace}.AwsLoginProfile`,
  `${NOWHERE.javaPackage}.awsloginprofile`,
  "<this repository>",
  "<its folder>",
  "OWNER",
  "com.pulumi.awsloginprofile",
  "Pulumi.AwsLoginProfile",
  "example.com",
  "](docs/",
  "](examples/",
  '"docs/',
];

describe.each(Object.entries(STAMPED))("%s of a release", (_, text) => {
  test("names its repository", () => expect(text).toContain("https://github.com/acme-corp/passwords"));

  test("has no placeholder left", () => expect(LEFTOVERS.filter((one) => text.includes(one))).toEqual([]));
});

test("the names of the SDKs follow from the owner alone, where a registry has owners", () => {
  const { language, pluginDownloadURL, publisher } = JSON.parse(STAMPED["the schema"] ?? "");
  expect(language).toMatchObject({
    nodejs: { packageName: "pulumi-aws-login-profile-sdk" },
    python: { packageName: "pulumi_aws_login_profile" },
    go: {
      modulePath: "github.com/acme-corp/passwords/sdk/go",
      importBasePath: "github.com/acme-corp/passwords/sdk/go/awsloginprofile",
    },
    csharp: { rootNamespace: "AcmeCorp" },
    java: { basePackage: "io.github.acme_corp" },
  });
  expect([pluginDownloadURL, publisher]).toEqual(["github://api.github.com/acme-corp/passwords", "acme-corp"]);
});

test("a repository that is not on GitHub gives archives over https, and names below its host", () => {
  expect(homeOf("https://git.example.org/ops/passwords.git", VERSION)).toMatchObject({
    pluginDownloadUrl: `https://git.example.org/ops/passwords/releases/download/v\${VERSION}`,
    goModule: "git.example.org/ops/passwords/sdk/go",
    javaPackage: "org.example.git.ops",
  });
});

test("where plugins are downloaded from may be told", () => {
  expect(homeOf("acme/passwords", VERSION, "http://127.0.0.1:8080/plugins").pluginDownloadUrl).toBe(
    "http://127.0.0.1:8080/plugins",
  );
});

test("the Go module has the major version in its path from 2 on", () => {
  expect(homeOf("acme/passwords", "2.0.0").goModule).toBe("github.com/acme/passwords/sdk/go/v2");
});

test.each(["", "acme", "acme/", "acme/passwords/more", "acme/pass words"])("%j is no repository", (repository) => {
  expect(() => homeOf(repository, VERSION)).toThrow(/OWNER\/NAME/);
});

test("npm's provenance finds the repository and the folder in the manifest, which has no scripts", () => {
  const manifest = JSON.parse(STAMPED["the manifest"] ?? "");
  expect(manifest).toMatchObject({
    repository: { url: "git+https://github.com/acme-corp/passwords.git", directory: "provider" },
  });
  expect(manifest).not.toHaveProperty("scripts");
});
