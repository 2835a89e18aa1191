/**
 * The console password of an AWS IAM user (its login profile) as a Pulumi resource. The
 * password never enters the state.
 *
 * @packageDocumentation
 */
export {
  type AssumedRole,
  type Connection,
  LoginProfile,
  type LoginProfileArgs,
  type LoginProfileOptions,
} from "./resources/login-profile";
export {
  LoginProfiles,
  type LoginProfilesArgs,
  type LoginProfilesProfileArgs,
  type LoginProfilesProfileStatus,
} from "./resources/login-profiles";
