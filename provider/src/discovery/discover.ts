/** `discover`: a users file of everyone in an AWS account who has a console password. */
import { Accounts } from "../aws/accounts";
import { endpointProblems } from "../aws/connection";
import type { SettingName, SettingsSource } from "../aws/settings";
import { LoginProfileError } from "../common/errors";
import { given } from "../common/values";
import { type Format, usersFileOf } from "../users-file/writer";
import { type ConsoleUsers, consoleUsers, type Reading } from "./account";
import { refuseUnusableNames } from "./names";
import { type OutputOptions, refuseUnwritable, writeOutput } from "./output-file";
import { Progress } from "./progress";
import { counted } from "./words";

export interface DiscoverOptions extends OutputOptions, Reading {
  profile?: string;
  region?: string;
  endpointUrl?: string;
  format: Format;
}

/** The exit status of a process that Ctrl-C has ended. */
const INTERRUPTED = 130;

/**
 * Reads the account and writes the file; what it found it tells on the standard error.
 *
 * @throws LoginProfileError with all that a user needs to know.
 */
export async function discover(options: DiscoverOptions): Promise<void> {
  refuseMistakes(options);
  refuseUnwritable(options);
  const progress = new Progress();
  process.once("SIGINT", () => {
    progress.end();
    console.error("Interrupted: nothing was written.");
    process.exit(INTERRUPTED);
  });
  try {
    const found = await read(options, progress);
    refuseUnusableNames(found.names);
    const about = headOf(found, options);
    writeOutput(
      usersFileOf(
        found.names.map((name) => ({ name })),
        options.format,
        about,
      ),
      options,
    );
    progress.say(summaryOf(found, options));
  } finally {
    progress.end();
  }
}

function read(options: DiscoverOptions, progress: Progress): Promise<ConsoleUsers> {
  const { profile, region, endpointUrl: endpoint, pathPrefix, skipDenied } = options;
  const source: SettingsSource = {
    read: (name) => (name === "profile" ? profile : undefined),
    nameOf: (name) => NAMES[name] ?? name,
  };
  const account = new Accounts(source, (line) => progress.say(line)).reach(given({ region, endpoint }));
  progress.set("Listing the IAM users …");
  return consoleUsers(account, given({ pathPrefix, skipDenied }), (count, all) => {
    progress.set(
      all === undefined ? `${counted(count, "IAM user")} listed …` : `${count} of ${counted(all, "IAM user")} read …`,
    );
  });
}

/** What messages call the settings: an option here, or where else it can be given; beside each stands the usual variable. */
const NAMES: Partial<Record<SettingName, string>> = {
  profile: "--profile",
  region: "--region",
  endpoints: "--endpoint-url",
  customCaBundle: "ca_bundle of the profile",
  httpsProxy: "ALL_PROXY",
  noProxy: "no_proxy",
  skipMetadataApiCheck: "AWS_EC2_METADATA_DISABLED",
};

function refuseMistakes({ pathPrefix, endpointUrl, profile }: DiscoverOptions): void {
  if (pathPrefix !== undefined && !/^\/[!-~]*$/.test(pathPrefix)) {
    throw new LoginProfileError(`--path-prefix must begin with /, such as /contractors/, not "${pathPrefix}".`);
  }
  if (profile === "") throw new LoginProfileError("--profile must name a profile of the shared AWS files.");
  const [mistake] = endpointUrl === undefined ? [] : endpointProblems("--endpoint-url", endpointUrl);
  if (mistake !== undefined) throw new LoginProfileError(mistake);
}

function headOf({ accountId, denied }: ConsoleUsers, { pathPrefix }: DiscoverOptions): string[] {
  const where = accountId === undefined ? "an AWS account" : `AWS account ${accountId}`;
  const which = pathPrefix === undefined ? "" : ` below ${pathPrefix}`;
  return [
    `Who${which} has a console password in ${where}, as \`pulumi-aws-login-profile discover\` found it.`,
    "Users and login profiles are adopted as they are.",
    ...(denied.length === 0 ? [] : [`Not read, for iam:GetLoginProfile is denied on them: ${denied.join(", ")}`]),
  ];
}

function summaryOf({ accountId, names, denied, listed }: ConsoleUsers, { output }: DiscoverOptions): string {
  const where = accountId === undefined ? "The AWS account" : `AWS account ${accountId}`;
  const without = listed - names.length - denied.length;
  return [
    `${where}: ${counted(listed, "IAM user")}, ${names.length} with a console password, ${without} without.`,
    ...(denied.length === 0 ? [] : [`Not read, for iam:GetLoginProfile is denied: ${denied.join(", ")}.`]),
    ...(output === undefined ? [] : [`Written to ${output}.`]),
  ].join("\n");
}
