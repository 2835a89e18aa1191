/**
 * The provider as the state names it. Every deployed resource keeps this text and is deleted
 * through it, so the module path in it is public and stays. The engine's dynamic-provider
 * process runs it as a module and calls its `handler`.
 */
export const PROVIDER_TEXT = 'module.exports=require("pulumi-aws-login-profile/provider")';

/**
 * The same for many login profiles in one resource: the same module, and another of its handlers, for the process is told
 * neither type nor name.
 */
export const PROFILES_PROVIDER_TEXT = 'exports.handler=require("pulumi-aws-login-profile/provider").profilesHandler';

/** The types of a login profile in the state, by front end. They never change without an alias. */
export const LOGIN_PROFILE = {
  dynamic: "pulumi-nodejs:dynamic/iam:LoginProfile",
  plugin: "aws-login-profile:index:LoginProfile",
};

/** The types of many login profiles in one resource, likewise. */
export const LOGIN_PROFILES = {
  dynamic: "pulumi-nodejs:dynamic/iam:LoginProfiles",
  plugin: "aws-login-profile:index:LoginProfiles",
};

/** What the plugin is asked by its own component: the account that a login profile would be in. No part of its schema. */
export const ACCOUNT_FUNCTION = "aws-login-profile:index:accountOf";

/**
 * Stands in the inputs where check puts the hash. The engine keeps a property secret that check computes if, and only if,
 * the program passed a secret under the same name. What a program says of a resource beside its arguments stands behind it.
 */
const HASH_PLACEHOLDER = "computed";

/** What the program, or the engine, says of a resource beside its arguments. */
export interface Facts {
  stack?: string;
  project?: string;
  /** Of the resource in the stack, where it has many profiles. */
  name?: string;
  /** What its passwords are hashed for, in place of stack, project and connection, where it has many profiles. */
  scope?: string;
  /** Whether the program gives the user the right to change the own password. */
  mayChangePassword?: true;
  /** The AWS account that the user is in, where the program knows. */
  accountId?: string;
}

/** Among the arguments of a login profile, set by a console user: the user has the right to change the own password. */
export const MAY_CHANGE_PASSWORD = Symbol("may change the password");

/** Likewise: the AWS account that the user is in, once it is known. */
export const USER_ACCOUNT = Symbol("account of the user");

/** What a console user says of its login profile beside the arguments. */
export interface Beside {
  [MAY_CHANGE_PASSWORD]?: true;
  [USER_ACCOUNT]?: Promise<string | undefined>;
}

export function placeholderWith(facts: Facts): string {
  return `${HASH_PLACEHOLDER} ${JSON.stringify(facts)}`;
}

/** The facts behind the placeholder, if there are any; undefined for any other text. */
export function factsIn(text: unknown): Facts | undefined {
  if (text === HASH_PLACEHOLDER) return {};
  if (typeof text !== "string" || !text.startsWith(`${HASH_PLACEHOLDER} {`)) return undefined;
  return JSON.parse(text.slice(HASH_PLACEHOLDER.length)) as Facts;
}
