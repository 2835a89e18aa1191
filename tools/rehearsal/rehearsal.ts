/** A release on its way from the build to a stranger's program: what was tried, what came of it, and how long it took. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedIam } from "../../tests/support/embedded-iam.ts";
import { SCRATCH } from "../../tests/support/lab.ts";
import { Plugins } from "../../tests/support/plugins.ts";
import { build, type Part, type Release } from "./publish.ts";
import { Registries } from "./registries.ts";
import { Stranger } from "./stranger.ts";

export interface Row {
  channel: string;
  step: string;
  /** "passed", "FAILED", or why it could not be tried here. */
  result: string;
  seconds: number;
}

/** Carries out one step of a channel, and notes what came of it. */
export type Try = (step: string, action: () => Promise<void>) => Promise<void>;

export interface Channel {
  name: string;
  /** What it needs of a release. */
  needs: Part[];
  /** Why this machine cannot try it. */
  absent?(): string | undefined;
  play(rehearsal: Rehearsal, attempt: Try): Promise<void>;
}

export class Rehearsal {
  readonly rows: Row[] = [];
  readonly folder: string;
  readonly release: Release;
  readonly registries: Registries;
  readonly iam: EmbeddedIam;
  readonly #plugins: Plugins;

  private constructor(folder: string, release: Release, registries: Registries, iam: EmbeddedIam, plugins: Plugins) {
    this.folder = folder;
    this.release = release;
    this.registries = registries;
    this.iam = iam;
    this.#plugins = plugins;
  }

  /** Builds what channels need of a release, for registries that are started and empty. */
  static async prepare(channels: Channel[]): Promise<Rehearsal> {
    const parts = new Set<Part>(channels.flatMap(({ needs }) => needs));
    // Outside the repository: its node_modules must not help.
    const folder = mkdtempSync(join(tmpdir(), "rehearsal-"));
    const registries = await Registries.start(folder, parts.has("sdks"));
    let iam: EmbeddedIam | undefined;
    try {
      // Inside, for the SDK for Node.js is compiled with what is installed there.
      mkdirSync(SCRATCH, { recursive: true });
      const release = await build([...parts], mkdtempSync(join(SCRATCH, "rehearsal-")), registries);
      iam = await EmbeddedIam.start();
      return new Rehearsal(folder, release, registries, iam, await Plugins.start(iam.unrecordedEnvironment));
    } catch (error) {
      await iam?.stop();
      await registries.stop();
      throw error;
    }
  }

  async end(): Promise<void> {
    await this.#plugins.stop();
    await this.iam.stop();
    await this.registries.stop();
    for (const folder of [this.folder, this.release.folder]) rmSync(folder, { recursive: true, force: true });
  }

  stranger(): Stranger {
    const { folder, registries, release, iam } = this;
    return new Stranger(folder, registries, release.home.goModule, {
      ...iam.environment,
      ...this.#plugins.environment,
    });
  }

  /** Tries a channel up to its first step that fails; the error of that one, if there is one. */
  async play({ name: channel, absent, play }: Channel): Promise<unknown> {
    const note = (step: string, result: string, started: number) => {
      const row = { channel, step, result, seconds: (performance.now() - started) / 1000 };
      this.rows.push(row);
      console.log(inWords(row));
    };
    const missing = absent?.();
    if (missing !== undefined) {
      note("all", missing, performance.now());
      return undefined;
    }
    try {
      await play(this, async (step, action) => {
        const started = performance.now();
        try {
          await action();
          note(step, "passed", started);
        } catch (error) {
          note(step, "FAILED", started);
          throw error;
        }
      });
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

export function inWords({ channel, step, result, seconds }: Row): string {
  return `| ${channel} | ${step} | ${result} | ${seconds.toFixed(1)} |`;
}
