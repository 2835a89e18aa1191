/** Contenders that are Pulumi programs: ours, resources that do nothing, and the provider that tutorials teach. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PLUGIN, pluginEnvironment } from "../../tests/support/front-ends.ts";
import { Stack } from "../../tests/support/stack.ts";
import { type Costs, Usage } from "../usage.ts";
import { type Contender, declared, type Phase } from "./contender.ts";

export const OURS = "ours";
export const MANY = "ours, LoginProfiles";
export const ONE_IDLE = "floor, one resource";
export const LIKE_OURS = "floor, state like ours";
export const BARE = "floor, bare";
export const NAIVE = "naive";
export const PLUGIN_OURS = "ours, plugin";
export const WITHOUT_CHECKPOINTS = "ours, PULUMI_SKIP_CHECKPOINTS";
export const WITHOUT_BACKUPS = "ours, PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS";

interface Program {
  /** Stands before all resources. */
  prelude?: string;
  /** Declares the resource of one user. */
  declare?: string;
  /** Stands after them: what declares all users at once. */
  all?: string;
}

/** The resources stand at the program's top level: each function between adds a frame to the stack trace in the state. */
const sourceOf = ({ prelude = "", declare = "", all = "" }: Program) => `
const { GENERATION, RESET } = process.env;
const passwordResetRequired = RESET === "true";
${prelude}
for (const userName of require("./users.json")) {
  ${declare}
}
${all}`;

const ours: Program = {
  declare: `new LoginProfile(userName, {
    userName, password: "Bench-Password-" + GENERATION + "-" + userName, passwordResetRequired,
    ...(process.env.ADOPT === "true" ? { adoptExisting: true } : {}),
  });`,
};

const many: Program = {
  all: `const profiles = Object.fromEntries(require("./users.json").map((userName) => [
  userName, { password: "Bench-Password-" + GENERATION + "-" + userName },
]));
new LoginProfiles("team", { passwordResetRequired, profiles });`,
};

/** As long a name as that of our package, so that the state is as large. */
const IDLE = "pulumi-that-does-nothing";
const IDLE_PROVIDER = `
const applied = (inputs) => inputs.createDate === undefined && inputs.userName !== undefined
  ? { ...inputs, passwordResetPending: inputs.passwordResetRequired, createDate: "2026-01-01T00:00:00Z" }
  : inputs;
exports.handler = () => ({
  create: async (inputs) => ({ id: inputs.userName ?? inputs.name, outs: applied(inputs) }),
  update: async (_id, _olds, news) => ({ outs: applied(news) }),
});`;

/** Registered as ours is: a constant text names the provider. */
const IDLE_PRELUDE = `
class NothingAtAll extends pulumi.CustomResource {
  constructor(name, inputs) {
    super("pulumi-nodejs:dynamic/iam:NothingAtAll", name, { __provider: 'module.exports=require("${IDLE}/provider")', ...inputs });
  }
}
const HASH = "$scrypt$ln=10,r=8,p=1$0123456789012345678901$012345678901234567890";
`;
const idle = (inputs: string): Program => ({
  prelude: IDLE_PRELUDE,
  declare: `new NothingAtAll(userName, ${inputs});`,
});

const likeOurs = idle(`{
    userName, passwordResetRequired, passwordHash: pulumi.secret(HASH + GENERATION), passwordVersion: Number(GENERATION),
    passwordResetPending: undefined, createDate: undefined,
  }`);
const bare = idle("{ name: userName, value: GENERATION + RESET }");
const oneIdle: Program = {
  prelude: IDLE_PRELUDE,
  all: 'new NothingAtAll("nothing", { name: "nothing", value: GENERATION + RESET });',
};

/** As the usual tutorial has it: a local class, serialized; a client for each call; the password among the inputs. */
const naive: Program = {
  prelude: `
class LoginProfileProvider {
  async send(command, input) {
    const sdk = require("@aws-sdk/client-iam");
    const client = new sdk.IAMClient({});
    return client.send(new sdk[command](input));
  }
  async create({ userName, password, passwordResetRequired }) {
    await this.send("CreateLoginProfileCommand", { UserName: userName, Password: password, PasswordResetRequired: passwordResetRequired });
    return { id: userName, outs: { userName, password, passwordResetRequired } };
  }
  async update(id, olds, { userName, password, passwordResetRequired }) {
    await this.send("UpdateLoginProfileCommand", { UserName: id, Password: password, PasswordResetRequired: passwordResetRequired });
    return { outs: { userName, password, passwordResetRequired } };
  }
  async read(id, props) {
    const { LoginProfile } = await this.send("GetLoginProfileCommand", { UserName: id });
    return { id, props: { ...props, passwordResetRequired: LoginProfile.PasswordResetRequired ?? false } };
  }
  async delete(id) {
    await this.send("DeleteLoginProfileCommand", { UserName: id });
  }
}
class NaiveLoginProfile extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(new LoginProfileProvider(), name, args);
  }
}
`,
  declare: `new NaiveLoginProfile(userName, {
    userName, password: pulumi.secret("Bench-Password-" + GENERATION + "-" + userName), passwordResetRequired,
  });`,
};

/** The plugin, as the SDK that is generated for it registers a profile. */
const plugin: Program = {
  prelude: PLUGIN.prelude,
  declare: `new PluginLoginProfile(userName, {
    userName, password: "Bench-Password-" + GENERATION + "-" + userName, passwordResetRequired,
  });`,
};

/** One resource for each of 2,000 users takes an hour of checkpoints, and tells nothing that 1,000 do not tell. */
const JUDGED = { 1: 3, 10: 3, 100: 3, 250: 3, 300: 1, 500: 3, 1000: 1 };
const OF_MANY = { 1: 3, 10: 3, 100: 3, 500: 3, 1000: 3, 2000: 3 };

export const PULUMI_CONTENDERS: Contender[] = [
  contender(OURS, JUDGED, ours),
  contender(LIKE_OURS, JUDGED, likeOurs),
  contender(MANY, OF_MANY, many),
  contender(ONE_IDLE, OF_MANY, oneIdle),
  contender(BARE, { 100: 1, 500: 1 }, bare),
  contender(NAIVE, { 100: 1, 300: 1 }, naive),
  contender(PLUGIN_OURS, { 100: 1, 500: 1 }, plugin, pluginEnvironment()),
  contender(WITHOUT_CHECKPOINTS, { 500: 1 }, ours, { PULUMI_SKIP_CHECKPOINTS: "true" }),
  contender(WITHOUT_BACKUPS, { 500: 1 }, ours, { PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true" }),
];

function contender(
  name: string,
  rounds: Contender["rounds"],
  program: Program,
  extra: NodeJS.ProcessEnv = {},
): Contender {
  return {
    name,
    rounds,
    async start(users, environment) {
      const stack = await stackOf(program, users, { ...environment, ...extra });
      return { measure: (...args) => measure(stack, ...args), remove: () => stack.remove() };
    },
  };
}

/** A stack whose program declares a profile, or what stands for it, of each user. */
async function stackOf(program: Program, users: string[], environment: NodeJS.ProcessEnv): Promise<Stack> {
  const stack = await Stack.create(environment);
  const module = join(stack.folder, "node_modules", IDLE);
  mkdirSync(module, { recursive: true });
  writeFileSync(join(module, "provider.js"), IDLE_PROVIDER);
  writeFileSync(join(stack.folder, "users.json"), JSON.stringify(users));
  stack.program(sourceOf(program));
  return stack;
}

/** A stack of ours, for measurements of its own. */
export const stackOfOurs = (users: string[], environment: NodeJS.ProcessEnv) => stackOf(ours, users, environment);

const COMMANDS: Record<Phase, string[]> = {
  create: ["up", "--yes", "--skip-preview"],
  unchanged: ["preview", "--expect-no-changes"],
  flag: ["up", "--yes", "--skip-preview"],
  rotate: ["up", "--yes", "--skip-preview"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

async function measure(stack: Stack, phase: Phase, environment: NodeJS.ProcessEnv = {}, words: string[] = []) {
  let usage: Usage | undefined;
  stack.onStart = (engine) => {
    usage = new Usage(engine.pid ?? 0);
  };
  const [command = "", ...args] = COMMANDS[phase];
  const started = performance.now();
  const { code, output } = await stack.pulumi(command, ...args, ...words, { ...environment, ...declared(phase) });
  const wallMs = performance.now() - started;
  const costs: Costs = usage?.stop() ?? {};
  stack.outputs.length = 0;
  if (code !== 0) throw new Error(output);
  return { wallMs, costs, stateBytes: Buffer.byteLength(stack.checkpoint()) };
}
