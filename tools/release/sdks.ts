/** The SDKs of a release, each as its registry takes it: generated, and given its licence, its readme and its build. */
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programOf } from "../examples.ts";
import { JAVA_ARTIFACT, NPM_SDK, PYTHON_SDK } from "./home.ts";
import { npmPack, writeJson } from "./package.ts";
import { mavenProject } from "./pom.ts";
import { npmOrigin, type Release, withNames } from "./stamp.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const GENERATORS = join(ROOT, "tools", "sdks");

interface Sdk {
  title: string;
  /** How it is installed, as a shell command or in the words of a build file. */
  installation(release: Release): string;
  fence: string;
  example: string;
  finish(folder: string, release: Release): void;
}

export const SDKS: Record<string, Sdk> = {
  nodejs: {
    title: "Node.js",
    installation: () => `npm install ${NPM_SDK}`,
    fence: "typescript",
    example: "ts",
    finish: finishNodejs,
  },
  python: {
    title: "Python",
    installation: () => `pip install ${PYTHON_SDK}`,
    fence: "python",
    example: "py",
    finish: finishPython,
  },
  go: {
    title: "Go",
    installation: ({ home, version }) => `go get ${home.goModule}@v${version}`,
    fence: "go",
    example: "go",
    finish: () => undefined,
  },
  dotnet: {
    title: ".NET",
    installation: ({ home, version }) => `dotnet add package ${nugetId(home)} --version ${version}`,
    fence: "csharp",
    example: "cs",
    finish: finishDotnet,
  },
  java: {
    title: "Java",
    installation: ({ home, version }) =>
      `mvn dependency:get -Dartifact=${home.javaGroup}:${JAVA_ARTIFACT}:${version}    # or as a dependency in pom.xml`,
    fence: "java",
    example: "java",
    finish: (folder, release) => writeFileSync(join(folder, "pom.xml"), mavenProject(release)),
  },
};

/** Writes the SDKs of all languages below a folder, from a schema that was stamped. */
export function buildSdks(schema: string, release: Release, folder: string): void {
  for (const older of [[], ["-modfile=older.mod", "-tags=older"]]) {
    run("go", ["run", ...older, ".", schema, folder, release.version, "published"], GENERATORS);
  }
  for (const [language, sdk] of Object.entries(SDKS)) {
    const own = join(folder, language);
    writeFileSync(join(own, "README.md"), readme(sdk, release));
    cpSync(join(ROOT, "LICENSE"), join(own, "LICENSE"));
    sdk.finish(own, release);
  }
}

/** The same in all languages: what it is, how it is installed, and the first example. */
function readme({ title, installation, fence, example }: Sdk, release: Release): string {
  const { home, version } = release;
  const { description } = JSON.parse(readFileSync(join(ROOT, "provider", "package.json"), "utf8"));
  const program = withNames(programOf("LoginProfile", example), home);
  return `# AWS login profile: the Pulumi SDK for ${title}

${description}.

\`\`\`sh
${installation(release)}
\`\`\`

The engine installs the plugin by itself; it needs Node.js 22 or later on the machine.

\`\`\`${fence}
${program}
\`\`\`

Arguments, settings and limits: [the plugin](${home.file("docs/plugin.md", version)}) and
[the resource](${home.file("README.md", version)}). Changes: [CHANGELOG](${home.file("CHANGELOG.md", version)}).
License: MIT.
`;
}

/** Compiled here, so that nobody's installation has to; the compiled folder is what is published. */
function finishNodejs(folder: string, { home }: Release): void {
  run("tsc", ["--project", folder, "--types", "node"], ROOT);
  const bin = join(folder, "bin");
  const {
    scripts: _,
    devDependencies: __,
    ...manifest
  } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  writeJson(join(bin, "package.json"), { ...manifest, ...npmOrigin(home), main: "index.js", types: "index.d.ts" });
  for (const file of ["README.md", "LICENSE"]) cpSync(join(folder, file), join(bin, file));
  rmSync(join(folder, "npm"), { recursive: true, force: true });
  npmPack(bin, join(folder, "npm"));
}

/** The generator has the licence in a form that is to go in 2027. */
function finishPython(folder: string): void {
  const file = join(folder, "pyproject.toml");
  const project = readFileSync(file, "utf8")
    .replace(/\n {2}\[project\.license\]\n {4}text = (".*")/, "")
    .replace("\n  keywords =", '\n  license = "MIT"\n  license-files = ["LICENSE"]\n  keywords =')
    .replace("setuptools>=61.0", "setuptools>=77.0");
  writeFileSync(file, project);
}

/** The generator knows no readme, and names a framework without support. */
function finishDotnet(folder: string, { home }: Release): void {
  const file = join(folder, `${nugetId(home)}.csproj`);
  const project = readFileSync(file, "utf8")
    .replace("<TargetFramework>net6.0<", "<TargetFramework>net8.0<")
    .replace("<PackageIcon>", "<PackageReadmeFile>README.md</PackageReadmeFile>\n    <PackageIcon>")
    .replace(
      '<None Include="logo.png">',
      '<None Include="README.md" Pack="True" PackagePath="" />\n    <None Include="logo.png">',
    );
  writeFileSync(file, project);
}

export function nugetId(home: Release["home"]): string {
  return `${home.csharpNamespace}.AwsLoginProfile`;
}

function run(command: string, args: string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
}
