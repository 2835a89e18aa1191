/**
 * Gives a user another console password: node self-service.ts USER AGE-RECIPIENT
 *
 * For a chat bot or a form that knows who asks. What it prints only the owner of the key can read.
 */
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { LoginProfile } from "pulumi-aws-login-profile";

const [userName, recipient] = process.argv.slice(2);
if (userName === undefined || recipient === undefined) {
  console.error("usage: node self-service.ts USER AGE-RECIPIENT");
  process.exit(2);
}

// A stack for each user, so that two who ask at once do not wait for each other.
const stack = await LocalWorkspace.createOrSelectStack({
  projectName: "self-service",
  stackName: `user-${userName.replace(/[^A-Za-z0-9_.-]/g, "-")}`,
  program: async () => {
    const { encryptedPassword, passwordVersion } = new LoginProfile("console-password", {
      userName,
      ageRecipients: [recipient],
      passwordResetRequired: true,
      // Who forgot a password has one, so it is taken over the first time.
      adoptExisting: true,
      rotationTriggers: { askedAt: new Date().toISOString() },
    });
    return { encryptedPassword, passwordVersion };
  },
});

const { outputs } = await stack.up();
console.error(`${userName}: password ${outputs.passwordVersion?.value}`);
console.log(outputs.encryptedPassword?.value);
