import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LoginProfile } from "pulumi-aws-login-profile";

const config = new pulumi.Config();
const userName = config.require("userName");

const profile = new LoginProfile("console-password", {
  userName,
  // Each of them can open it.
  ageRecipients: config.requireObject<string[]>("recipients"),
  rotationTriggers: { rotation: config.get("rotation") ?? "1" },
});

const secret = new aws.secretsmanager.Secret("console-password", { name: `console-passwords/${userName}` });

// Another version of the secret for each new password, and only then.
const version = new aws.secretsmanager.SecretVersion("console-password", {
  secretId: secret.id,
  secretString: pulumi.jsonStringify({
    userName,
    passwordVersion: profile.passwordVersion,
    encryptedPassword: profile.encryptedPassword,
  }),
});

export const secretId = version.secretId;
