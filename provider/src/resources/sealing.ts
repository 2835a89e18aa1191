/**
 * Seals what the program registers as a password, so that the engine is given a sealed text. Remembers the key of each run,
 * until all that the run has registered so far is answered: by then every check that needs it is done.
 */
import * as pulumi from "@pulumi/pulumi";
import { LoginProfileError } from "../common/errors";
import { Seal } from "../passwords/seal";

/** The connection to an engine: each run has one of its own, also where one process runs several. */
type Monitor = object & { getChannel(): unknown };

interface RunSeal {
  seal: Seal;
  /** How many passwords it has sealed. */
  uses: number;
}

const seals = new WeakMap<Monitor, RunSeal>();

/**
 * What to register in a password's place: a secret, and sealed where there is an engine that could read it. Under Pulumi's
 * mocks it stays as it is, for the tests of a program to look at.
 *
 * @throws pulumi.RunError if the password is known, and there is nowhere to put the key.
 */
export function sealed(
  /** The resource, as messages call it. */
  what: string,
  password: pulumi.Input<string | undefined>,
): pulumi.Output<string | undefined> {
  const monitor = monitorOfEngine();
  if (monitor === undefined) return pulumi.secret(password);
  // What is no text is told by the checks, which see it as it is.
  const seal = (value: string | undefined) => (typeof value === "string" ? sealFor(monitor, what, value) : value);
  return pulumi.secret(typeof password === "string" ? seal(password) : pulumi.output(password).apply(seal));
}

/**
 * The same of a password that is known, in the form in which the SDK would write that secret for the engine: an output takes
 * the SDK half a millisecond, and hundreds of them in one resource are all waited for. Undefined without an engine.
 */
export function sealedOnTheWire(what: string, password: string): object | undefined {
  const monitor = monitorOfEngine();
  if (monitor === undefined) return undefined;
  const { specialSigKey, specialSecretSig } = pulumi.runtime;
  return { [specialSigKey]: specialSecretSig, value: sealFor(monitor, what, password) };
}

function monitorOfEngine(): Monitor | undefined {
  const monitor = pulumi.runtime.getMonitor() as Partial<Monitor> | undefined;
  // A mock is connected to nothing.
  return typeof monitor?.getChannel === "function" ? (monitor as Monitor) : undefined;
}

function sealFor(monitor: Monitor, what: string, password: string): string {
  try {
    const run = seals.get(monitor) ?? newSealFor(monitor);
    run.uses++;
    return run.seal.seal(password);
  } catch (error) {
    if (!(error instanceof LoginProfileError)) throw error;
    throw new pulumi.RunError(`${what}: ${error.message}`);
  }
}

function newSealFor(monitor: Monitor): RunSeal {
  const run = { seal: new Seal(), uses: 0 };
  seals.set(monitor, run);
  removeOnceAnswered(monitor, run);
  return run;
}

/** Not exported by the SDK's types. Without it, the key goes when the process ends. */
const { waitForRPCs } = pulumi.runtime as { waitForRPCs?: () => Promise<void> };

/** A profile counts as pending from its constructor on, so what is sealed and not answered yet is waited for. */
async function removeOnceAnswered(monitor: Monitor, run: RunSeal): Promise<void> {
  if (waitForRPCs === undefined) return;
  let before: number;
  do {
    before = run.uses;
    await waitForRPCs();
  } while (run.uses !== before);
  seals.delete(monitor);
  run.seal.remove();
}
