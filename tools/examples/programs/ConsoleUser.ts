import * as pulumi from "@pulumi/pulumi";
import * as aws_login_profile from "pulumi-aws-login-profile-sdk";

const alice = new aws_login_profile.ConsoleUser("alice", {
    groups: ["developers"],
    ageRecipients: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
});
export const signInUrl = alice.signInUrl;
export const encryptedPassword = alice.encryptedPassword;
