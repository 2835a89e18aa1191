import { LoginProfileError } from "../common/errors";
import type { RetrySettings } from "./settings";
import type { SharedFiles } from "./shared-files";

/** How often one call is made, and how fast all are. */
export interface RetryLimits {
  /** Attempts for one call, its time apart. */
  attempts: number;
  /** Whether the rate of calls adapts to throttling. */
  adaptive: boolean;
}

/** As @pulumi/aws and the AWS CLI take them: the settings, then the environment, then the profile. */
export function retryLimits(
  settings: RetrySettings,
  { profileName = "default", profile }: Pick<SharedFiles, "profileName" | "profile">,
): RetryLimits {
  const { AWS_MAX_ATTEMPTS, AWS_RETRY_MODE } = process.env;
  const of = (key: string) => `The setting ${key} of the AWS profile "${profileName}"`;
  return {
    attempts:
      settings.attempts ??
      (AWS_MAX_ATTEMPTS
        ? attempts("The environment variable AWS_MAX_ATTEMPTS", AWS_MAX_ATTEMPTS)
        : attempts(of("max_attempts"), profile.max_attempts)) ??
      Number.POSITIVE_INFINITY,
    adaptive:
      settings.adaptive ??
      (AWS_RETRY_MODE
        ? isAdaptive("The environment variable AWS_RETRY_MODE", AWS_RETRY_MODE)
        : isAdaptive(of("retry_mode"), profile.retry_mode)) ??
      true,
  };
}

function attempts(what: string, value: string | undefined): number | undefined {
  if (value === undefined || /^[1-9]\d*$/.test(value)) return value === undefined ? undefined : Number(value);
  throw new LoginProfileError(
    `${what} must be a whole number, 1 or more, not "${value}": how often one call is made. Correct it.`,
  );
}

/** The AWS CLI's legacy mode adapts no rate, as little as the standard one. */
const MODES = ["legacy", "standard", "adaptive"];

function isAdaptive(what: string, value: string | undefined): boolean | undefined {
  if (value === undefined || MODES.includes(value)) return value === undefined ? undefined : value === "adaptive";
  throw new LoginProfileError(`${what} must be ${MODES.join(", ")}, not "${value}". Correct it.`);
}
