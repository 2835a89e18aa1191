/** What was found in users files, in the forms that people and services read. */
import { createHash } from "node:crypto";
import { isAbsolute, relative, resolve, sep } from "node:path";
import type { PlacedProblem } from "./place";
import { describe, type FileProblem } from "./users-file";

/** A problem, and the path of its file as it was given. */
export type Finding = FileProblem & { path: string };

/** What goes to standard output, and what to standard error. */
export interface Report {
  out: string[];
  err: string[];
}

/** `summary` says that all is well. */
export type Reporter = (findings: Finding[], summary: string | undefined) => Report;

/** By the names that the command has for them. */
export const REPORTERS = {
  text: (findings, summary) => ({ out: lines(summary), err: findings.map(describe) }),
  github: (findings, summary) => ({ out: [...findings.map(annotation), ...lines(summary)], err: [] }),
  gitlab: (findings) => ({ out: [JSON.stringify(codeQuality(findings), undefined, 2)], err: findings.map(describe) }),
  json: (findings) => ({
    out: [
      JSON.stringify(
        findings.map(({ path: _, ...problem }) => problem),
        undefined,
        2,
      ),
    ],
    err: [],
  }),
} satisfies Record<string, Reporter>;

export type Format = keyof typeof REPORTERS;

function lines(summary: string | undefined): string[] {
  return summary === undefined ? [] : [summary];
}

/**
 * A workflow command of GitHub Actions, which makes it a mark at the line. Source: GitHub docs, "Workflow commands for
 * GitHub Actions", and how the runner takes them apart (actions/runner, ActionCommand.cs).
 */
function annotation({ path, line, column, severity, message }: Finding): string {
  const properties = { ...(path === "-" ? {} : { file: inRepository(path, "GITHUB_WORKSPACE") }), line, col: column };
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${asProperty(String(value))}`);
  return `::${severity} ${listed.join(",")}::${asData(message)}`;
}

function asData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function asProperty(text: string): string {
  return asData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** A report of GitLab's Code Quality. Source: GitLab docs, "Code Quality report format". */
function codeQuality(findings: Finding[]): object[] {
  const before = new Map<string, number>();
  return findings.map(({ path, file, line, severity, message }) => {
    const inProject = path === "-" ? file : inRepository(path, "CI_PROJECT_DIR");
    // Without the line: a mistake that has only moved is the same one. Of two that are alike GitLab keeps one alone.
    const what = JSON.stringify([inProject, message]);
    const nth = before.get(what) ?? 0;
    before.set(what, nth + 1);
    return {
      description: message,
      check_name: "pulumi-aws-login-profile/users-file",
      fingerprint: createHash("sha256").update(`${what}${nth}`).digest("hex"),
      severity: SEVERITIES[severity],
      location: { path: inProject, lines: { begin: line } },
    };
  });
}

const SEVERITIES: Record<PlacedProblem["severity"], "major" | "minor"> = { error: "major", warning: "minor" };

/** Both services want a file's path in the repository, wherever in it the command was run. */
function inRepository(path: string, folderVariable: string): string {
  const fromRoot = relative(process.env[folderVariable] ?? "", resolve(path));
  const isOutside = fromRoot.startsWith("..") || isAbsolute(fromRoot);
  return (isOutside ? path : fromRoot).split(sep).join("/");
}
