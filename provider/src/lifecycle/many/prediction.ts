import { UNKNOWN } from "../../common/unknown";
import { given, type Properties } from "../../common/values";
import type { PreviewedDeclaration } from "../model";
import { predicted } from "../prediction";
import { declarationsOf, statesOf, withKnownHash } from "./entries";
import type { AppliedProfiles, PreviewedProfiles } from "./model";

/** What a preview can say of the state that a create (`applied` undefined) or an update will leave. */
export function predictedAll(
  declared: PreviewedProfiles,
  applied: AppliedProfiles | undefined,
  /** Whether a password is to be generated, where the hashes are not known. */
  isGenerated: (userName: string) => boolean,
): Properties {
  const { profiles, scope, passwordResetRequired, connection } = declared;
  const common = {
    scope,
    ...given({ passwordHashes: declared.passwordHashes }),
    accountId: applied?.accountId ?? UNKNOWN,
    ...given({ passwordResetRequired, connection }),
  };
  if (profiles === UNKNOWN) return { ...common, profiles: UNKNOWN };
  const declarations = declarationsOf({ ...declared, profiles });
  const states = applied === undefined ? undefined : statesOf(applied);
  const all = [...declarations].map(([key, declaration]) => {
    const userName = declaration.userName as string;
    if (profiles[userName] === UNKNOWN) return [userName, UNKNOWN];
    const state = states?.get(key);
    const { passwordHash, ...rest } = state === undefined ? declaration : withKnownHash(declaration, state);
    const hash = passwordHash === UNKNOWN && isGenerated(userName) ? undefined : passwordHash;
    return [userName, predictedOf(given({ ...rest, passwordHash: hash }) as PreviewedDeclaration, state)];
  });
  return { ...common, profiles: Object.fromEntries(all) };

  function predictedOf(declaration: PreviewedDeclaration, state: Parameters<typeof predicted>[1]): Properties {
    const whole = predicted(declaration, state);
    const flag = whole.passwordResetRequired === passwordResetRequired ? undefined : whole.passwordResetRequired;
    const { passwordVersion, passwordResetPending, createDate, encryptedPassword, keyFingerprint, versionBase } = whole;
    return {
      passwordVersion,
      passwordResetPending,
      createDate,
      ...given({ passwordResetRequired: flag, encryptedPassword, keyFingerprint, versionBase }),
    };
  }
}
