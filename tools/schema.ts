/**
 * The text of provider/schema.json, which describes the plugin to Pulumi: arguments, outputs and descriptions of
 * LoginProfile and ConsoleUser come from their TypeScript source, those of the provider from the table of settings.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exampleOf } from "./examples.ts";
import { built, type Facts, usualOf } from "./facts.ts";
import { languages, NOWHERE } from "./release/home.ts";
import { type Declaration, declarations, type Member, outputsOf } from "./source.ts";

const ROOT = join(import.meta.dirname, "..");
const REF = "#/types/aws-login-profile:index:";

interface Property {
  type?: string;
  description?: string;
  secret?: true;
  willReplaceOnChanges?: true;
  plain?: true;
  [key: string]: unknown;
}

// Not initialPassword of the component, which hands it out as a secret anyway: of a secret one, the generator for Java makes
// an option that components do not have.
const SECRET_OUTPUTS = ["passwordHash"];

export function schema(facts: Facts = built()): Record<string, unknown> {
  const settings = settingProperties(facts);
  const profile = declarations("resources/login-profile.ts");
  const many = declarations("resources/login-profiles.ts");
  const connection = declarations("aws/connection.ts");
  const user = declarations("resources/console-user-parts.ts", "resources/console-user.ts");
  const args = propertiesOf(profile("LoginProfileArgs").members, facts);
  const outputs = propertiesOf(outputsOf(profile("LoginProfile")), facts);
  const manyArgs = propertiesOf(many("LoginProfilesArgs").members, facts);
  const manyOutputs = propertiesOf(outputsOf(many("LoginProfiles")), facts);
  const userArgs = propertiesOf(user("ConsoleUserArgs").members, facts);
  const userOutputs = propertiesOf(outputsOf(user("ConsoleUser")), facts);
  const { version: _, ...manifest } = JSON.parse(readFileSync(join(ROOT, "provider", "package.json"), "utf8"));
  return {
    name: "aws-login-profile",
    displayName: "AWS login profile",
    description: manifest.description,
    keywords: ["category/cloud", "kind/native", ...manifest.keywords],
    license: manifest.license,
    publisher: "pulumi-aws-login-profile",
    meta: { moduleFormat: "(.*)" },
    // A release says where it is from, and has names of its own (release/stamp.ts).
    language: languages(NOWHERE),
    config: { variables: settings },
    types: {
      "aws-login-profile:index:Connection": object(profile("Connection"), facts),
      "aws-login-profile:index:AssumedRole": object(connection("AssumedRole"), facts),
      [`aws-login-profile:index:${ONE_OF_MANY}`]: oneOfMany(
        profile("LoginProfileArgs"),
        many("LoginProfilesProfileArgs"),
        facts,
      ),
      [`aws-login-profile:index:${ONE_OF_MANY}Status`]: object(many(`${ONE_OF_MANY}Status`), facts),
      "aws-login-profile:index:WebIdentity": WEB_IDENTITY,
      "aws-login-profile:index:Endpoints": ENDPOINTS,
    },
    provider: {
      description: "How AWS is reached, and on whose behalf.",
      inputProperties: settings,
    },
    resources: withExamples({
      "aws-login-profile:index:LoginProfile": {
        description: profile("LoginProfile").doc,
        inputProperties: args.properties,
        requiredInputs: args.required,
        properties: outputs.properties,
        required: outputs.required,
      },
      "aws-login-profile:index:LoginProfiles": {
        description: many("LoginProfiles").doc,
        inputProperties: manyArgs.properties,
        requiredInputs: manyArgs.required,
        properties: manyOutputs.properties,
        required: manyOutputs.required,
      },
      "aws-login-profile:index:ConsoleUser": {
        isComponent: true,
        description: user("ConsoleUser").doc,
        inputProperties: component({ ...args.properties, ...userArgs.properties }),
        properties: component(userOutputs.properties),
        required: userOutputs.required,
      },
    }),
  };
}

function withExamples(resources: Record<string, Property>): Record<string, Property> {
  const described = Object.entries(resources).map(([token, resource]): [string, Property] => {
    const example = exampleOf(token.slice(token.lastIndexOf(":") + 1));
    return [token, { ...resource, description: [resource.description, example].filter(Boolean).join("\n\n") }];
  });
  return Object.fromEntries(described);
}

/** One of the profiles of LoginProfiles; to what is given as an argument, languages add the word themselves. */
const ONE_OF_MANY = "LoginProfilesProfile";

/** What a profile says of itself, among many: neither its user, who is its key, nor its account, which is that of all. */
function oneOfMany({ members }: Declaration, { doc }: Declaration, facts: Facts): Property {
  const own = members.filter(({ name }) => !["userName", "connection"].includes(name));
  return { type: "object", description: doc, ...propertiesOf(own, facts) };
}

/** A component has no properties whose change would replace it. */
function component(properties: Record<string, Property>): Record<string, Property> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, { willReplaceOnChanges: _, ...property }]) => [name, property]),
  );
}

const WEB_IDENTITY = {
  type: "object",
  description:
    "A role to assume with a token of another identity provider. Source: STS API reference, AssumeRoleWithWebIdentity.",
  properties: {
    roleArn: { type: "string", description: "ARN of the role." },
    sessionName: { type: "string", description: "Name of the session, which CloudTrail shows." },
    duration: { type: "string", description: "How long the credentials hold, such as `1h30m`." },
    policy: { type: "string", description: "A policy in JSON that narrows what the role may do." },
    policyArns: {
      type: "array",
      items: { type: "string" },
      description: "ARNs of managed policies that narrow what the role may do.",
    },
    webIdentityToken: { type: "string", secret: true, description: "The other provider's token." },
    webIdentityTokenFile: { type: "string", description: "A file that holds the token, read at each run." },
  },
  required: ["roleArn"],
};

const ENDPOINTS = {
  type: "object",
  description: "URLs of services.",
  properties: {
    iam: { type: "string", description: "URL of IAM." },
    sts: { type: "string", description: "URL of STS." },
  },
};

function settingProperties({ SETTINGS }: Facts): Record<string, Property> {
  return Object.fromEntries(
    Object.entries(SETTINGS).map(([name, setting]) => {
      const { type, secret } = setting.kind;
      const usual = usualOf(setting);
      const description = `${setting.sentence}${usual === "" ? "" : ` Default: ${usual}.`}`;
      return [name, { ...settingType(type), description, ...(secret === undefined ? {} : { secret }) }];
    }),
  );
}

function settingType(type: string): Property {
  if (type === "strings") return { type: "array", items: { type: "string" } };
  if (type === "#Roles") return { type: "array", items: { $ref: `${REF}AssumedRole` } };
  if (type === "#Role") return { $ref: `${REF}AssumedRole` };
  return type.startsWith("#") ? { $ref: `${REF}${type.slice(1)}` } : { type };
}

function object({ doc, members }: Declaration, facts: Facts): Property {
  return { type: "object", description: doc, ...propertiesOf(members, facts) };
}

function propertiesOf(members: Member[], { ARGUMENTS, USER_ARGUMENTS }: Facts) {
  const properties = members.map(({ name, type, doc }): [string, Property] => {
    const { secret, replaces, decides } = { ...ARGUMENTS[name], ...USER_ARGUMENTS[name] };
    const isSecret = secret === "always" || SECRET_OUTPUTS.includes(name);
    return [
      name,
      {
        ...typeOf(type),
        ...some("description", [doc, alternativesIn(type)].filter(Boolean).join("\n\n")),
        ...(decides ? { plain: true } : {}),
        ...(isSecret ? { secret: true } : {}),
        ...(replaces ? { willReplaceOnChanges: true } : {}),
      },
    ];
  });
  const required = members.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return { properties: Object.fromEntries(properties), required };
}

function some(key: string, value: string): Record<string, string> {
  return value === "" ? {} : { [key]: value };
}

/** A TypeScript type in the words of Pulumi's schema; wrappers and `undefined` do not count. */
function typeOf(text: string): Property {
  const plain = text
    .replace(/pulumi\.(Input|Output)</g, "(")
    .replaceAll(">", "")
    .replace(/\s*\|\s*undefined/g, "")
    .replace(/[()\s]/g, "");
  if (plain === "Record<string,string") return { type: "object", additionalProperties: { type: "string" } };
  const [, one] = /^Record<string,(LoginProfilesProfile\w*)$/.exec(plain) ?? [];
  if (one !== undefined) return { type: "object", additionalProperties: { $ref: `${REF}${one.replace(/Args$/, "")}` } };
  if (plain.startsWith("Record<")) return { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } };
  // "oneOf" would say which, but Pulumi for Python takes no list for it (pulumi#6950).
  if (plain === "string|string[]") return { $ref: "pulumi.json#/Any" };
  if (plain.endsWith("[]")) return { type: "array", items: typeOf(plain.slice(0, -2)) };
  // Every number of a login profile is a whole one.
  if (plain === "number") return { type: "integer" };
  if (plain === "Connection" || plain === "AssumedRole") return { $ref: `${REF}${plain}` };
  if (plain === "string" || plain === "boolean") return { type: plain };
  throw new Error(`The schema has no word for the type ${text}.`);
}

/** What a type that the schema calls any is, in words. */
function alternativesIn(text: string): string {
  return typeOf(text).$ref === "pulumi.json#/Any" ? "A string, or a list of strings." : "";
}
