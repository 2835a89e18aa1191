import { given, type Properties } from "../common/values";
import { ARGUMENTS, USER_ARGUMENTS } from "../lifecycle/arguments";
import { profileArguments } from "../lifecycle/profile-arguments";
import { Secret } from "../passwords/secret";

/** What a users file says of one person; the names are those of the arguments of `ConsoleUser`. */
export interface UserEntry {
  /** The IAM user. */
  name: string;
  /** Whether the IAM user exists already and is not managed here. */
  existing: boolean;
  path?: string;
  tags?: Record<string, string>;
  permissionsBoundary?: string;
  forceDestroy?: boolean;
  groups?: string[];
  allowPasswordChange?: boolean;
  /** Whether a login profile that exists already is taken over. */
  adoptExisting: boolean;
  /** True unless the file says otherwise, or the profile keeps the password it has; undefined for an entry of the AWS CLI. */
  passwordResetRequired?: boolean | undefined;
  randomPassword?: boolean;
  /** A password that stands in the file in clear. It shows itself to nobody but him who calls `reveal()`. */
  password?: Secret;
  pgpKey?: string | string[];
  ageRecipients?: string | string[];
  passwordLength?: number;
  allowConfusableCharacters?: boolean;
  rotationTriggers?: Record<string, unknown>;
}

/** An entry, with where it stands in the file. */
export interface PlacedEntry {
  user: UserEntry;
  path: string[];
  /** Whether it is as the AWS CLI prints one. */
  isOfCli: boolean;
}

/** What a program declares of a person: an entry without the name, the password of whatever source. */
type DeclaredEntry = Omit<UserEntry, "name" | "password"> & { password?: unknown };

/**
 * What one of the `profiles` of a `LoginProfiles` is given for an entry, if a login profile is all that the entry asks for: its
 * user exists, and neither groups nor the right to change the password are wanted, nor a random password. Undefined for the
 * others, each of whom is a `ConsoleUser`.
 */
export function profileAlone<Entry extends DeclaredEntry>(entry: Entry) {
  const { profile, drawn } = profileArguments(entry);
  const isAlone = entry.existing && entry.allowPasswordChange === false && !entry.groups?.length && drawn === undefined;
  return isAlone ? profile : undefined;
}

/** The entries of a file that the schema has found to be good. */
export function entriesOf(value: unknown): PlacedEntry[] {
  const users = Array.isArray(value) ? value : (value as Properties).users;
  if (users === undefined) return [placed(value as Properties, [])];
  const path = Array.isArray(value) ? [] : ["users"];
  return (users as Properties[]).map((entry, index) => placed(entry, [...path, String(index)]));
}

function placed(entry: Properties, path: string[]): PlacedEntry {
  const isOfCli = "UserName" in entry;
  return { user: isOfCli ? entryOfCli(entry) : entryOf(entry), path, isOfCli };
}

function entryOf(written: Properties): UserEntry {
  const { password, ...entry } = written;
  const { passwordResetRequired } = profileArguments(written).profile;
  return {
    existing: USER_ARGUMENTS.existing.usual,
    adoptExisting: ARGUMENTS.adoptExisting.usual,
    ...given({ passwordResetRequired }),
    ...(entry as Partial<UserEntry> & { name: string }),
    ...secret(password),
  };
}

/** A script that updates login profiles works on users and profiles that are there, and on nothing else of them. */
function entryOfCli({ UserName, Password, PasswordResetRequired }: Properties): UserEntry {
  return {
    name: UserName as string,
    existing: true,
    adoptExisting: true,
    allowPasswordChange: false,
    randomPassword: false,
    // Undefined is handed on: left out, it would be true.
    passwordResetRequired: PasswordResetRequired as boolean | undefined,
    ...secret(Password),
  };
}

function secret(password: unknown): { password?: Secret } {
  return given({ password: password === undefined ? undefined : new Secret(password as string) });
}
