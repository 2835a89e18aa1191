/**
 * Lays out the pages of the site in site/.source: README.md, the docs, the examples with their programs, and the API from the
 * docstrings. Links lead to the pages; to files of the repository, they lead to copies of those.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, normalize, relative } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const SOURCE = join(import.meta.dirname, ".source");
/** For Pulumi's Registry, which has rules of its own. */
const ELSEWHERE = ["docs/_index.md", "docs/installation-configuration.md"];

/** What of an example is shown. */
const LANGUAGES: Record<string, string> = {
  ".ts": "typescript",
  ".py": "python",
  ".go": "go",
  ".java": "java",
  ".cs": "csharp",
  ".yaml": "yaml",
  ".yml": "yaml",
};

process.chdir(ROOT);
rmSync(SOURCE, { recursive: true, force: true });
const pages = globSync([
  "README.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "docs/**/*.md",
  "bench/README.md",
  "examples/README.md",
  "examples/*/README.md",
  "templates/*/README.md",
]).filter((path) => !ELSEWHERE.includes(path));
for (const path of pages) write(placeOf(path), `${linked(path, readFileSync(path, "utf8"))}\n${programOf(path)}`);
cpSync("docs/pictures", join(SOURCE, "docs", "pictures"), { recursive: true });
writeApi();

function write(place: string, text: string): void {
  mkdirSync(dirname(join(SOURCE, place)), { recursive: true });
  writeFileSync(join(SOURCE, place), text);
}

function placeOf(path: string): string {
  return path.replace(/README\.md$/, "index.md");
}

/** The page's links, and the pictures in its HTML, as they are on the site. */
function linked(path: string, text: string): string {
  // What stands between fences is no link.
  return text
    .split(/^(```.*?^```)$/ms)
    .map((part) =>
      part.startsWith("```")
        ? part
        : part
            .replace(/(\]\()(?![a-z]+:|#)([^)\s]+)/g, (_, before, target) => before + targetOf(path, target))
            .replace(/( src(?:set)?=")(?![a-z]+:)([^"]+)/g, "$1./$2"),
    )
    .join("");
}

function targetOf(from: string, target: string): string {
  const [file = "", anchor] = target.split("#");
  const path = normalize(join(dirname(from), decodeURI(file)));
  const page = existsSync(path) && statSync(path).isDirectory() ? join(path, "README.md") : path;
  const place = pages.includes(page) ? placeOf(page) : copied(path);
  const to = relative(dirname(placeOf(from)), place);
  return `${to.startsWith(".") ? to : `./${to}`}${anchor === undefined ? "" : `#${anchor}`}`;
}

/** A file that is no page, as a text that browsers show; a folder is that of its program. */
function copied(path: string): string {
  if (statSync(path).isDirectory()) throw new Error(`${path} has no README.md.`);
  const place = join("files", `${path.replace(/(^|\/)\./g, "$1")}.md`);
  const language = { ".ts": "typescript", ".yaml": "yaml", ".yml": "yaml" }[extname(path)] ?? "text";
  write(place, `# ${path}\n\n\`\`\`${language}\n${readFileSync(path, "utf8").trimEnd()}\n\`\`\`\n`);
  return place;
}

/** Of an example, its program. */
function programOf(path: string): string {
  if (!/^(examples|templates)\/./.test(path) || path === "examples/README.md") return "";
  const folder = dirname(path);
  const files = globSync("**/*", { cwd: folder }).filter(
    (file) => extname(file) in LANGUAGES && !file.includes("node_modules"),
  );
  const blocks = files.sort().map((file) => {
    const text = readFileSync(join(folder, file), "utf8").trimEnd();
    return `### ${basename(file)}\n\n\`\`\`${LANGUAGES[extname(file)]}\n${text}\n\`\`\`\n`;
  });
  return blocks.length === 0 ? "" : `\n## Files\n\n${blocks.join("\n")}`;
}

function writeApi(): void {
  const entries = ["index", "resources/console-user", "users-file/users-file"];
  execFileSync(join("site", "node_modules", ".bin", "typedoc"), [
    ...entries.flatMap((entry) => ["--entryPoints", join("provider", "src", `${entry}.ts`)]),
    ...["--tsconfig", join("provider", "tsconfig.json"), "--plugin", "typedoc-plugin-markdown"],
    ...["--out", join(SOURCE, "api"), "--entryFileName", "index", "--readme", "none", "--disableSources"],
    ...["--name", "API", "--hideBreadcrumbs", "--hidePageHeader", "--useHTMLEncodedBrackets", "--sanitizeComments"],
    ...["--excludeExternals", "--excludePrivate", "--excludeInternal", "--logLevel", "Error"],
    ...["--parametersFormat", "table", "--propertiesFormat", "list"],
  ]);
}
