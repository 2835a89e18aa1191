import * as pulumi from "@pulumi/pulumi";
import { ConsoleUser } from "pulumi-aws-login-profile/console-user";

const config = new pulumi.Config();

const alice = new ConsoleUser("alice", {
  path: "/people/",
  tags: { team: "platform" },
  // The public half of Alice's key (age-keygen); a PGP key would be given as pgpKey.
  ageRecipients: config.require("recipient"),
  // Another value makes another password.
  rotationTriggers: { rotation: config.get("rotation") ?? "1" },
});

/** What Alice needs to sign in. The password is encrypted to her key. */
export const { signInUrl, userName, encryptedPassword } = alice;
