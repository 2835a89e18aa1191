/** What a state says of login profiles, whichever tool it is of. */
import { given, isMap, type Properties } from "../common/values";

/** A login profile that another tool manages. */
export interface ManagedProfile {
  /** What the tool calls it: Terraform's address, Pulumi's URN. */
  address: string;
  /** Undefined where the state does not say. */
  userName?: string;
  pgpKey?: string;
  passwordLength?: number;
  passwordResetRequired?: boolean;
}

export interface ManagedProfiles {
  tool: "Terraform" | "OpenTofu" | "Pulumi";
  profiles: ManagedProfile[];
  /** What is in the state but not taken over, and why: a sentence each. */
  leftOut: string[];
  /** What the user must know before the tool forgets them: a sentence each. */
  cautions: string[];
  /** A script by which the tool forgets them, and deletes nothing. */
  forgetting: string[];
}

/**
 * Of those that the tool is about to delete, which it must forget, too: a user has one login profile, and with an old object
 * of the same user it would delete the one that is taken over.
 */
export function parted(profiles: ManagedProfile[], condemned: ManagedProfile[]) {
  const taken = new Set(profiles.map(({ userName }) => userName?.toLowerCase()));
  const isOfTaken = ({ userName }: ManagedProfile) => taken.has(userName?.toLowerCase());
  return { toForget: condemned.filter(isOfTaken), leftOut: condemned.filter((one) => !isOfTaken(one)) };
}

/** A text that is not empty; a state may hold anything in its place. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The maps in a list. */
export function maps(value: unknown): Properties[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** How the profile was made, as far as the state says it. */
export function madeWith(pgpKey: unknown, passwordLength: unknown, passwordResetRequired: unknown) {
  return given({
    pgpKey: text(pgpKey),
    passwordLength: typeof passwordLength === "number" ? passwordLength : undefined,
    passwordResetRequired: typeof passwordResetRequired === "boolean" ? passwordResetRequired : undefined,
  });
}
