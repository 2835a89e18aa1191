import { GENERATED_LENGTH, GROUP_NAME, PASSWORD, USER_NAME, USER_PATH } from "../common/limits";

/**
 * An argument as validation, users file, schemas and docs take it. What it means is said in the doc comments of
 * LoginProfileArgs and ConsoleUserArgs.
 */
export interface Argument {
  kind: "text" | "flag" | "count" | "texts" | "map of texts" | "map" | "keys" | "connection";
  limits?: { least?: number; most?: number; allowed?: string; forbidden?: RegExp; pattern?: string };
  /** What holds where it is left out. */
  usual?: number | boolean;
  required?: true;
  /** Always: a secret, whatever the program says. Perhaps: one may stand in it by mistake. The value of neither is shown. */
  secret?: "always" | "perhaps";
  /** Whether another value replaces the login profile. */
  replaces?: true;
  /** Whether it says something of a generated password. */
  generates?: true;
  /** Whether only a user who is created here can be given it. */
  creates?: true;
  /** Whether it decides which resources there are, and so must be known when they are declared. */
  decides?: true;
}

/** The arguments of a login profile, in the order in which messages name them. */
export const ARGUMENTS = {
  userName: { kind: "text", limits: USER_NAME, required: true, replaces: true },
  password: { kind: "text", limits: PASSWORD, secret: "always" },
  passwordResetRequired: { kind: "flag" },
  adoptExisting: { kind: "flag", usual: false },
  connection: { kind: "connection", secret: "perhaps" },
  pgpKey: { kind: "keys", secret: "perhaps" },
  ageRecipients: { kind: "keys", secret: "perhaps" },
  passwordLength: { kind: "count", limits: GENERATED_LENGTH, usual: GENERATED_LENGTH.usual, generates: true },
  allowConfusableCharacters: { kind: "flag", usual: false, generates: true },
  rotationTriggers: { kind: "map", secret: "perhaps", generates: true },
} as const satisfies Record<string, Argument>;

/** Those that can be given for many login profiles at once. */
export const DEFAULT_ARGUMENTS = others(ARGUMENTS, "userName", "password", "connection");

/** The arguments that a console user has on top, or with another default. */
export const USER_ARGUMENTS = {
  existing: { kind: "flag", usual: false, decides: true },
  path: { kind: "text", limits: USER_PATH, creates: true },
  tags: { kind: "map of texts", creates: true },
  permissionsBoundary: { kind: "text", limits: { pattern: "^arn:" }, creates: true },
  forceDestroy: { kind: "flag", usual: false, creates: true },
  groups: { kind: "texts", limits: GROUP_NAME },
  allowPasswordChange: { kind: "flag", usual: true, decides: true },
  randomPassword: { kind: "flag", usual: true, decides: true },
  passwordResetRequired: { kind: "flag", usual: true },
} as const satisfies Record<string, Argument>;

function others<T extends object, K extends keyof T>(table: T, ...names: K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(table).filter(([name]) => !names.includes(name as K))) as Omit<T, K>;
}

/** Whether an argument of a console user is none of its login profile's. */
export function isOfUserAlone(name: string): boolean {
  return Object.hasOwn(USER_ARGUMENTS, name) && !Object.hasOwn(ARGUMENTS, name);
}

/** The names of the arguments of which something holds. */
export function argumentsThat(holds: keyof Argument, table: Record<string, Argument>): string[] {
  return Object.keys(table).filter((name) => table[name]?.[holds] !== undefined);
}
