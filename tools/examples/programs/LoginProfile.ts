import * as pulumi from "@pulumi/pulumi";
import * as aws_login_profile from "pulumi-aws-login-profile-sdk";

const config = new pulumi.Config();
const password = config.requireSecret("password");
const alice = new aws_login_profile.LoginProfile("alice", {
    userName: "alice",
    password: password,
    passwordResetRequired: true,
});
const bob = new aws_login_profile.LoginProfile("bob", {
    userName: "bob",
    ageRecipients: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
    rotationTriggers: {
        quarter: "2026-Q4",
    },
});
export const bobsPassword = bob.encryptedPassword;
