import * as pulumi from "@pulumi/pulumi";
import * as aws_login_profile from "pulumi-aws-login-profile-sdk";

const config = new pulumi.Config();
const carolsPassword = config.requireSecret("carolsPassword");
const people = new aws_login_profile.LoginProfiles("people", {
    passwordResetRequired: true,
    profiles: {
        alice: {
            adoptExisting: true,
            passwordResetRequired: false,
        },
        bob: {
            ageRecipients: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
        },
        carol: {
            password: carolsPassword,
        },
    },
});
export const profiles = people.profiles;
