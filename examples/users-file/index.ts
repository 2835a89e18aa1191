import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ConsoleUser } from "pulumi-aws-login-profile/console-user";
import { describe, readUsersFile } from "pulumi-aws-login-profile/users-file";

const { users: entries, warnings } = readUsersFile(join(__dirname, "users.yaml"));
for (const warning of warnings) pulumi.log.warn(describe(warning));

/** Without a key there would be a random password, kept in the state. */
const keyless = entries.filter(({ pgpKey, ageRecipients }) => pgpKey === undefined && ageRecipients === undefined);
if (keyless.length > 0) {
  throw new pulumi.RunError(
    `users.yaml: no pgpKey and no ageRecipients: ${keyless.map(({ name }) => name).join(", ")}`,
  );
}

const users = entries.map(({ name, password: _, ...entry }) => new ConsoleUser(name, { path: "/people/", ...entry }));

/** By user, what opens with their key alone. */
export const encryptedPasswords = Object.fromEntries(
  users.map((user, index) => [entries[index]?.name, user.encryptedPassword]),
);
export const signInUrl = users[0]?.signInUrl;
