/** The credentials of one profile of the shared files, by the SDK, and why it gives none. */
import type { AwsCredentialIdentityProvider, NodeHttpHandlerOptions } from "@smithy/types";
import { LoginProfileError } from "../common/errors";
import type { AwsSettings } from "./aws-settings";
import { IamError } from "./iam";
import type { NameOf } from "./settings";
import { asArgument, type Section, type SharedFiles } from "./shared-files";
import type { StsClient } from "./sts-client";

type Sections = SharedFiles["sections"];

/** The credentials of a profile and of nobody else: its keys, SSO, `aws login`, process, token or roles. */
export function ofProfile(
  name: string,
  settings: AwsSettings,
  { sections }: SharedFiles,
  sts: StsClient,
  requestHandler: NodeHttpHandlerOptions,
): AwsCredentialIdentityProvider {
  const { fromIni }: typeof import("@aws-sdk/credential-provider-ini") = require("@aws-sdk/credential-provider-ini");
  const provider = fromIni({
    profile: name,
    clientConfig: { requestHandler },
    roleAssumer: (source, role) => sts.assumeRole(role, async () => source),
    roleAssumerWithWebIdentity: (role) => sts.assumeRoleWithWebIdentity(role),
  });
  const line = lineOf(name, sections);
  return async () => {
    refuseMfa(line, sections, settings.nameOf);
    refuseIncomplete(line, sections, settings);
    try {
      return await provider();
    } catch (error) {
      if (error instanceof IamError || error instanceof LoginProfileError) throw error;
      const source = line.at(-1) ?? name;
      const profile = sections[source] ?? {};
      throw gaveNone(source, sayingOf(error, profile), adviceFor(source, profile));
    }
  };
}

/** What stands in a profile that is to give credentials, and not settings alone. */
const SOURCES = [
  "aws_access_key_id",
  "aws_secret_access_key",
  "role_arn",
  "web_identity_token_file",
  "credential_process",
  "login_session",
  "sso_account_id",
  "sso_role_name",
];

/** Whether a profile that nobody named says anything of credentials. */
export function givesCredentials(profile: Section): boolean {
  return SOURCES.some((key) => profile[key] !== undefined);
}

/** The setting, which for `@pulumi/aws` says yes or no, then the environment. */
export function mayAskInstance({ skipMetadataApiCheck }: AwsSettings): boolean {
  const { AWS_EC2_METADATA_DISABLED = "" } = process.env;
  return !(skipMetadataApiCheck ?? !["", "false"].includes(AWS_EC2_METADATA_DISABLED.toLowerCase()));
}

/** What forbids to ask the instance, by the names that it has where it is written. */
export function metadataSwitch(nameOf: NameOf): string {
  return [...new Set([nameOf("skipMetadataApiCheck"), "AWS_EC2_METADATA_DISABLED"])].join(" or ");
}

/** The first line of an error's text; behind it the SDK puts advice for developers. */
export function causeOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message.split("\n")[0] || `${code}`;
}

/** A profile, the profile that assumes its role, and so on to the one that has credentials of its own. */
function lineOf(name: string, sections: Sections): string[] {
  const line = [name];
  for (;;) {
    const profile = sections[line.at(-1) ?? name] ?? {};
    const { source_profile, credential_source } = profile;
    const hasSource = source_profile !== undefined && credential_source === undefined;
    if (!isRole(profile, line.length > 1) || !hasSource || line.includes(source_profile)) return line;
    line.push(source_profile);
  }
}

/** Asked for before the SDK is: it would leave the rejection of the source's credentials unhandled. */
function refuseMfa(line: string[], sections: Sections, nameOf: NameOf): void {
  const asks = (profile: Section = {}, isSource: boolean) =>
    isRole(profile, isSource) && profile.mfa_serial !== undefined;
  const name = line.find((one, index) => asks(sections[one], index > 0));
  if (name === undefined) return;
  throw gaveNone(
    name,
    `its role asks for a code of an MFA device (mfa_serial ${sections[name]?.mfa_serial}), and there is nobody to type one in`,
    `Get a session with it beforehand: \`aws configure export-credentials --profile ${asArgument(line[0] ?? name)} --format env\` (AWS CLI 2) asks ` +
      `for the code and prints keys to set in the environment, where they come before AWS_PROFILE (not before ${nameOf("profile")}: remove ` +
      "that). Or name a profile whose credential_process is a helper that keeps such sessions.",
  );
}

function refuseIncomplete(line: string[], sections: Sections, settings: AwsSettings): void {
  const name = line.at(-1) ?? "default";
  const what = lacks(sections[name], sections, line.length > 1);
  if (what !== undefined) {
    const machine = givesCredentials(sections[name] ?? {})
      ? ""
      : " To act as the role of this machine, name no profile.";
    throw gaveNone(name, what, `Add what is missing to it, or name another profile.${machine}`);
  }
  if (sections[name]?.credential_source === "Ec2InstanceMetadata" && !mayAskInstance(settings)) {
    throw gaveNone(
      name,
      `it takes them from the instance (credential_source Ec2InstanceMetadata), which ${metadataSwitch(settings.nameOf)} forbids to ask`,
      "Remove one of them, or name another profile.",
    );
  }
}

/** What stands in the way of a profile's credentials, as far as the files tell; in the order in which the SDK looks. */
function lacks(profile: Section | undefined, sections: Sections, isSource: boolean): string | undefined {
  if (profile === undefined) return "another profile names it as its source_profile, but it does not exist";
  const has = (key: string) => profile[key] !== undefined;
  if (isRole(profile, isSource)) {
    const sources = ["source_profile", "credential_source"].filter(has);
    if (sources.length === 2) return "it has both source_profile and credential_source, of which one can hold";
    if (sources.length === 0 && !has("web_identity_token_file"))
      return "it has role_arn, but no source_profile or credential_source that says who assumes the role";
    return undefined;
  }
  const keys = ["aws_access_key_id", "aws_secret_access_key"];
  if (keys.filter(has).length === 1) return `it has ${keys.find(has)}, but no ${keys.find((key) => !has(key))}`;
  if (hasKeys(profile)) return undefined;
  if (has("web_identity_token_file")) return "it has web_identity_token_file, but no role_arn of the role to assume";
  if (has("credential_process") || (isSource && has("credential_source"))) return undefined;
  if (has("sso_account_id") || has("sso_role_name")) return lacksOfSso(profile, sections);
  if (has("login_session")) return undefined;
  return "it has neither keys nor another source of credentials (sso_session with sso_account_id and sso_role_name, credential_process, login_session, role_arn)";
}

/** Whether a profile's role is assumed: of one that is the source of another, keys come first. */
function isRole(profile: Section, isSource: boolean): boolean {
  return profile.role_arn !== undefined && !(isSource && hasKeys(profile));
}

function hasKeys(profile: Section): boolean {
  return profile.aws_access_key_id !== undefined && profile.aws_secret_access_key !== undefined;
}

function lacksOfSso(profile: Section, sections: Sections): string | undefined {
  const session = profile.sso_session;
  if (session !== undefined && sections[`sso-session.${session}`] === undefined)
    return `it names the sso_session "${session}", but there is no section [sso-session ${asArgument(session)}]`;
  const all: Section = { ...profile, ...sections[`sso-session.${session}`] };
  const missing = ["sso_account_id", "sso_role_name", "sso_region", "sso_start_url"].filter(
    (key) => all[key] === undefined,
  );
  return missing.length === 0 ? undefined : `it signs in by SSO, but has no ${missing.join(" and no ")}`;
}

function gaveNone(name: string, why: string, advice: string): IamError {
  return new IamError(
    "CredentialsProviderError",
    `The AWS profile "${name}" gives no credentials: ${why}`,
    "local",
    undefined,
    advice,
  );
}

/** Of a process that failed, what it said counts; how it is called may hold what is nobody's business. */
function sayingOf(error: unknown, { credential_process: command }: Section): string {
  if (command === undefined) return causeOf(error);
  const text = (error as Error).message.replaceAll(command, "its credential_process");
  return text.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST_SAYING);
}

/** Characters of what a process says that are shown. */
const LONGEST_SAYING = 500;

function adviceFor(name: string, profile: Section): string {
  const again = "then try again.";
  const option = name === "default" ? "" : ` --profile ${asArgument(name)}`;
  if (profile.role_arn !== undefined && profile.web_identity_token_file !== undefined)
    return `Check that the file that its web_identity_token_file names is there; ${again}`;
  if (profile.credential_source !== undefined)
    return `Check what its credential_source (${profile.credential_source}) stands for on this machine, or name another profile; ${again}`;
  if (profile.credential_process !== undefined)
    return `Run the command of its credential_process by itself to see what it lacks; ${again}`;
  if (profile.sso_account_id !== undefined) return `Sign in again: aws sso login${option}; ${again}`;
  if (profile.login_session !== undefined) return `Sign in again: aws login${option}; ${again}`;
  return `Correct the profile, or name another; ${again}`;
}
