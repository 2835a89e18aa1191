import type * as pulumi from "@pulumi/pulumi";
import { Accounts } from "./accounts";
import { HASH_PLACEHOLDER } from "./contract";
import { LoginProfileLifecycle } from "./lifecycle";
import type { Declaration, LoginProfileState, PreviewedDeclaration } from "./model";
import { hashCost, keybase, policyCheck, type ReadSetting } from "./settings";
import type { Problem } from "./validation";
import { fromWire, type Properties, toWire } from "./wire";

let readSetting: ReadSetting = () => undefined;

/** The engine shows what a provider process prints. */
const tell = (line: string) => console.log(line);

const accounts = new Accounts((key) => readSetting(key), tell, atMostEvery(10_000, tell));
const lifecycle = new LoginProfileLifecycle(
  accounts.reach,
  {
    hashCost: () => hashCost(readSetting),
    policyCheck: () => policyCheck(readSetting),
    keybase: () => keybase(readSetting),
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

/** Passes on a line if none was passed on for so many milliseconds. */
function atMostEvery(milliseconds: number, pass: (line: string) => void): (line: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (line) => {
    const now = Date.now();
    if (now - last < milliseconds) return;
    last = now;
    pass(line);
  };
}

/** What the engine hands over, without the text that names the provider. */
function fromEngine({ __provider: _, ...properties }: Properties): Properties {
  return fromWire(properties);
}

/**
 * The arguments as the program wrote them. Beside them stands the placeholder that keeps the
 * hash secret, or, under `ignoreChanges`, what an earlier check returned: then the user wants
 * the password kept, whatever the program says.
 */
function withoutEcho(args: Properties, previous: Properties): Properties {
  const { passwordHash, passwordVersion, ...rest } = args;
  if (passwordVersion !== undefined && passwordVersion !== previous.passwordVersion) {
    Object.assign(rest, { passwordVersion });
  }
  if (passwordHash === HASH_PLACEHOLDER) return rest;
  if (passwordHash !== undefined && passwordHash !== previous.passwordHash) return { ...rest, passwordHash };
  const { password: _, ...kept } = rest;
  return passwordHash === undefined ? rest : kept;
}

/** The engine prints the value of a property that a failure names, secret or not: so no secret one is named. */
function failure({ property, reason, secret }: Problem): pulumi.dynamic.CheckFailure {
  return { property: secret ? "" : property, reason };
}
