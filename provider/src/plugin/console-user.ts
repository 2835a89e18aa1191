import * as pulumi from "@pulumi/pulumi";
import { LOGIN_PROFILE, MAY_CHANGE_PASSWORD, placeholderWith } from "../common/contract";
import { given } from "../common/values";
import { argumentsThat, USER_ARGUMENTS } from "../lifecycle/arguments";
import { USER } from "../resources/aws-account";
import {
  CONSOLE_USER,
  type ConsoleUserArgs,
  declareParts,
  type Kind,
  type Kinds,
} from "../resources/console-user-parts";

import { inOneAccount } from "./one-account";

/** A console user with the plugin's own login profile. */
export class ConsoleUser extends pulumi.ComponentResource {
  private constructor(
    name: string,
    opts: pulumi.ComponentResourceOptions,
    /** What the program gets. The engine keeps no more of it than is registered. */
    public state: pulumi.Inputs = {},
  ) {
    super(CONSOLE_USER, name, {}, opts);
  }

  /** Declares its parts, once they are known to be in one account. */
  static async declare(
    name: string,
    args: ConsoleUserArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ): Promise<ConsoleUser> {
    refuseOutputs(name, args);
    const user = new ConsoleUser(name, opts);
    const connection = await inOneAccount(name, user, args, aws);
    const { outputs, initialPassword } = declareParts(user, name, { ...args, ...given({ connection }) }, KINDS);
    user.registerOutputs(outputs);
    user.state = { ...outputs, initialPassword };
    return user;
  }
}

/**
 * The versions of the plugins that stand behind the classes. The engine installs them, unless the program gives a
 * provider of its own.
 */
export const VERSIONS = { aws: "7.48.0", random: "4.21.2" };

const aws = { version: VERSIONS.aws };

/** By their types alone: `@pulumi/aws` is 84 MB, for three classes and a function. */
const KINDS: Kinds = {
  User: kind(USER, ["arn"], aws),
  UserGroupMembership: kind("aws:iam/userGroupMembership:UserGroupMembership", [], aws),
  UserPolicyAttachment: kind("aws:iam/userPolicyAttachment:UserPolicyAttachment", [], aws),
  RandomPassword: () =>
    kind("random:index/randomPassword:RandomPassword", ["result"], {
      version: VERSIONS.random,
      additionalSecretOutputs: ["bcryptHash", "result"],
    }),
  getUserOutput: (args, opts) => pulumi.runtime.invokeOutput("aws:iam/getUser:getUser", args, { ...opts, ...aws }),
  // Without a version: the engine takes the plugin that builds the component.
  LoginProfile: kind(LOGIN_PROFILE.plugin, ["passwordResetPending", "encryptedPassword", "keyFingerprint"], {}),
};

/** A class of resources as a generated SDK has it. Outputs that are named are there even where a preview knows them not. */
function kind<R extends pulumi.Resource>(type: string, outputs: string[], own: pulumi.CustomResourceOptions) {
  const Class = class extends pulumi.CustomResource {
    constructor(name: string, args: object, opts: pulumi.CustomResourceOptions) {
      const unset = Object.fromEntries(outputs.map((output) => [output, undefined]));
      super(type, name, { ...unset, ...args, ...factsIn(args) }, { ...opts, ...own });
    }
  };
  // The outputs are set by the SDK's runtime.
  return Class as unknown as Kind<object, R>;
}

/** What the login profile's check is told beside the arguments. */
function factsIn(args: { [MAY_CHANGE_PASSWORD]?: true }): pulumi.Inputs {
  return args[MAY_CHANGE_PASSWORD] ? { passwordHash: placeholderWith({ mayChangePassword: true }) } : {};
}

/** What decides which parts there are must be known when they are declared, in a preview too. */
const PLAIN = argumentsThat("decides", USER_ARGUMENTS) as (keyof ConsoleUserArgs)[];

function refuseOutputs(name: string, args: ConsoleUserArgs): void {
  const mistaken = PLAIN.filter((argument) => !["undefined", "boolean"].includes(typeof args[argument]));
  if (mistaken.length === 0) return;
  throw new pulumi.RunError(
    `ConsoleUser "${name}": ${mistaken.join(", ")} must be true or false, and not the output of a resource or a secret: ` +
      "it decides which resources there are.",
  );
}
