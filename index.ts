import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { LoginProfile } from "pulumi-aws-login-profile";
import { readUsersFile, type UserEntry } from "./users-file";

/** Passwords that the stack's secret configuration names: `pulumi config set --secret initialPassword:alice`. */
const givenPasswords = new pulumi.Config("initialPassword");

const entries = readUsersFile(join(__dirname, "users.yaml"));

/** The names of the users declared in users.yaml. */
export const users = entries.map(({ name }) => name);

/** By partition. Source: IAM user guide, "How IAM users sign in". */
const SIGN_IN_DOMAINS: Record<string, string> = {
  aws: "signin.aws.amazon.com",
  "aws-cn": "signin.amazonaws.cn",
  "aws-us-gov": "signin.amazonaws-us-gov.com",
};

/** Where they sign in. */
export const signInUrl = aws.getCallerIdentityOutput().apply(({ accountId, arn }) => {
  const [, partition = "aws"] = arn.split(":");
  return `https://${accountId}.${SIGN_IN_DOMAINS[partition] ?? SIGN_IN_DOMAINS.aws}/console`;
});

/** The first password of each, to hand over; each must be changed at first sign-in. */
export const initialPasswords = pulumi.secret(
  pulumi.all(Object.fromEntries(entries.map((entry) => [entry.name, consoleUser(entry)]))),
);

function consoleUser({ name, path, existing, adoptExisting, passwordResetRequired }: UserEntry): pulumi.Output<string> {
  const userName = existing ? name : new aws.iam.User(name, { name, path }).name;
  const password = givenPasswords.getSecret(name) ?? randomPassword(name);
  new LoginProfile(name, { userName, password, passwordResetRequired, adoptExisting });
  return password;
}

function randomPassword(name: string): pulumi.Output<string> {
  return new random.RandomPassword(name, {
    length: 24,
    minLower: 1,
    minUpper: 1,
    minNumeric: 1,
    minSpecial: 1,
    // What IAM counts as a symbol.
    overrideSpecial: "!@#$%^&*()_+-=[]{}|'",
  }).result;
}
