import type * as pulumi from "@pulumi/pulumi";
import { failure, type Problem } from "../common/problem";
import { isMap, type Properties } from "../common/values";
import { withoutEchoes } from "../lifecycle/many/echo";
import { idOf } from "../lifecycle/many/entries";
import type { AppliedProfiles, DeclaredProfiles, PreviewedProfiles } from "../lifecycle/many/model";
import { PartlyDone } from "../lifecycle/many/partly-done";
import { named } from "../lifecycle/many/validation";
import { configure, fromEngine, profilesLifecycle as lifecycle, withPasswordOpened } from "./served";
import { toWire } from "./wire";

/** The dynamic front end of many login profiles in one resource. */
export const profilesProvider: pulumi.dynamic.ResourceProvider = {
  configure,

  async check(olds: Properties, news: Properties) {
    const previous = fromEngine(olds) as Partial<DeclaredProfiles>;
    const { args, facts } = withoutEchoes(fromEngine(news), previous);
    const opened = withPasswordsOpened(args);
    const checked = "problems" in opened ? opened : await lifecycle.check(previous, opened.args, facts);
    if ("problems" in checked) return { inputs: {}, failures: checked.problems.map(failure) };
    return { inputs: toWire(checked.declaration) };
  },

  async diff(_id, olds: Properties, news: Properties) {
    const { added, removed, changed, connection, account, unknown } = await lifecycle.diff(
      fromEngine(olds) as unknown as AppliedProfiles,
      fromEngine(news) as unknown as PreviewedProfiles,
    );
    return {
      changes: unknown || connection || account || added.length + removed.length + changed.length > 0,
      replaces: account ? ["connection"] : [],
      deleteBeforeReplace: true,
    };
  },

  async create(inputs: Properties) {
    const outs = await told(inputs, lifecycle.create(fromEngine(inputs) as unknown as DeclaredProfiles));
    return { id: idOf(outs), outs };
  },

  async read(id, props: Properties) {
    return { id, props: await lifecycle.read(fromEngine(props) as unknown as AppliedProfiles) };
  },

  async update(_id, olds: Properties, news: Properties) {
    const applied = fromEngine(olds) as unknown as AppliedProfiles;
    const outs = await told(news, lifecycle.update(applied, fromEngine(news) as unknown as DeclaredProfiles));
    return { outs };
  },

  async delete(_id, props: Properties) {
    await lifecycle.delete(fromEngine(props) as unknown as AppliedProfiles);
  },
};

/** Of a step that was partly carried out, the engine keeps what there is now, if it is told so in the terms of its process. */
async function told({ __provider }: Properties, step: Promise<AppliedProfiles>): Promise<AppliedProfiles> {
  try {
    return await step;
  } catch (error) {
    if (!(error instanceof PartlyDone)) throw error;
    throw Object.assign(error, { id: idOf(error.state), properties: { ...error.state, __provider } });
  }
}

function withPasswordsOpened(args: Properties): { args: Properties } | { problems: Problem[] } {
  if (!isMap(args.profiles)) return { args };
  const problems: Problem[] = [];
  const profiles = Object.entries(args.profiles).map(([userName, own]) => {
    const opened = isMap(own) ? withPasswordOpened(own) : { args: own };
    if (!("problems" in opened)) return [userName, opened.args];
    problems.push(...named(userName, opened.problems));
    return [userName, own];
  });
  return problems.length > 0 ? { problems } : { args: { ...args, profiles: Object.fromEntries(profiles) } };
}
