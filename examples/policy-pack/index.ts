import { PolicyPack, type ResourceValidationArgs } from "@pulumi/policy";

/** Of the TypeScript classes, and of the plugin. */
const LOGIN_PROFILES = ["pulumi-nodejs:dynamic/iam:LoginProfile", "aws-login-profile:index:LoginProfile"];

const isLoginProfile = ({ type }: ResourceValidationArgs) => LOGIN_PROFILES.includes(type);

new PolicyPack("console-passwords", {
  policies: [
    {
      name: "no-password-in-the-state",
      description: "aws.iam.UserLoginProfile without a PGP key keeps its password in the state.",
      enforcementLevel: "mandatory",
      validateResource(args, reportViolation) {
        if (args.type === "aws:iam/userLoginProfile:UserLoginProfile" && args.props.pgpKey === undefined)
          reportViolation("Use LoginProfile of pulumi-aws-login-profile, or give pgpKey.");
      },
    },
    {
      name: "first-password-must-be-changed",
      description: "Who is given a password must choose another one at the first sign-in.",
      enforcementLevel: "mandatory",
      validateResource(args, reportViolation) {
        if (isLoginProfile(args) && args.props.passwordResetRequired !== true)
          reportViolation(`Set passwordResetRequired to true for ${args.props.userName}.`);
      },
    },
    {
      name: "people-are-under-a-path",
      description: "IAM users are under /people/, /contractors/ or /break-glass/, which other policies build on.",
      enforcementLevel: "mandatory",
      validateResource(args, reportViolation) {
        const { name, path = "/" } = args.props;
        if (args.type === "aws:iam/user:User" && !/^\/(people|contractors|break-glass)\//.test(path))
          reportViolation(`${name ?? args.name} is under ${path}.`);
      },
    },
  ],
});
