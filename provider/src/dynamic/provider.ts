import type * as pulumi from "@pulumi/pulumi";
import { Accounts } from "../aws/accounts";
import { hashCost, policyCheck, type ReadSetting } from "../aws/settings";
import { keybaseOnTheWay } from "../aws/transport";
import { LoginProfileLifecycle } from "../lifecycle/lifecycle";
import type { Declaration, LoginProfileState, PreviewedDeclaration } from "../lifecycle/model";
import { atMostEvery, failure, withoutEcho } from "../lifecycle/protocol";
import { fromWire, type Properties, toWire } from "./wire";

let readSetting: ReadSetting = () => undefined;

/** The engine shows what this process prints. */
const tell = (line: string) => console.log(line);

const accounts = new Accounts((key) => readSetting(key), tell, atMostEvery(10_000, tell));
const lifecycle = new LoginProfileLifecycle(
  accounts.reach,
  {
    hashCost: () => hashCost(readSetting),
    policyCheck: () => policyCheck(readSetting),
    keybase: () => keybaseOnTheWay(readSetting),
  },
  tell,
);

/** The dynamic front end: Pulumi's protocol for dynamic providers on one side, the lifecycle on the other. */
const provider: pulumi.dynamic.ResourceProvider = {
  // Must act before it first awaits: the process calls other methods without waiting for it.
  async configure({ config }) {
    readSetting = (key) => config.get(key);
  },

  async check(olds: Properties, news: Properties) {
    const previous = fromEngine(olds) as Partial<Declaration>;
    const checked = await lifecycle.check(previous, withoutEcho(fromEngine(news), previous));
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

/** What the engine hands over, without the text that names the provider. */
function fromEngine({ __provider: _, ...properties }: Properties): Properties {
  return fromWire(properties);
}
