import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LoginProfile } from "pulumi-aws-login-profile";
import { readUsersFile } from "pulumi-aws-login-profile/users-file";

const config = new pulumi.Config();
const { users } = readUsersFile(join(__dirname, "users.yaml"));

/** Set after the first run: Terraform's old states still hold the old passwords, which this makes worthless. */
const handover = config.get("handover");

const profiles = users.map(
  ({ name }) =>
    new LoginProfile(name, {
      userName: name,
      adoptExisting: true,
      ...(handover !== undefined && {
        ageRecipients: [readFileSync(join(__dirname, "keys", `${name}.txt`), "utf8").trim()],
        rotationTriggers: { handover },
        passwordResetRequired: true,
      }),
    }),
);

/** By user, the new password, encrypted to them. */
export const encryptedPasswords = Object.fromEntries(
  profiles.map(({ encryptedPassword }, index) => [users[index]?.name, encryptedPassword]),
);
