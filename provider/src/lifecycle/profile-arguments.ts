import type { Properties } from "../common/values";
import { hasRecipients } from "../recipients/recipients";
import { isOfUserAlone, USER_ARGUMENTS } from "./arguments";

/** What of a console user's arguments decides over the password; the others are whatever they are. */
interface PasswordArguments {
  randomPassword?: boolean | undefined;
  password?: unknown;
  passwordLength?: unknown;
  rotationTriggers?: unknown;
}

/** The arguments that are none of the login profile's. */
type OfUserAlone = Exclude<keyof typeof USER_ARGUMENTS, "passwordResetRequired">;

/**
 * What a console user hands to its login profile, and what to the random password that is drawn for it; undefined where
 * none is. The reset is that of a password which is set here: where none is, or where it is given as undefined, it stays
 * as it is.
 */
export function profileArguments<Args extends PasswordArguments>(args: Args) {
  const { randomPassword = USER_ARGUMENTS.randomPassword.usual, password } = args;
  const isLeft = password === undefined && !hasRecipients(args as Properties);
  const isDrawn = isLeft && randomPassword;
  const { passwordResetRequired } = USER_ARGUMENTS;
  const own = Object.entries(args).filter(([name]) => !isOfUserAlone(name) && !(isDrawn && DRAWN.includes(name)));
  return {
    profile: {
      ...(isLeft && !isDrawn ? {} : { passwordResetRequired: passwordResetRequired.usual }),
      ...(Object.fromEntries(own) as Omit<Args, OfUserAlone>),
    },
    drawn: isDrawn ? (args as Pick<Args, Drawn>) : undefined,
  };
}

/** What is said of a random password, where there is one. */
type Drawn = "passwordLength" | "rotationTriggers";
const DRAWN: string[] = ["passwordLength", "rotationTriggers"] satisfies Drawn[];
