/** The test programs of tests/engine/languages, built by a stranger with the SDKs of a release. */
import { globSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ENGINE_VERSION, LANGUAGES } from "../../tests/support/lab.ts";
import type { Language } from "../../tests/support/languages.ts";
import { NPM_SDK, PYTHON_SDK } from "../release/home.ts";
import { dependency, mavenProject, plugin } from "../release/maven.ts";
import { withNames } from "../release/stamp.ts";
import { publishGo, publishMaven, publishNpm, publishPython, type Release } from "./publish.ts";
import type { Registries } from "./registries.ts";
import type { Stranger } from "./stranger.ts";

export interface SdkChannel {
  name: string;
  /** The commands that it takes. */
  commands: string[];
  publish(release: Release, registries: Registries): Promise<void>;
  /** Installs the SDK and builds the program with it; tells how the program is started. */
  build(person: Stranger, release: Release): Promise<Awaited<ReturnType<Language["build"]>>>;
}

export const SDK_CHANNELS: SdkChannel[] = [
  {
    name: "Python SDK, pip",
    commands: ["python3"],
    publish: publishPython,
    build: async (person, release) => {
      const folder = person.project("python", programOf("python", "*.py", release));
      await person.run(folder, "python3", "-m", "venv", "environment");
      await person.run(folder, "environment/bin/pip", "install", "--quiet", `${PYTHON_SDK}==${release.version}`);
      return { command: [join(folder, "environment", "bin", "python"), join(folder, "program.py")] };
    },
  },
  {
    name: "Go SDK, go get",
    commands: ["go"],
    publish: publishGo,
    build: async (person, release) => {
      const folder = person.project("go", programOf("go", "*.go", release));
      await person.run(folder, "go", "mod", "init", "program");
      await person.run(folder, "go", "get", `${release.home.goModule}@v${release.version}`);
      await person.run(folder, "go", "get", `github.com/pulumi/pulumi/sdk/v3@v${ENGINE_VERSION}`);
      await person.run(folder, "go", "mod", "tidy");
      await person.run(folder, "go", "build", "-o", "program", ".");
      return { command: [join(folder, "program")] };
    },
  },
  {
    name: "Node.js SDK, npm",
    commands: ["npm"],
    publish: publishNpm,
    build: async (person, release) => {
      const files = programOf("nodejs", "*.{ts,json}", release);
      const folder = person.project("nodejs", { ...files, "package.json": '{ "private": true }' });
      const packages = [
        `${NPM_SDK}@${release.version}`,
        `@pulumi/pulumi@${ENGINE_VERSION}`,
        "typescript@5",
        "@types/node@22",
      ];
      await person.run(folder, "npm", "install", ...packages);
      await person.run(folder, "npx", "tsc", "--project", ".");
      return { command: ["node", join(folder, "program.js")] };
    },
  },
  {
    name: "Java SDK, Maven",
    commands: ["mvn", "javac"],
    publish: publishMaven,
    build: async (person, release) => {
      const folder = person.project("java", {
        ...programOf("java", "*.java", release),
        "pom.xml": mavenProject(release.home, release.version, JAVA_PROGRAM),
      });
      const goals = ["compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath"];
      await person.run(folder, "mvn", "--batch-mode", "--quiet", ...goals);
      const classpath = [join(folder, "target", "classes"), readFileSync(join(folder, "classpath"), "utf8")];
      return { command: ["java", "-classpath", classpath.join(delimiter), "Program"] };
    },
  },
];

/** The files of a test program, which name the SDK as the release does. */
function programOf(language: string, pattern: string, { home }: Release): Record<string, string> {
  const folder = join(LANGUAGES, language);
  const text = (file: string) => withNames(readFileSync(join(folder, file), "utf8"), home);
  return Object.fromEntries(globSync(pattern, { cwd: folder }).map((file) => [file, text(file)]));
}

/** The dependencies of the test program are those of the SDK, and gson. */
const JAVA_PROGRAM = {
  dependencies: [dependency("com.google.code.gson", "gson", "2.10.1")],
  plugins: [plugin("maven-dependency-plugin", "3.8.1")],
  sources: ".",
};
