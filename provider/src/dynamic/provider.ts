import type * as pulumi from "@pulumi/pulumi";
import { failure } from "../common/problem";
import type { Properties } from "../common/values";
import { withoutEcho } from "../lifecycle/echo";
import type { Declaration, LoginProfileState, PreviewedDeclaration } from "../lifecycle/model";
import { profilesProvider } from "./profiles-provider";
import { configure, fromEngine, lifecycle, withPasswordOpened } from "./served";
import { toWire } from "./wire";

/** The dynamic front end: Pulumi's protocol for dynamic providers on one side, the lifecycle on the other. */
const provider: pulumi.dynamic.ResourceProvider = {
  configure,

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

/** The same, of many login profiles in one resource. */
export const profilesHandler = () => profilesProvider;
