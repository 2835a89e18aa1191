/** A limit of calls as services keep it: a bucket that fills at its rate, and of which each call takes one token. */
export class TokenBucket {
  /** When calls were let through, in milliseconds. */
  readonly letThrough: number[] = [];
  throttled = 0;
  readonly #perSecond: number;
  readonly #capacity: number;
  #tokens: number;
  #filled = Date.now();

  constructor(
    perSecond: number,
    /** What the bucket holds when it is full. */
    capacity: number,
  ) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
    this.#tokens = capacity;
  }

  takes(): boolean {
    const now = Date.now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + ((now - this.#filled) / 1000) * this.#perSecond);
    this.#filled = now;
    if (this.#tokens < 1) {
      this.throttled++;
      return false;
    }
    this.#tokens--;
    this.letThrough.push(now);
    return true;
  }

  /** From the first call to the last one. */
  get seconds(): number {
    return ((this.letThrough.at(-1) ?? 0) - (this.letThrough[0] ?? 0)) / 1000;
  }

  /** The least that so many calls can take. */
  leastSeconds(calls: number): number {
    return Math.max(calls - this.#capacity, 0) / this.#perSecond;
  }
}
