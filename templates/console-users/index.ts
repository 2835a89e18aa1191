import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LoginProfiles, type LoginProfilesProfileArgs } from "pulumi-aws-login-profile";
import { ConsoleUser } from "pulumi-aws-login-profile/console-user";
import { describe, profileAlone, readUsersFile } from "pulumi-aws-login-profile/users-file";

/** Passwords that the stack's secret configuration names: `pulumi config set --secret initialPassword:alice`. */
const givenPasswords = new pulumi.Config("initialPassword");

const { users: entries, warnings } = readUsersFile(join(__dirname, "users.yaml"));
for (const warning of warnings) pulumi.log.warn(describe(warning));

const consoleUsers: Record<string, ConsoleUser> = {};
/** Of users who exist already, and of whom nothing else is declared. */
const profiles: Record<string, LoginProfilesProfileArgs> = {};
for (const { name, password, ...entry } of entries) {
  const given = givenPasswords.getSecret(name) ?? (password && pulumi.secret(password.reveal()));
  const person = { ...entry, ...(given && { password: given }) };
  const profile = profileAlone(person);
  if (profile === undefined) consoleUsers[name] = new ConsoleUser(name, person);
  else profiles[name] = profile;
}
// One resource, however many they are.
const existing = Object.keys(profiles).length > 0 ? new LoginProfiles("existing", { profiles }) : undefined;

/** What each user needs to sign in: the name, the page, and a password that is encrypted to them, if it is. */
export const users = entries.map(({ name }) => {
  const { userName, signInUrl, encryptedPassword } = consoleUsers[name] ?? {
    userName: name,
    encryptedPassword: existing?.profiles.apply((of) => of[name]?.encryptedPassword),
  };
  return { userName, signInUrl, encryptedPassword };
});

/** The first passwords of the others, to hand over: `pulumi stack output initialPasswords --show-secrets`. */
export const initialPasswords = pulumi.secret(
  pulumi.all(Object.fromEntries(Object.entries(consoleUsers).map(([name, user]) => [name, user.initialPassword]))),
);
