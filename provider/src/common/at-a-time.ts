/** Lets so many pieces of work run at once; the others wait, in the order in which they came. */
export class AtATime {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  async do<T>(work: () => Promise<T>): Promise<T> {
    // Whoever waited takes the place of the one that ended.
    if (this.#running < this.most) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
