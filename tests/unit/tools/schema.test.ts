/** What the Pulumi Registry and the people who read there ask of the schema. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { LANGUAGES, programOf } from "../../../tools/examples.ts";

const schema = JSON.parse(readFileSync("provider/schema.json", "utf8"));

/** Every property, with the way to it. */
function* propertiesIn(node: any, way: string): Generator<[string, any]> {
  for (const part of ["inputProperties", "properties", "variables"]) {
    for (const [name, property] of Object.entries(node?.[part] ?? {})) yield [`${way}.${name}`, property];
  }
}

const nodes: [string, any][] = [
  ...Object.entries(schema.resources),
  ...Object.entries(schema.types),
  ["provider", schema.provider],
];
const all = [...nodes, ["config", schema.config] as [string, any]].flatMap(([way, node]) => [
  ...propertiesIn(node, way),
]);

test("each property is described, nested ones too", () => {
  expect(all.length).toBeGreaterThan(80);
  expect(all.filter(([, { description }]) => !description?.trim()).map(([way]) => way)).toEqual([]);
});

test("each resource and type is described", () => {
  expect(nodes.filter(([, { description }]) => !description?.trim()).map(([way]) => way)).toEqual([]);
});

test("descriptions speak to users: no names of the source, and no marks of its comments", () => {
  const texts = [...nodes, ...all].map(([way, { description }]): [string, string] => [way, description ?? ""]);
  const internal = /\{@link|@internal|@example|TODO|LoginProfileArgs|ConsoleUserArgs|Lifecycle|provider\/src|\.ts\b/;
  expect(texts.filter(([, text]) => internal.test(withoutExamples(text))).map(([way]) => way)).toEqual([]);
});

function withoutExamples(text: string): string {
  return text.replace(/\{\{% examples %\}\}[\s\S]*\{\{% \/examples %\}\}/, "");
}

test("the keywords say category and kind, as the registry wants them", () => {
  expect(schema.keywords).toEqual(expect.arrayContaining(["category/cloud", "kind/native"]));
});

describe.each(Object.keys(schema.resources))("%s", (token) => {
  const resource = token.split(":").at(-1) ?? "";

  test.each(Object.entries(LANGUAGES))(
    "has an example in %s (else: tools/examples, make examples)",
    (fence, ending) => {
      const program = programOf(resource, ending);
      expect(program).toContain(resource);
      expect(schema.resources[token].description).toContain(`\`\`\`${fence}\n${program}\n\`\`\``);
    },
  );
});
