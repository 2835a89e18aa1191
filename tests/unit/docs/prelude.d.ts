/** What the examples of the docs may use without importing it: what stands at the top of the program they go into. */
import type * as docsFs from "node:fs";
import type * as docsAws from "@pulumi/aws";
import type * as docsPulumi from "@pulumi/pulumi";
import type * as docsRandom from "@pulumi/random";
import type * as docsPackage from "pulumi-aws-login-profile";
import type * as docsConsoleUser from "pulumi-aws-login-profile/console-user";

declare global {
  const aws: typeof docsAws;
  const pulumi: typeof docsPulumi;
  const random: typeof docsRandom;
  const readFileSync: typeof docsFs.readFileSync;
  const LoginProfile: typeof docsPackage.LoginProfile;
  type LoginProfile = docsPackage.LoginProfile;
  const ConsoleUser: typeof docsConsoleUser.ConsoleUser;
  type ConsoleUser = docsConsoleUser.ConsoleUser;

  /** Of the stack's configuration. */
  const config: docsPulumi.Config;
  /** A profile, and its arguments. */
  const alice: docsPackage.LoginProfile;
  const args: docsPackage.LoginProfileArgs;
}
