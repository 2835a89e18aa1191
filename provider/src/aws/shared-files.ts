import { readFile, stat } from "node:fs/promises";
import { LoginProfileError } from "../common/errors";
import type { AwsSettings } from "./aws-settings";

/** The shared AWS files, and the profile in them that counts, with those of its keys that have a meaning here. */
export interface SharedFiles {
  /** Where they are, as the SDK's readers take it. */
  paths: { filepath?: string; configFilepath?: string };
  /** The profile's name, where somebody gave one. */
  profileName?: string;
  /** Its keys in lower case, such as `region` and `sso_session`; those of its services under `services`. */
  profile: Record<string, string | undefined>;
  services: Record<string, string | undefined>;
}

/** Reads the shared files. Throws where a file or a profile that was asked for is not there. */
export async function sharedFiles(settings: AwsSettings): Promise<SharedFiles> {
  const paths = {
    ...pathOf("configFilepath", await asOneFile(settings.nameOf("sharedConfigFiles"), settings.configFiles)),
    ...pathOf("filepath", await asOneFile(settings.nameOf("sharedCredentialsFiles"), settings.credentialsFiles)),
  };
  const [profileName, namedBy] = namedProfile(settings);
  const { parseKnownFiles }: typeof import("@smithy/core/config") = require("@smithy/core/config");
  const sections = await parseKnownFiles(paths);
  const profile = sections[profileName ?? "default"];
  if (profile === undefined && profileName !== undefined) {
    const known = Object.keys(sections).filter((name) => !name.includes("."));
    throw new LoginProfileError(
      `There is no AWS profile "${profileName}" (${namedBy}) in the shared config and credentials files` +
        `${known.length === 0 ? "" : `, only ${known.join(", ")}`}. Correct the name, or make the profile: ` +
        `aws configure --profile ${profileName}`,
    );
  }
  return {
    paths,
    ...(profileName === undefined ? {} : { profileName }),
    profile: profile ?? {},
    services: sections[`services.${profile?.services}`] ?? {},
  };
}

/** The profile that somebody named, and where. Keys in the environment come before a profile named there. */
function namedProfile({
  profile,
  keys,
  webIdentity,
  signRequests,
  nameOf,
}: AwsSettings): [name: string | undefined, by: string] {
  const { AWS_PROFILE, AWS_DEFAULT_PROFILE } = process.env;
  if (profile !== undefined) return [profile, `${nameOf("profile")}, or the profile of a connection`];
  if (environmentKeys() !== undefined || keys !== undefined || webIdentity !== undefined || !signRequests)
    return [undefined, ""];
  return AWS_PROFILE ? [AWS_PROFILE, "AWS_PROFILE"] : [AWS_DEFAULT_PROFILE || undefined, "AWS_DEFAULT_PROFILE"];
}

/** The keys in the environment, if there are any. */
export function environmentKeys() {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
}

/** The SDK reads one file of each kind: of several, it is given the text of all under a name of its own. */
async function asOneFile(key: string, files: string[]): Promise<string | undefined> {
  const paths = await Promise.all(files.map((file) => existing(key, file)));
  if (paths.length < 2) return paths[0];
  const { externalDataInterceptor }: typeof import("@smithy/core/config") = require("@smithy/core/config");
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  const name = `${key}: ${paths.join(", ")}`;
  externalDataInterceptor.interceptFile(name, texts.join("\n"));
  return name;
}

async function existing(key: string, file: string): Promise<string> {
  const path = withHome(file);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return path;
  throw new LoginProfileError(
    `The setting ${key} names ${file}, which is not a file that can be read. Correct it: pulumi config set --path '${key}[0]' …`,
  );
}

/** Where the shell would look for a path that begins with `~`. */
export function withHome(path: string): string {
  return path.startsWith("~/") ? `${process.env.HOME ?? process.env.USERPROFILE ?? "~"}${path.slice(1)}` : path;
}

function pathOf<K extends string>(key: K, path: string | undefined): { [P in K]?: string } {
  return path === undefined ? {} : ({ [key]: path } as { [P in K]: string });
}
