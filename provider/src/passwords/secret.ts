import { inspect } from "node:util";

/** What a secret prints as, however it is printed. */
const MASK = "[secret]";

/**
 * A text that must not be shown. Printing it in any way (template, JSON, inspection, console)
 * prints `[secret]`; only `reveal()` hands out the text.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Call it only where the text goes into a hash or into the request to AWS. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
