import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../aws/connection";
import { stackKeyOf } from "../aws/settings";
import { isKnown } from "../common/unknown";
import { given, isMap, type Properties } from "../common/values";
import { fromWire, holdsSecret } from "../dynamic/wire";
import { validateAll } from "../lifecycle/many/validation";
import { type Declarer, Run } from "../lifecycle/run";
import { SharedRun } from "../lifecycle/shared-run";
import { validate } from "../lifecycle/validation";
import { USER } from "./aws-account";

/**
 * Checks a resource's arguments in the program, before it is registered: the engine stops at
 * the first resource that fails its check, and would show the mistakes of that one alone.
 * Rejects with one error that lists them; the program goes on, so every resource is heard.
 *
 * Resolves to no resources: given as `dependsOn`, it holds back the registration and changes nothing else.
 */
export async function checkedInProgram(
  resource: { type: "LoginProfile" | "LoginProfiles"; name: string },
  args: object,
  opts: pulumi.CustomResourceOptions = {},
): Promise<pulumi.Resource[]> {
  const { type, name } = resource;
  const wired = await pulumi.runtime.serializeProperties(name, args as pulumi.Inputs);
  const known = fromWire(wired);
  const mistakes = (type === "LoginProfile" ? validate : validateAll)(known).map(({ reason }) => reason);
  mistakes.push(...refusedOptions(opts));
  if (holdsSecret(wired.connection)) mistakes.push(SECRET_CONNECTION);
  const connection = known.connection as Connection | undefined;
  if (mistakes.length === 0) {
    const userNames = usersIn(known);
    mistakes.push(...userNames.flatMap((userName) => declaredTwice(resource, userName, connection)));
    // Not in a preview: what is declared there may have to be deleted, before the update's program declares it again.
    if (isKnown(connection) && !pulumi.runtime.isDryRun()) {
      for (const userName of userNames) shared.note({ userName, fate: "declared", ...given({ connection }) });
    }
  }
  if (mistakes.length > 0) {
    throw new pulumi.RunError([`${type} "${name}":`, ...mistakes.map((mistake) => `- ${mistake}`)].join("\n"));
  }
  return [];
}

function usersIn(args: Properties): string[] {
  if (isMap(args.profiles)) return Object.keys(args.profiles);
  return typeof args.userName === "string" ? [args.userName] : [];
}

/** What else is in such a component goes to that provider's account; passing over it must not go unnoticed. */
export function warnOfUnusedProvider(type: string, name: string, opts: pulumi.ResourceOptions | undefined): void {
  if (!opts?.parent || opts.parent.getProvider(USER) === undefined) return;
  pulumi.log.warn(
    `${type} "${name}": the aws provider of its parent does not reach it. It goes to the account of the stack's ` +
      `configuration (${stackKeyOf("profile")}, AWS_PROFILE, …). Its connection argument leads to another.`,
  );
}

/**
 * What a resource's registration depends on: mistakes hold it back. The SDK rejects dozens of promises then, all with the
 * same error, which an engine shows once. In a unit test under mocks there is no engine, and each would be an error of its
 * own, that no test can await: there the registration goes on.
 */
export function heldBackBy(checked: Promise<pulumi.Resource[]>): Promise<pulumi.Resource[]> {
  return hasEngine() ? checked : checked.catch(() => []);
}

/** Without an engine, the URN of a resource with mistakes rejects, and nothing else of it. A test may await that. */
export function toldByUrn(urn: pulumi.Output<pulumi.URN>, checked: Promise<unknown>): pulumi.Output<pulumi.URN> {
  if (hasEngine()) return urn;
  const told = pulumi.output(checked.then(() => urn));
  // An output rejects in two promises that nobody has asked for; one is enough for a mistake not to pass unnoticed.
  (told as unknown as { isSecret: Promise<boolean> }).isSecret.catch(() => {});
  return told;
}

/** Not the SDK's own `hasEngine`, which is false in inline programs of the Automation API. */
function hasEngine(): boolean {
  return pulumi.runtime.getEngine() !== undefined;
}

/** A secret there would be needed in every later run, and shown to all who may read how an account is reached. */
const SECRET_CONNECTION =
  "connection must not hold a secret: it says how the account is reached, not with which credentials. Give a profile or a role.";

/** Options under which the engine passes by the check that takes the password out of the inputs, and why each is refused. */
const REFUSED_OPTIONS = {
  provider:
    "the option provider cannot be given: a login profile is managed by its own provider, which takes its settings from the " +
    `stack's configuration (${stackKeyOf("region")}, ${stackKeyOf("profile")}) and from its connection argument. Remove the option.`,
  id: "the option id cannot be given: a profile that exists is taken over by adoptExisting: true. Remove the option.",
  import:
    "the option import does not work for a dynamic resource. Take the profile over by adoptExisting: true instead.",
};

function refusedOptions(opts: pulumi.CustomResourceOptions): string[] {
  return Object.entries(REFUSED_OPTIONS)
    .filter(([option]) => opts[option as keyof typeof REFUSED_OPTIONS] !== undefined)
    .map(([, reason]) => reason);
}

/** The engine lets the provider check nothing of a resource that a run leaves out (--target, --exclude); it is declared all the same. */
const shared = new SharedRun(
  engineAddress,
  undefined,
  [process.pid, process.ppid].filter((pid) => pid > 1),
);

function engineAddress(): string | undefined {
  const engine = pulumi.runtime.getEngine() as { getChannel?(): { getTarget(): string } } | undefined;
  // With the name of a resolver before it.
  return engine
    ?.getChannel?.()
    .getTarget()
    .replace(/^\w+:(?=\d)/, "");
}

/** Per run of a program: one process may run several. */
const runs = new WeakMap<pulumi.Resource, Run>();

function declaredTwice(by: Declarer, userName: string, connection: Connection | undefined): string[] {
  const stack = pulumi.runtime.getStackResource();
  // Under mocks there is no stack, and no telling one run from the next.
  if (stack === undefined) return [];
  const run = runs.get(stack) ?? new Run();
  runs.set(stack, run);
  const mistake = run.declare(userName, connection, by);
  return mistake === undefined ? [] : [mistake];
}
