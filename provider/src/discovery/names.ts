import { LoginProfileError } from "../common/errors";
import { USER_NAME } from "../common/limits";

/** Whether IAM could have a user of that name. */
export function isUserName(name: string): boolean {
  return name.length >= USER_NAME.least && name.length <= USER_NAME.most && !USER_NAME.forbidden.test(name);
}

/** Names that no users file can hold come from something that is not IAM. */
export function refuseUnusableNames(names: string[]): void {
  const bad = names.filter((name) => !isUserName(name));
  if (bad.length === 0) return;
  throw new LoginProfileError(
    `${bad.map((name) => JSON.stringify(name)).join(", ")}: no IAM user is called so. A name has ${USER_NAME.least} to ` +
      `${USER_NAME.most} characters of ${USER_NAME.allowed}. Nothing was written.`,
  );
}
