import type * as pulumi from "@pulumi/pulumi";
import { stackSettings } from "../aws/settings";
import { LoginProfileError } from "../common/errors";
import { failure, type Problem } from "../common/problem";
import type { Properties } from "../common/values";
import { withoutEcho } from "../lifecycle/echo";
import { lifecycleBy } from "../lifecycle/lifecycle";
import type { Declaration, LoginProfileState, PreviewedDeclaration } from "../lifecycle/model";
import { SealOpener } from "../passwords/seal";
import { fromWire, toWire } from "./wire";

let configuration: pulumi.dynamic.Config | undefined;

const lifecycle = lifecycleBy(
  stackSettings((key) => configuration?.get(key)),
  // The engine shows what this process prints.
  (line) => console.log(line),
  // What the engine starts the process with, behind flags of the user's (--logflow, --tracing).
  () => process.argv.slice(2).findLast((argument) => !argument.startsWith("-")),
);

// Where the engine was killed, nobody reads what this process prints. Without this, the SDK's process would print that
// failure, and the failure of printing it, for ever, with passwords in its memory.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));

const seals = new SealOpener();

/** The dynamic front end: Pulumi's protocol for dynamic providers on one side, the lifecycle on the other. */
const provider: pulumi.dynamic.ResourceProvider = {
  // Must act before it first awaits: the process calls other methods without waiting for it.
  async configure({ config }) {
    configuration = config;
  },

  async check(olds: Properties, news: Properties) {
    const previous = fromEngine(olds) as Partial<Declaration>;
    const { args, facts } = withoutEcho(fromEngine(news), previous);
    const opened = withPasswordOpened(args);
    const checked = "problems" in opened ? opened : await lifecycle.check(previous, opened.args, facts);
    if ("problems" in checked) return { inputs: {}, failures: checked.problems.map(failure) };
    return { inputs: toWire(checked.declaration) };
  },

  async diff(_id, olds: Properties, news: Properties) {
    const { userName, password, passwordResetRequired, connection, account } = await lifecycle.diff(
      fromEngine(olds) as unknown as LoginProfileState,
      fromEngine(news) as unknown as PreviewedDeclaration,
    );
    return {
      changes: userName || password || passwordResetRequired || connection,
      replaces: [...(userName ? ["userName"] : []), ...(account ? ["connection"] : [])],
      deleteBeforeReplace: true,
    };
  },

  async create(inputs: Properties) {
    const state = await lifecycle.create(fromEngine(inputs) as unknown as Declaration);
    return { id: state.userName, outs: state };
  },

  async read(id, props: Properties) {
    const state = await lifecycle.read({ ...(fromEngine(props) as unknown as LoginProfileState), userName: id });
    // An empty id tells the engine that the resource is gone.
    if (state === undefined) return { id: "" };
    return { id, props: state };
  },

  async update(_id, olds: Properties, news: Properties) {
    const outs = await lifecycle.update(
      fromEngine(olds) as unknown as LoginProfileState,
      fromEngine(news) as unknown as Declaration,
    );
    return { outs };
  },

  async delete(id, props: Properties) {
    await lifecycle.delete({ ...(fromEngine(props) as unknown as LoginProfileState), userName: id });
  },
};

/** What the text in the state asks this module for. */
export const handler = () => provider;

/** The program seals the password; where something else has put a plain one in its place, that is served as well. */
function withPasswordOpened(args: Properties): { args: Properties } | { problems: Problem[] } {
  if (typeof args.password !== "string") return { args };
  try {
    return { args: { ...args, password: seals.open(args.password)?.reveal() ?? args.password } };
  } catch (error) {
    if (!(error instanceof LoginProfileError)) throw error;
    return { problems: [{ property: "password", reason: error.message, secret: true }] };
  }
}

/** What the engine hands over, without the text that names the provider. */
function fromEngine({ __provider: _, ...properties }: Properties): Properties {
  return fromWire(properties);
}
