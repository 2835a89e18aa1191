import { join } from "node:path";
import { LoginProfile } from "pulumi-aws-login-profile";
import { readUsersFile } from "pulumi-aws-login-profile/users-file";

const { users } = readUsersFile(join(__dirname, "users.yaml"));

const profiles = users.map(({ name }) => new LoginProfile(name, { userName: name, adoptExisting: true }));

/** By user: 0 until a password is declared here. */
export const passwordVersions = Object.fromEntries(
  profiles.map(({ passwordVersion }, index) => [users[index]?.name, passwordVersion]),
);
