import { PolicyPack, type ResourceValidationArgs } from "@pulumi/policy";

/** Of the TypeScript classes, and of the plugin. */
const LOGIN_PROFILE = /^(pulumi-nodejs:dynamic\/iam|aws-login-profile:index):LoginProfile(s?)$/;

/** What is declared of each login profile: of one, or of each user of `LoginProfiles`, where a flag beside them holds too. */
function declared({ type, props }: ResourceValidationArgs): Record<string, unknown>[] {
  const [isOurs, , isMany] = LOGIN_PROFILE.exec(type) ?? [];
  if (isOurs === undefined) return [];
  if (isMany !== "s") return [props];
  const { profiles, passwordResetRequired } = props;
  return Object.entries(profiles).map(([userName, own]) => ({ passwordResetRequired, ...Object(own), userName }));
}

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
        for (const { userName, passwordVersion, passwordResetRequired } of declared(args))
          if (passwordVersion !== 0 && passwordResetRequired !== true)
            reportViolation(`Set passwordResetRequired to true for ${userName}.`);
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
