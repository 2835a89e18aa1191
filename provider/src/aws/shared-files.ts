import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { LoginProfileError } from "../common/errors";
import type { AwsSettings } from "./aws-settings";
import { decoded, lookalike, readable } from "./ini-text";

/** A section's keys in small letters, such as `region` and `sso_session`. */
export type Section = Record<string, string | undefined>;

/** The shared AWS files, and the profile in them that counts, with those of its keys that have a meaning here. */
export interface SharedFiles {
  /** The profile's name, where somebody gave one. */
  profileName?: string;
  /** The profile of that name, or the default one. */
  profile: Section;
  /** Keys of the services that the profile names. */
  services: Section;
  /** Profiles by name; of the other kinds, such as `sso-session.office`, under both. */
  sections: Record<string, Section>;
}

/**
 * Reads the shared files. Throws where a file or a profile that was asked for is not there. Of the profile all holds but
 * its credentials, whoever gives those.
 */
export async function sharedFiles(settings: AwsSettings): Promise<SharedFiles> {
  const { nameOf } = settings;
  const [config, credentials] = await Promise.all([
    textOf(nameOf("sharedConfigFiles"), settings.configFiles, placeOf("AWS_CONFIG_FILE", "config")),
    textOf(
      nameOf("sharedCredentialsFiles"),
      settings.credentialsFiles,
      placeOf("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    ),
  ]);
  const sections = await sectionsOf(config.text, credentials.text);
  const [profileName, namedBy] = namedProfile(settings);
  if (profileName !== undefined && !Object.hasOwn(sections, profileName)) {
    const known = Object.keys(sections).filter((name) => !/^(sso-session|services)\./.test(name));
    throw new LoginProfileError(
      `There is no AWS profile "${profileName}" (${namedBy}) in the shared config and credentials files` +
        `${known.length === 0 ? "" : `, only ${known.join(", ")}`}. ${[config, credentials].map(({ trouble = "" }) => trouble).join("")}` +
        (lookalike(profileName, config.text, credentials.text) ??
          `Correct the name, or make the profile: aws configure --profile ${asArgument(profileName)}`),
    );
  }
  const profile = sections[profileName ?? "default"] ?? {};
  return {
    ...(profileName === undefined ? {} : { profileName }),
    profile,
    services: sections[`services.${profile.services}`] ?? {},
    sections,
  };
}

/** A profile's name as a shell takes it. */
export function asArgument(profileName: string): string {
  return /^[\w@%+=:,./-]+$/.test(profileName) ? profileName : `"${profileName}"`;
}

/** The profile that somebody named, and where. */
export function namedProfile({
  profile,
  profileBy,
  nameOf,
}: Pick<AwsSettings, "profile" | "profileBy" | "nameOf">): [name: string | undefined, by: string] {
  const { AWS_PROFILE, AWS_DEFAULT_PROFILE } = process.env;
  if (profile !== undefined) return [profile, profileBy ?? nameOf("profile")];
  return AWS_PROFILE ? [AWS_PROFILE, "AWS_PROFILE"] : [AWS_DEFAULT_PROFILE || undefined, "AWS_DEFAULT_PROFILE"];
}

/** The keys in the environment, if there are any. */
export function environmentKeys() {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID) return undefined;
  if (!AWS_SECRET_ACCESS_KEY) {
    throw new LoginProfileError(
      "The environment has AWS_ACCESS_KEY_ID, but no AWS_SECRET_ACCESS_KEY. Set it, or remove the other.",
    );
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
}

/** Where the SDK looks for a file by itself. */
function placeOf(variable: string, name: string): string {
  const { getHomeDir }: typeof import("@smithy/core/config") = require("@smithy/core/config");
  return process.env[variable] || join(getHomeDir(), ".aws", name);
}

/**
 * What stands in the files, read by the SDK's reader. It is left to all its other readers in place of the files, for some
 * of them (that of SSO among them) look in the usual place whatever they are told; a process has one set of files.
 */
async function sectionsOf(config: string, credentials: string): Promise<SharedFiles["sections"]> {
  const { externalDataInterceptor, parseKnownFiles }: typeof import("@smithy/core/config") =
    require("@smithy/core/config");
  const texts = readable(config, credentials);
  const places = [
    [placeOf("AWS_CONFIG_FILE", "config"), texts.config],
    [placeOf("AWS_SHARED_CREDENTIALS_FILE", "credentials"), texts.credentials],
  ] as const;
  for (const [place, text] of places) {
    for (const path of new Set([place, withHome(place)])) externalDataInterceptor.interceptFile(path, text);
  }
  return parseKnownFiles({});
}

/** The text of all the files that a setting names, or of the one in the usual place, which need not be there. */
async function textOf(key: string, files: string[], usual: string): Promise<{ text: string; trouble?: string }> {
  if (files.length > 0) return { text: (await Promise.all(files.map((file) => existing(key, file)))).join("\n") };
  try {
    return { text: asText(usual, await readFile(withHome(usual))) };
  } catch (error) {
    if (error instanceof LoginProfileError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    return { text: "", ...(code === "ENOENT" ? {} : { trouble: `The file ${usual} cannot be read: ${code}. ` }) };
  }
}

async function existing(key: string, file: string): Promise<string> {
  const path = withHome(file);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const bytes = isFile ? await readFile(path).catch(() => undefined) : undefined;
  if (bytes !== undefined) return asText(file, bytes);
  throw new LoginProfileError(
    `The setting ${key} names ${file}, which is not a file that can be read. Correct it: pulumi config set --path '${key}[0]' …`,
  );
}

/** Not taken for an empty file, which would let another identity act. */
function asText(path: string, bytes: Uint8Array): string {
  const text = decoded(bytes);
  if (text !== undefined) return text;
  throw new LoginProfileError(`The file ${path} holds no text. Save it as UTF-8.`);
}

/** Where the shell would look for a path that begins with `~`. */
export function withHome(path: string): string {
  return path.startsWith("~/") ? `${process.env.HOME ?? process.env.USERPROFILE ?? "~"}${path.slice(1)}` : path;
}
