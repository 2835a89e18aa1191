import * as pulumi from "@pulumi/pulumi";
import { ConsoleUser } from "pulumi-aws-login-profile/console-user";

const config = new pulumi.Config();

/** Public keys of who may open the envelope, each by themselves. */
const officers = config.requireObject<string[]>("officers");

/** Raise it after each use: the old passwords are known then. */
const rotation = config.get("rotation") ?? "1";

const users = ["break-glass-1", "break-glass-2"].map(
  (name) =>
    new ConsoleUser(
      name,
      {
        path: "/break-glass/",
        groups: [config.require("group")],
        ageRecipients: officers,
        passwordLength: 40,
        // The envelope must still hold what opens the account after somebody has signed in.
        passwordResetRequired: false,
        allowPasswordChange: false,
        rotationTriggers: { rotation },
      },
      // Neither a slip in the program nor `pulumi destroy` takes them away.
      { protect: true },
    ),
);

/** To be printed, and put into the safe. */
export const envelopes = users.map(({ signInUrl, userName, encryptedPassword }) => ({
  signInUrl,
  userName,
  encryptedPassword,
}));
