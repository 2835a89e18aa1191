import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { LoginProfile } from "pulumi-aws-login-profile";

const config = new pulumi.Config();

const user = new aws.iam.User("alice", { name: "alice" });

const password = new random.RandomPassword("alice", {
  length: 24,
  minLower: 1,
  minUpper: 1,
  minNumeric: 1,
  minSpecial: 1,
  // What IAM counts as a symbol.
  overrideSpecial: "!@#$%^&*()_+-=[]{}|'",
  // Another value makes another password.
  keepers: { rotation: config.get("rotation") ?? "1" },
});

const profile = new LoginProfile("alice", {
  userName: user.name,
  password: password.result,
  passwordResetRequired: true,
});

/** To hand over: `pulumi stack output initialPassword --show-secrets`. */
export const initialPassword = password.result;

/** Counts the passwords: 1 for the first. */
export const passwordVersion = profile.passwordVersion;
