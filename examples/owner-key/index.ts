import * as pulumi from "@pulumi/pulumi";
import { LoginProfile } from "pulumi-aws-login-profile";

const config = new pulumi.Config();

const profile = new LoginProfile("console-password", {
  userName: config.require("userName"),
  // The public half of the owner's key. A PGP key would be pgpKey.
  ageRecipients: [config.require("recipient")],
  passwordResetRequired: true,
  // Another value makes another password.
  rotationTriggers: { rotation: config.get("rotation") ?? "1" },
});

/** For the owner: `pulumi stack output encryptedPassword | age --decrypt --identity key.txt`. */
export const { encryptedPassword, passwordVersion } = profile;
