import { UNKNOWN } from "../common/unknown";
import { given } from "../common/values";
import { baseAfter, difference } from "./diff";
import type { LoginProfileState, PreviewedDeclaration } from "./model";

/** What a preview can say of the state that a create (`applied` undefined) or an update will leave. */
export function predicted(declared: PreviewedDeclaration, applied?: LoginProfileState): Record<string, unknown> {
  const { adoptExisting, rotationTriggers: _, ...stays } = declared;
  const differs = applied && difference(applied, declared);
  const isNewPassword = differs?.password ?? true;
  const isFlagSent = isNewPassword || differs?.passwordResetRequired === true;
  const { passwordVersion } = declared;
  const base =
    applied === undefined || passwordVersion === UNKNOWN ? 0 : baseAfter(applied, passwordVersion, isNewPassword);
  return {
    ...stays,
    passwordVersion: passwordVersion === UNKNOWN ? UNKNOWN : passwordVersion + base,
    ...(base === 0 ? {} : { versionBase: base }),
    accountId: applied?.accountId ?? UNKNOWN,
    passwordResetPending:
      (isFlagSent ? declared.passwordResetRequired : undefined) ??
      applied?.passwordResetPending ??
      (adoptExisting ? UNKNOWN : false),
    createDate: applied?.createDate ?? UNKNOWN,
    ...(isNewPassword || applied === undefined ? newDelivery(declared) : currentDelivery(applied)),
  };
}

/** Whether a password is generated is known by its version without a hash. */
function newDelivery({ passwordHash, passwordVersion }: PreviewedDeclaration): Record<string, unknown> {
  const isGenerated = passwordHash === undefined && passwordVersion !== 0;
  return isGenerated ? { encryptedPassword: UNKNOWN, keyFingerprint: UNKNOWN } : {};
}

function currentDelivery({ encryptedPassword, keyFingerprint }: LoginProfileState): Record<string, unknown> {
  return given({ encryptedPassword, keyFingerprint });
}
