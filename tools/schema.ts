/**
 * The text of provider/schema.json, which describes the plugin to Pulumi: arguments, outputs and descriptions of
 * LoginProfile and ConsoleUser come from their TypeScript source, those of the provider from the table of settings.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { built, type Facts, usualOf } from "./facts.ts";

const ROOT = join(import.meta.dirname, "..");
const SOURCES = join(ROOT, "provider", "src");
const REF = "#/types/aws-login-profile:index:";

interface Property {
  type?: string;
  description?: string;
  secret?: true;
  willReplaceOnChanges?: true;
  plain?: true;
  [key: string]: unknown;
}

type Members = ts.NodeArray<ts.TypeElement | ts.ClassElement>;

/** What the type checker cannot tell. */
const REPLACING = ["userName"];
// Not initialPassword of the component, which hands it out as a secret anyway: of a secret one, the generator for Java makes
// an option that components do not have.
const SECRET = ["password", "passwordHash"];

export function schema(facts: Facts = built()): Record<string, unknown> {
  const settings = settingProperties(facts);
  const profile = declarations("resources/login-profile.ts");
  const connection = declarations("aws/connection.ts");
  const args = propertiesOf(membersOf(profile, "LoginProfileArgs"));
  const outputs = propertiesOf(membersOf(profile, "LoginProfile").filter(isOutput));
  const user = new Map([
    ...declarations("resources/console-user-parts.ts"),
    ...declarations("resources/console-user.ts"),
  ]);
  const userArgs = propertiesOf(membersOf(user, "ConsoleUserArgs"));
  const userOutputs = propertiesOf(membersOf(user, "ConsoleUser").filter(isOutput));
  const { version: _, ...manifest } = JSON.parse(readFileSync(join(ROOT, "provider", "package.json"), "utf8"));
  return {
    name: "aws-login-profile",
    displayName: "AWS login profile",
    description: manifest.description,
    keywords: ["category/cloud", "aws", "iam"],
    license: manifest.license,
    publisher: "pulumi-aws-login-profile",
    meta: { moduleFormat: "(.*)" },
    language: {
      nodejs: { packageName: "pulumi-aws-login-profile-sdk", respectSchemaVersion: true },
      python: { packageName: "pulumi_aws_login_profile", respectSchemaVersion: true, pyproject: { enabled: true } },
      go: { importBasePath: "pulumi-aws-login-profile/sdk/go/awsloginprofile", respectSchemaVersion: true },
      csharp: { respectSchemaVersion: true },
      java: { basePackage: "com.pulumi" },
    },
    config: { variables: settings },
    types: {
      "aws-login-profile:index:Connection": object(profile, "Connection"),
      "aws-login-profile:index:AssumedRole": object(connection, "AssumedRole"),
      "aws-login-profile:index:WebIdentity": WEB_IDENTITY,
      "aws-login-profile:index:Endpoints": ENDPOINTS,
    },
    provider: {
      description: "How AWS is reached, and on whose behalf.",
      inputProperties: settings,
    },
    resources: {
      "aws-login-profile:index:LoginProfile": {
        description: descriptionOf(profile, "LoginProfile"),
        inputProperties: args.properties,
        requiredInputs: args.required,
        properties: outputs.properties,
        required: outputs.required,
      },
      "aws-login-profile:index:ConsoleUser": {
        isComponent: true,
        description: descriptionOf(user, "ConsoleUser"),
        inputProperties: component({ ...args.properties, ...userArgs.properties }),
        properties: component(userOutputs.properties),
        required: userOutputs.required,
      },
    },
  };
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
    roleArn: { type: "string" },
    sessionName: { type: "string" },
    duration: { type: "string", description: "Such as `1h30m`." },
    policy: { type: "string", description: "JSON." },
    policyArns: { type: "array", items: { type: "string" } },
    webIdentityToken: { type: "string", secret: true },
    webIdentityTokenFile: { type: "string" },
  },
  required: ["roleArn"],
};

const ENDPOINTS = {
  type: "object",
  description: "URLs of services.",
  properties: { iam: { type: "string" }, sts: { type: "string" } },
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

/** The interfaces and classes of a source file, by name. */
function declarations(file: string): Map<string, ts.InterfaceDeclaration | ts.ClassDeclaration> {
  const source = ts.createSourceFile(file, readFileSync(join(SOURCES, file), "utf8"), ts.ScriptTarget.Latest, true);
  return new Map(
    source.statements
      .filter((one) => ts.isInterfaceDeclaration(one) || ts.isClassDeclaration(one))
      .map((one) => [one.name?.text ?? "", one]),
  );
}

function declarationOf(
  all: ReturnType<typeof declarations>,
  name: string,
): ts.InterfaceDeclaration | ts.ClassDeclaration {
  const found = all.get(name);
  if (found === undefined) throw new Error(`There is no ${name} in the source.`);
  return found;
}

function membersOf(all: ReturnType<typeof declarations>, name: string): Members {
  return declarationOf(all, name).members as Members;
}

function isOutput(member: ts.TypeElement | ts.ClassElement): boolean {
  return ts.isPropertyDeclaration(member) && (member.type?.getText().startsWith("pulumi.Output<") ?? false);
}

function object(all: ReturnType<typeof declarations>, name: string): Property {
  const { properties, required } = propertiesOf(membersOf(all, name));
  return { type: "object", description: descriptionOf(all, name), properties, required };
}

function propertiesOf(members: readonly (ts.TypeElement | ts.ClassElement)[]) {
  const properties: Record<string, Property> = {};
  const required: string[] = [];
  for (const member of members) {
    if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) continue;
    const name = member.name.getText();
    const text = typeText(member);
    properties[name] = {
      ...typeOf(text),
      ...some("description", [docOf(member), alternativesIn(text)].filter(Boolean).join("\n\n")),
      ...(isPlain(member, text) ? { plain: true as const } : {}),
      ...(SECRET.includes(name) ? { secret: true as const } : {}),
      ...(REPLACING.includes(name) ? { willReplaceOnChanges: true as const } : {}),
    };
    if (member.questionToken === undefined && !/\| undefined/.test(text)) required.push(name);
  }
  return { properties, required };
}

/** The type as it is written, also of a member that takes it from one of LoginProfileArgs. */
function typeText(member: ts.PropertySignature | ts.PropertyDeclaration): string {
  const text = member.type?.getText() ?? "";
  const [, name] = /^LoginProfileArgs\["(\w+)"\]$/.exec(text) ?? [];
  if (name === undefined) return text;
  const found = membersOf(declarations("resources/login-profile.ts"), "LoginProfileArgs").find(
    (one) => one.name?.getText() === name,
  );
  return (found as ts.PropertySignature | undefined)?.type?.getText() ?? "";
}

/** Whether an argument must be known when the resource is declared. */
function isPlain(member: ts.PropertySignature | ts.PropertyDeclaration, text: string): boolean {
  const isArgument = ts.isInterfaceDeclaration(member.parent) && member.parent.name.text.endsWith("Args");
  return isArgument && !text.startsWith("pulumi.Input<");
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

function descriptionOf(all: ReturnType<typeof declarations>, name: string): string {
  return docOf(declarationOf(all, name));
}

/** The text of a doc comment, without tags: the examples in it are TypeScript. */
function docOf(node: ts.Node): string {
  const comments = (node as { jsDoc?: ts.JSDoc[] }).jsDoc ?? [];
  const text = comments.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "").join("\n");
  return text.replace(/\{@link ([\w.]+)\}/g, "`$1`").trim();
}
