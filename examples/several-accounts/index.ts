import * as pulumi from "@pulumi/pulumi";
import { LoginProfile } from "pulumi-aws-login-profile";

const config = new pulumi.Config();
const userName = config.require("userName");

/** By account, the role that may set passwords there. */
const roles = config.requireObject<Record<string, string>>("roles");

const profiles = Object.entries(roles).map(([account, roleArn]) => {
  const profile = new LoginProfile(`${userName}-${account}`, {
    userName,
    ageRecipients: [config.require("recipient")],
    passwordResetRequired: true,
    // How this account is reached; it is kept, so that every later step takes the same way.
    connection: { assumeRole: { roleArn } },
  });
  return { account, profile };
});

/** By account: its number as AWS tells it, and a password of its own. */
export const accounts = Object.fromEntries(
  profiles.map(({ account, profile: { accountId, encryptedPassword } }) => [account, { accountId, encryptedPassword }]),
);
