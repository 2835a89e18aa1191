import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LoginProfiles, type LoginProfilesProfileArgs } from "pulumi-aws-login-profile";
import { ConsoleUser } from "pulumi-aws-login-profile/console-user";
import { describe, profileAlone, readUsersFile } from "pulumi-aws-login-profile/users-file";

/** Passwords that the stack's secret configuration names: `pulumi config set --secret initialPassword:alice`. */
const givenPasswords = new pulumi.Config("initialPassword");

const { users: entries, warnings } = readUsersFile(join(__dirname, "users.yaml"));
for (const warning of warnings) pulumi.log.warn(describe(warning));

const consoleUsers = new Map<string, ConsoleUser>();
/** Of users who exist already, and of whom nothing else is declared. */
const profiles = new Map<string, LoginProfilesProfileArgs>();
for (const { name, password, ...entry } of entries) {
  const given = givenPasswords.getSecret(name) ?? (password && pulumi.secret(password.reveal()));
  const person = { ...entry, ...(given && { password: given }) };
  const profile = profileAlone(person);
  if (profile === undefined) consoleUsers.set(name, new ConsoleUser(name, person));
  else profiles.set(name, profile);
}
// One resource, however many they are.
const existing =
  profiles.size > 0 ? new LoginProfiles("existing", { profiles: Object.fromEntries(profiles) }) : undefined;

/** What each user needs to sign in: the name, the page, and a password that is encrypted to them, if it is. */
export const users = entries.map(({ name }) => {
  const { userName, signInUrl, encryptedPassword } = consoleUsers.get(name) ?? {
    userName: name,
    encryptedPassword: existing?.profiles.apply((of) => of[name]?.encryptedPassword),
  };
  return { userName, signInUrl, encryptedPassword };
});

/** The first passwords of the others, to hand over: `pulumi stack output initialPasswords --show-secrets`. */
export const initialPasswords = pulumi.secret(
  pulumi.all(Object.fromEntries([...consoleUsers].map(([name, user]) => [name, user.initialPassword]))),
);
