/**
 * The provider as the state names it. Every deployed resource keeps this text and is deleted
 * through it, so the module path in it is public and stays. The engine's dynamic-provider
 * process runs it as a module and calls its `handler`.
 */
export const PROVIDER_TEXT = 'module.exports=require("pulumi-aws-login-profile/provider")';

/** The types of a login profile in the state, by front end. They never change without an alias. */
export const LOGIN_PROFILE = {
  dynamic: "pulumi-nodejs:dynamic/iam:LoginProfile",
  plugin: "aws-login-profile:index:LoginProfile",
};

/**
 * Stands in the inputs where check puts the hash. The engine keeps a property secret that
 * check computes if, and only if, the program passed a secret under the same name.
 */
export const HASH_PLACEHOLDER = "computed";
