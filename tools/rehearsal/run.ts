/** node tools/rehearsal/run.ts [--only npm,plugin]: prints a line for each step, and fails if one of them does. */
import { parseArgs } from "node:util";
import { CHANNELS } from "./channels.ts";
import { inWords, Rehearsal } from "./rehearsal.ts";

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const names = values.only.split(",").map((name) => name.trim());
const channels = CHANNELS.filter(({ name }) => names.some((one) => name.startsWith(one)));
const errors: unknown[] = [];
const rehearsal = await Rehearsal.prepare(channels);
try {
  for (const channel of channels) {
    const error = await rehearsal.play(channel);
    if (error === undefined) continue;
    errors.push(error);
    console.log((error as Error).message);
  }
} finally {
  await rehearsal.end();
}
console.log(
  ["", "| channel | step | result | seconds |", "| --- | --- | --- | --- |", ...rehearsal.rows.map(inWords)].join("\n"),
);
if (errors.length > 0) process.exit(1);
