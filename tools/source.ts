/** What the provider's TypeScript source says of arguments and outputs: their types, and the sentences of their doc comments. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const SOURCES = join(import.meta.dirname, "..", "provider", "src");

/** An interface or a class. */
export interface Declaration {
  doc: string;
  members: Member[];
}

export interface Member {
  name: string;
  /** As it is written, such as `pulumi.Input<string | undefined>`. */
  type: string;
  doc: string;
  isRequired: boolean;
}

/** The interfaces and classes of source files, by name. */
export function declarations(...files: string[]): (name: string) => Declaration {
  const all = new Map(files.flatMap(declarationsOf).map((one) => [one.name?.text ?? "", one]));
  return (name) => {
    const found = all.get(name);
    if (found === undefined) throw new Error(`There is no ${name} in the source.`);
    return { doc: docOf(found), members: found.members.flatMap(memberOf) };
  };
}

/** The outputs of a class of resources. */
export function outputsOf({ members }: Declaration): Member[] {
  return members.filter(({ type }) => type.startsWith("pulumi.Output<"));
}

/** The paragraphs of a doc comment, without the one that names a source. */
export function paragraphsOf({ doc }: Member): string[] {
  return doc
    .split("\n\n")
    .filter((paragraph) => !paragraph.startsWith("Source:"))
    .map((paragraph) => paragraph.replaceAll("\n", " "));
}

const DEFAULT = / ?Default: (.*?)\.(?= |$)/;

/** What a doc comment says of the default; undefined where it says nothing. */
export function defaultOf(member: Member): string | undefined {
  return DEFAULT.exec(paragraphsOf(member).join(" "))?.[1];
}

/** Text of a doc comment, without what it says of the default. */
export function withoutDefault(text: string): string {
  return text.replace(DEFAULT, "");
}

function declarationsOf(file: string) {
  const text = readFileSync(join(SOURCES, file), "utf8");
  return ts
    .createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    .statements.filter((one) => ts.isInterfaceDeclaration(one) || ts.isClassDeclaration(one));
}

function memberOf(node: ts.TypeElement | ts.ClassElement): Member[] {
  if (!ts.isPropertySignature(node) && !ts.isPropertyDeclaration(node)) return [];
  const type = typeOf(node);
  const isRequired = node.questionToken === undefined && !/\| undefined/.test(type);
  return [{ name: node.name.getText(), type, doc: docOf(node), isRequired }];
}

/** The type as it is written, also of a member that takes it from one of LoginProfileArgs. */
function typeOf(node: ts.PropertySignature | ts.PropertyDeclaration): string {
  const text = node.type?.getText() ?? "";
  const [, name] = /^LoginProfileArgs\["(\w+)"\]$/.exec(text) ?? [];
  if (name === undefined) return text;
  const { members } = declarations("resources/login-profile.ts")("LoginProfileArgs");
  return members.find((one) => one.name === name)?.type ?? "";
}

/** The text of a doc comment, without tags: the examples in it are TypeScript. */
function docOf(node: ts.Node): string {
  const comments = (node as { jsDoc?: ts.JSDoc[] }).jsDoc ?? [];
  const text = comments.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "").join("\n");
  return text.replace(/\{@link ([\w.]+)\}/g, "`$1`").trim();
}
