/** `from-terraform`: a users file of the login profiles that another tool manages, and the commands by which it forgets them. */
import { printable } from "../common/characters";
import { LoginProfileError } from "../common/errors";
import { given } from "../common/values";
import { type ExistingUser, type Format, usersFileOf } from "../users-file/writer";
import { byName } from "./account";
import { textOfFile } from "./file-text";
import type { ManagedProfile, ManagedProfiles } from "./managed";
import { refuseUnusableNames } from "./names";
import { type OutputOptions, refuseUnwritable, writeOutput } from "./output-file";
import { managedProfiles } from "./state";
import { counted } from "./words";

export interface FromStateOptions extends OutputOptions {
  format: Format;
}

/** A state, and what messages call its file. */
type State = ManagedProfiles & { file: string };

/**
 * Writes the file, and the commands where they do not get in its way: on the standard output, or on the standard error if
 * the file is there. What else there is to know is told on the standard error.
 *
 * @throws LoginProfileError with all that a user needs to know.
 */
export function fromState(paths: string[], options: FromStateOptions): void {
  refuseUnwritable(options);
  const states = paths.map(textOfFile).map(({ file, text }) => ({ file, ...managedProfiles(text, file) }));
  refuseEmpty(states);
  refuseNameless(states);
  const byUser = users(states);
  refuseUnusableNames(byUser.map(([{ userName = "" }]) => userName));

  writeOutput(usersFileOf(byUser.map(entryOf), options.format, headOf(states)), options);
  console.error(summaryOf(states, byUser, options).map(printable).join("\n"));
  const script = `${states.flatMap(scriptOf).join("\n")}\n`;
  (options.output === undefined ? process.stderr : process.stdout).write(script);
}

function refuseEmpty(states: State[]): void {
  for (const { file, tool, profiles, leftOut } of states) {
    if (profiles.length > 0) continue;
    const why = [`${file}: in this state of ${tool} there is no login profile to take over.`, ...leftOut];
    throw new LoginProfileError(`${why.map(printable).join("\n")}\nIs it that of the right workspace, or stack?`);
  }
}

/** A list that leaves somebody out would not be believed again. */
function refuseNameless(states: State[]): void {
  const nameless = states.flatMap(({ file, profiles }) =>
    profiles.filter(({ userName }) => userName === undefined).map(({ address }) => printable(`${file}: ${address}`)),
  );
  if (nameless.length === 0) return;
  throw new LoginProfileError(
    `Of ${counted(nameless.length, "login profile")} the state does not say whose it is:\n${nameless.join("\n")}\n` +
      "Nothing was written. Have the state read again what is there (terraform apply -refresh-only, pulumi refresh), or have " +
      "it forget them (terraform state rm, pulumi state delete).",
  );
}

type Profiles = [ManagedProfile, ...ManagedProfile[]];

/** What is said of each user, in the order of names; IAM does not tell upper case from lower in these. */
function users(states: State[]): Profiles[] {
  const byUser = new Map<string, Profiles>();
  for (const profile of states.flatMap(({ profiles }) => profiles)) {
    const key = profile.userName?.toLowerCase() ?? "";
    const others = byUser.get(key);
    if (others === undefined) byUser.set(key, [profile]);
    else others.push(profile);
  }
  return [...byUser.values()].sort(([one], [other]) => byName(one.userName ?? "", other.userName ?? ""));
}

/** The other tool's own default says nothing. */
const USUAL_LENGTH = 20;

function entryOf([{ userName = "", address, pgpKey, passwordLength, passwordResetRequired }]: Profiles): ExistingUser {
  const remarks = [
    ...(pgpKey === undefined ? [] : [`pgpKey: ${/^keybase:\w+$/.test(pgpKey) ? pgpKey : `(the key of ${address})`}`]),
    ...(passwordLength === undefined || passwordLength === USUAL_LENGTH ? [] : [`passwordLength: ${passwordLength}`]),
    ...(passwordResetRequired === true ? ["passwordResetRequired: true"] : []),
  ];
  return { name: userName, ...given({ remarks: remarks.length === 0 ? undefined : remarks }) };
}

function headOf(states: State[]): string[] {
  const tools = [...new Set(states.map(({ tool }) => tool))].join(" and ");
  return [
    `Login profiles of ${tools}, as \`pulumi-aws-login-profile from-terraform\` found them.`,
    "Users and login profiles are adopted as they are. Comments say how the password was made: of use for the next one.",
  ];
}

function summaryOf(states: State[], byUser: Profiles[], { output }: FromStateOptions): string[] {
  const several = byUser
    .filter(({ length }) => length > 1)
    .map(
      ([first, ...others]) =>
        `warning: IAM user "${first.userName}" has more than one login profile in the state, where IAM has one: ` +
        `${[first, ...others].map(({ address }) => address).join(", ")}. The file has one entry; have all of them forgotten.`,
    );
  return [
    ...states.map(({ file, tool, profiles }) => `${file}: ${counted(profiles.length, "login profile")} of ${tool}.`),
    ...several,
    ...states.flatMap(({ leftOut, cautions }) => [...leftOut, ...cautions].map((line) => `warning: ${line}`)),
    ...(output === undefined ? [] : [`${counted(byUser.length, "user")} written to ${output}.`]),
  ];
}

function scriptOf({ file, tool, forgetting }: State): string[] {
  return [
    `# ${printable(file)}: by this ${tool} forgets the login profiles, and deletes nothing. ${BEFORE[tool]}`,
    ...forgetting,
  ];
}

const TERRAFORM = "Run it where the configuration is, and take the resources out of that before anybody applies again.";

/** What has to go with the commands, or the tool makes or deletes the profiles with its next run. */
const BEFORE: Record<ManagedProfiles["tool"], string> = {
  Terraform: TERRAFORM,
  OpenTofu: TERRAFORM,
  Pulumi: "Run it where the program is, and take the resources out of that before the next `pulumi up`.",
};
