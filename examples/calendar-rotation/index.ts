import * as pulumi from "@pulumi/pulumi";
import { LoginProfile } from "pulumi-aws-login-profile";

const config = new pulumi.Config();

/** Such as "2026-Q4". UTC, so that a run near midnight gives the same everywhere. */
function quarterOf(date: Date): string {
  return `${date.getUTCFullYear()}-Q${Math.floor(date.getUTCMonth() / 3) + 1}`;
}

/** The day may be given, to try what the next quarter does. */
const quarter = quarterOf(new Date(config.get("today") ?? Date.now()));

const profile = new LoginProfile("console-password", {
  userName: config.require("userName"),
  ageRecipients: [config.require("recipient")],
  passwordResetRequired: true,
  rotationTriggers: { quarter },
});

export const { encryptedPassword, passwordVersion } = profile;
export { quarter };
