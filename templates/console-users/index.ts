import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ConsoleUser } from "pulumi-aws-login-profile/console-user";
import { describe, readUsersFile } from "pulumi-aws-login-profile/users-file";

/** Passwords that the stack's secret configuration names: `pulumi config set --secret initialPassword:alice`. */
const givenPasswords = new pulumi.Config("initialPassword");

const { users: entries, warnings } = readUsersFile(join(__dirname, "users.yaml"));
for (const warning of warnings) pulumi.log.warn(describe(warning));

const consoleUsers = entries.map(({ name, password, ...entry }) => {
  const given = givenPasswords.getSecret(name) ?? (password && pulumi.secret(password.reveal()));
  return new ConsoleUser(name, { ...entry, ...(given && { password: given }) });
});

/** What each user needs to sign in: the page, the name, and a password that is encrypted to them, if it is. */
export const users = consoleUsers.map(({ userName, signInUrl, encryptedPassword }) => ({
  userName,
  signInUrl,
  encryptedPassword,
}));

/** The first passwords of the others, to hand over: `pulumi stack output initialPasswords --show-secrets`. */
export const initialPasswords = pulumi.secret(
  pulumi.all(Object.fromEntries(entries.map(({ name }, index) => [name, consoleUsers[index]?.initialPassword]))),
);
