import { PREVIEW_WAIT_MS } from "../common/limits";
import { IamError } from "./iam";

/** What a preview waits for AWS in all, whoever asks: it tells what it can, and an update asks again before it changes anything. */
export class PreviewWait {
  #elapsed: Promise<undefined> | undefined;

  /** The answer; undefined where there is none, or none in what is left of the time. */
  async within<T>(answer: Promise<T>): Promise<T | undefined> {
    this.#elapsed ??= new Promise((resolve) => setTimeout(resolve, PREVIEW_WAIT_MS, undefined).unref());
    try {
      return await Promise.race([answer, this.#elapsed]);
    } catch (error) {
      if (error instanceof IamError) return undefined;
      throw error;
    }
  }
}
