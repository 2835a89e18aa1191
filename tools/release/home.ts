/**
 * Where a release lives, and the names that follow from it. The source knows no owner: a release is told one, as OWNER/NAME
 * on GitHub or as the URL of a repository elsewhere, and all that names it is made here.
 */

export interface Home {
  owner: string;
  /** The repository's page. */
  url: string;
  /** Where the engine finds the plugin's archives. */
  pluginDownloadUrl: string;
  goModule: string;
  csharpNamespace: string;
  /** The group of the Java SDK, and the package that its own is in. */
  javaGroup: string;
  javaPackage: string;
  /** A file of the repository, as it was at the release. */
  file(path: string, version: string): string;
  raw(path: string, version: string): string;
}

/** Names where a namespace has no owners: they are the product's. That of the package stands in every state. */
export const NPM_SDK = "pulumi-aws-login-profile-sdk";
export const PYTHON_SDK = "pulumi_aws_login_profile";
export const JAVA_ARTIFACT = "aws-login-profile";

const GITHUB = "github.com";

/** The home of a release of the given version; a plugin may be downloaded from elsewhere. */
export function homeOf(repository: string, version: string, pluginDownloadUrl?: string): Home {
  const url = new URL(repository.includes("://") ? repository : `https://${GITHUB}/${repository}`);
  const [owner, name, ...more] = url.pathname.replace(/^\/|\.git$|\/$/g, "").split("/");
  if (!owner || !name || more.length > 0 || !/^[\w.-]+\/[\w.-]+$/.test(`${owner}/${name}`)) {
    throw new Error(`A release needs a repository, as OWNER/NAME or the URL of one; there is ${repository}.`);
  }
  const page = `${url.origin}/${owner}/${name}`;
  const isGitHub = url.host === GITHUB;
  return {
    owner,
    url: page,
    // With github:// the engine asks GitHub's API, so that its token opens private repositories too.
    pluginDownloadUrl:
      pluginDownloadUrl ??
      (isGitHub ? `github://api.${GITHUB}/${owner}/${name}` : `${page}/releases/download/v\${VERSION}`),
    goModule: `${url.host}/${owner}/${name}/sdk/go${majorSuffix(version)}`,
    csharpNamespace: pascal(owner),
    javaGroup: `${javaHost(url.host)}.${owner.toLowerCase()}`,
    javaPackage: `${javaHost(url.host)}.${identifier(owner.toLowerCase())}`,
    file: (path, of) => `${page}/blob/v${of}/${path}`,
    raw: (path, of) =>
      isGitHub ? `https://raw.githubusercontent.com/${owner}/${name}/v${of}/${path}` : `${page}/raw/v${of}/${path}`,
  };
}

/** Of what is built for this machine alone. */
export const NOWHERE = {
  goModule: "pulumi-aws-login-profile/sdk/go",
  csharpNamespace: "Local",
  javaPackage: "local",
};

/** The names of the SDKs, as the schema has them. */
export function languages({ goModule, csharpNamespace, javaPackage }: typeof NOWHERE): Record<string, object> {
  return {
    nodejs: { packageName: NPM_SDK, respectSchemaVersion: true },
    python: { packageName: PYTHON_SDK, respectSchemaVersion: true, pyproject: { enabled: true } },
    go: {
      importBasePath: `${goModule}/awsloginprofile`,
      modulePath: goModule,
      rootPackageName: "awsloginprofile",
      respectSchemaVersion: true,
    },
    csharp: { rootNamespace: csharpNamespace, respectSchemaVersion: true },
    java: { basePackage: javaPackage, buildFiles: "none" },
  };
}

/** Go has the major version in a module's path, from 2 on. */
function majorSuffix(version: string): string {
  const major = Number.parseInt(version, 10);
  return major < 2 ? "" : `/v${major}`;
}

/** As Maven Central grants names: those of GitHub's users below io.github, others below their host. */
function javaHost(host: string): string {
  return host === GITHUB ? "io.github" : host.replace(/:\d+$/, "").split(".").reverse().map(identifier).join(".");
}

function pascal(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return identifier(words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(""));
}

function identifier(name: string): string {
  const text = name.replace(/\W/g, "_");
  return /^\d/.test(text) ? `_${text}` : text;
}
