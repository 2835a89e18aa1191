/** What the providers of this process share: one run, one way to each account, one opener of what programs have sealed. */
import type * as pulumi from "@pulumi/pulumi";
import { type SettingsSource, setting, stackSettings } from "../aws/settings";
import { LoginProfileError } from "../common/errors";
import type { Problem } from "../common/problem";
import type { Properties } from "../common/values";
import { lifecycleBy } from "../lifecycle/lifecycle";
import { LoginProfilesLifecycle } from "../lifecycle/many/lifecycle";
import { SealOpener } from "../passwords/seal";
import { fromWire } from "./wire";

let configuration: pulumi.dynamic.Config | undefined;

const settings: SettingsSource = stackSettings((key) => configuration?.get(key));

export const lifecycle = lifecycleBy(
  settings,
  // The engine shows what this process prints.
  (line) => console.log(line),
  // What the engine starts the process with, behind flags of the user's (--logflow, --tracing).
  () => process.argv.slice(2).findLast((argument) => !argument.startsWith("-")),
);

export const profilesLifecycle = new LoginProfilesLifecycle(lifecycle, () => setting(settings, "parallelism"));

// Where the engine was killed, nobody reads what this process prints. Without this, the SDK's process would print that
// failure, and the failure of printing it, for ever, with passwords in its memory.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));

/** Must act before it first awaits: the process calls other methods without waiting for it. */
export async function configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
  configuration = config;
}

const seals = new SealOpener();

/** The program seals the password; where something else has put a plain one in its place, that is served as well. */
export function withPasswordOpened(args: Properties): { args: Properties } | { problems: Problem[] } {
  if (typeof args.password !== "string") return { args };
  try {
    return { args: { ...args, password: seals.open(args.password)?.reveal() ?? args.password } };
  } catch (error) {
    if (!(error instanceof LoginProfileError)) throw error;
    return { problems: [{ property: "password", reason: error.message, secret: true }] };
  }
}

/** What the engine hands over, without the text that names the provider. */
export function fromEngine({ __provider: _, ...properties }: Properties): Properties {
  return fromWire(properties);
}
