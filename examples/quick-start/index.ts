import * as pulumi from "@pulumi/pulumi";
import { LoginProfile } from "pulumi-aws-login-profile";

const config = new pulumi.Config();

const profile = new LoginProfile("console-password", {
  userName: config.require("userName"),
  password: config.requireSecret("password"),
  passwordResetRequired: true,
});

/** Whether the user has yet to choose a password of their own. */
export const passwordResetPending = profile.passwordResetPending;
