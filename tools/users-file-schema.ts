/**
 * The content of provider/users-file.schema.json, which editors and the reader of users files hold them against: what an
 * entry may say comes from the tables of arguments and from the doc comments of LoginProfileArgs and ConsoleUserArgs.
 */
import type { Argument, Facts } from "./facts.ts";
import { declarations, paragraphsOf, withoutDefault } from "./source.ts";

/** The keys of an entry beside its name, in the order in which messages name them. */
const KEYS = [
  "existing",
  "path",
  "tags",
  "permissionsBoundary",
  "forceDestroy",
  "groups",
  "allowPasswordChange",
  "adoptExisting",
  "passwordResetRequired",
  "randomPassword",
  "password",
  "pgpKey",
  "ageRecipients",
  "passwordLength",
  "allowConfusableCharacters",
  "rotationTriggers",
];
/** What an entry cannot say: the user's name is `name`, and an account is a matter of the program. */
const LEFT_OUT = ["userName", "connection"];

export function usersFileSchema({ ARGUMENTS, USER_ARGUMENTS }: Facts) {
  const all: Record<string, Argument> = { ...ARGUMENTS, ...USER_ARGUMENTS };
  const missing = Object.keys(all).filter((name) => ![...KEYS, ...LEFT_OUT].includes(name));
  if (missing.length > 0) throw new Error(`Say whether entries of a users file have ${missing.join(", ")}.`);
  const { userName = { kind: "text" }, password = { kind: "text" } } = ARGUMENTS;
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Users file of pulumi-aws-login-profile",
    description: "The people who sign in to the AWS console.",
    if: { type: "array" },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
    then: { $ref: "#/definitions/list" },
    else: {
      if: { $ref: "#/definitions/hasCliKeys" },
      // biome-ignore lint/suspicious/noThenProperty: as above
      then: { $ref: "#/definitions/cliEntry" },
      else: { $ref: "#/definitions/file" },
    },
    definitions: {
      file: {
        type: "object",
        errorMessage: 'must hold the key "users" with a list of entries',
        required: ["users"],
        properties: {
          $schema: { type: "string", description: "Where this schema is, for editors." },
          users: { $ref: "#/definitions/list" },
        },
        additionalProperties: false,
      },
      list: {
        type: "array",
        errorMessage: 'must be a list of entries, each with a "name"',
        description: "An entry for each person.",
        items: {
          if: { $ref: "#/definitions/hasCliKeys" },
          // biome-ignore lint/suspicious/noThenProperty: as above
          then: { $ref: "#/definitions/cliEntry" },
          else: { $ref: "#/definitions/entry" },
        },
      },
      hasCliKeys: {
        type: "object",
        anyOf: [{ required: ["UserName"] }, { required: ["Password"] }, { required: ["PasswordResetRequired"] }],
      },
      userName: { ...nameOf("user", userName.limits), description: descriptionOf("userName") },
      password: {
        type: "string",
        minLength: password.limits?.least,
        errorMessage: `must be a text of ${password.limits?.least} to ${password.limits?.most} characters`,
        description: `${descriptionOf("password")} Better not in this file but in the stack's secret configuration: pulumi config set --secret initialPassword:NAME`,
      },
      keys: {
        errorMessage: "must be a key, or a list of keys",
        anyOf: [
          { type: "string", minLength: 1 },
          { type: "array", minItems: 1, items: { type: "string", minLength: 1 } },
        ],
      },
      entry: {
        type: "object",
        title: "A person",
        errorMessage: 'must have keys, at least "name", such as - name: alice',
        required: ["name"],
        properties: {
          name: { $ref: "#/definitions/userName" },
          ...Object.fromEntries(KEYS.map((name) => [name, keyOf(name, all[name] as Argument)])),
        },
        additionalProperties: false,
      },
      cliEntry: {
        type: "object",
        title: "An entry as aws iam update-login-profile --generate-cli-skeleton prints it",
        description:
          "A user and a login profile that exist already. The profile is taken over; without Password it keeps its own.",
        required: ["UserName"],
        properties: {
          UserName: { $ref: "#/definitions/userName" },
          Password: { $ref: "#/definitions/password" },
          PasswordResetRequired: {
            type: "boolean",
            description: descriptionOf("passwordResetRequired", "LoginProfileArgs"),
          },
        },
        additionalProperties: false,
      },
    },
  };
}

/** What is not to be a text at all is told by its kind; these are told by what they must be. */
const ERROR_MESSAGES: Record<string, string> = {
  path: "must begin and end with /, such as /contractors/",
  permissionsBoundary: "must be the ARN of a policy",
};

function keyOf(name: string, { kind, limits, usual }: Argument): object {
  // By itself, for draft 7 passes by what stands beside a reference.
  if (name === "password") return { $ref: "#/definitions/password" };
  return {
    ...typeOf(kind, limits),
    ...(usual === undefined ? {} : { default: usual }),
    ...(ERROR_MESSAGES[name] === undefined ? {} : { errorMessage: ERROR_MESSAGES[name] }),
    description: descriptionOf(name),
  };
}

type Limits = NonNullable<Argument["limits"]>;

function typeOf(kind: string, limits: Limits = {}): object {
  const { least, most, pattern } = limits;
  switch (kind) {
    case "flag":
      return { type: "boolean" };
    case "count": {
      const errorMessage = `must be a whole number from ${least} to ${most}`;
      return { type: "integer", minimum: least, maximum: most, errorMessage };
    }
    case "texts":
      return { type: "array", items: nameOf("group", limits) };
    case "map of texts":
      return { type: "object", additionalProperties: { type: "string" } };
    case "map":
      return { type: "object" };
    case "keys":
      return { $ref: "#/definitions/keys" };
    default:
      return { type: "string", pattern, maxLength: most };
  }
}

function nameOf(what: string, { least, most, allowed, forbidden }: Limits = {}): object {
  return {
    type: "string",
    pattern: `^${forbidden?.source.replace("[^", "[")}{${least},${most}}$`,
    errorMessage: `must be the name of an IAM ${what}: ${least} to ${most} characters of ${allowed}`,
  };
}

const declaration = declarations("resources/login-profile.ts", "resources/console-user-parts.ts");

/** The first paragraph of the doc comment, that of a console user's argument before that of a login profile's. */
function descriptionOf(name: string, ...interfaces: string[]): string {
  const places = interfaces.length > 0 ? interfaces : ["ConsoleUserArgs", "LoginProfileArgs"];
  const found = places.flatMap((place) => declaration(place).members).find((member) => member.name === name);
  if (found === undefined) throw new Error(`There is no argument ${name} in the source.`);
  return withoutDefault(paragraphsOf(found)[0] ?? "");
}
