import * as pulumi from "@pulumi/pulumi";
import { LoginProfile } from "pulumi-aws-login-profile";

const config = new pulumi.Config();

/** Who is to sign in to the console. */
const users = config.requireObject<string[]>("users");

export const profiles = users.map(
  (userName) =>
    new LoginProfile(userName, {
      userName,
      ageRecipients: [config.require("recipient")],
      // Contractors keep what they are given; everybody else chooses a password of their own.
      passwordResetRequired: !userName.endsWith("-contractor"),
    }),
);
