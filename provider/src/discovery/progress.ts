/** What a person at a terminal sees while something takes long; nobody else does. */
import { SILENCE_SECONDS } from "../common/limits";

/** Milliseconds between two looks at what there is to show. */
const LOOK_MS = 200;
/** Of a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80;

export class Progress {
  readonly #started = Date.now();
  readonly #looks: NodeJS.Timeout | undefined;
  #text = "";
  #isShown = false;

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {
    if (stream.isTTY) this.#looks = setInterval(() => this.#show(), LOOK_MS).unref();
  }

  /** What goes on now; shown in place of what went on before, once it has taken a while. */
  set(text: string): void {
    this.#text = text;
  }

  /** A line that stays. */
  say(line: string): void {
    this.#clear();
    this.stream.write(`${line}\n`);
  }

  /** Nothing goes on any more. */
  end(): void {
    clearInterval(this.#looks);
    this.#clear();
  }

  #show(): void {
    if (this.#text === "" || Date.now() - this.#started < SILENCE_SECONDS * 1000) return;
    // A line that wraps could not be taken back.
    this.stream.write(`\r\x1b[K${this.#text.slice(0, (this.stream.columns || USUAL_COLUMNS) - 1)}`);
    this.#isShown = true;
  }

  #clear(): void {
    if (this.#isShown) this.stream.write("\r\x1b[K");
    this.#isShown = false;
  }
}
