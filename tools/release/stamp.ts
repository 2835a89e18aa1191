/** Tells the files of a release where it lives and which version it is. */
import { type Home, languages, NOWHERE } from "./home.ts";

/** Where the package is in the repository. */
const FOLDER = "provider";
const LOGO = "tools/sdks/logo.png";

type Json = Record<string, any>;

export interface Release {
  home: Home;
  version: string;
}

export function stampedSchema(schema: Json, { home, version }: Release): Json {
  return {
    ...JSON.parse(withNames(JSON.stringify(schema), home)),
    version,
    homepage: home.url,
    repository: home.url,
    publisher: home.owner,
    logoUrl: home.raw(LOGO, version),
    pluginDownloadURL: home.pluginDownloadUrl,
    language: languages(home),
  };
}

/** Example programs import the SDKs by their names. */
export function withNames(text: string, home: Home): string {
  return text
    .replaceAll(NOWHERE.goModule, home.goModule)
    .replaceAll(`${NOWHERE.csharpNamespace}.AwsLoginProfile`, `${home.csharpNamespace}.AwsLoginProfile`)
    .replaceAll(`${NOWHERE.javaPackage}.awsloginprofile`, `${home.javaPackage}.awsloginprofile`);
}

/** The manifest of the npm package, without what only its build needs. */
export function stampedManifest(manifest: Json, { home, version }: Release): Json {
  const { scripts: _, devDependencies: __, ...published } = manifest;
  return { ...published, version, ...npmOrigin(home, FOLDER) };
}

/** npm's provenance is for packages that name the repository they are built in. */
export function npmOrigin(home: Home, directory?: string): Json {
  return {
    homepage: `${home.url}#readme`,
    bugs: `${home.url}/issues`,
    repository: { type: "git", url: `git+${home.url}.git`, ...(directory === undefined ? {} : { directory }) },
  };
}

/** Markdown that is read outside the repository: links to files of it lead to the release. */
export function stampedMarkdown(text: string, { home, version }: Release): string {
  return (
    text
      .replace(/(!\[[^\]]*\]\()(?![a-z]+:|#)([^)\s]+)/g, (_, begin, path) => begin + home.raw(path, version))
      .replace(/((?<!!)\[[^\]]*\]\()(?![a-z]+:|#)([^)\s]+)/g, (_, begin, path) => begin + home.file(path, version))
      // Pictures for light and for dark pages are written in HTML.
      .replace(/( src(?:set)?=")(?![a-z]+:)([^"]+)/g, (_, begin, path) => begin + home.raw(path, version))
      .replaceAll("<this repository>", home.url)
      .replaceAll("<its folder>", home.url.slice(home.url.lastIndexOf("/") + 1))
  );
}
