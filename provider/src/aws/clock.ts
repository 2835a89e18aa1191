/** IAM tells time in whole seconds, in its Date header as in CreateDate. */
const SECOND = 1000;

/**
 * The server's clock as its Date headers tell it. Each answer puts the offset from the local
 * clock into an interval of a second and the time the call took; many answers together narrow it.
 */
export class ServerClock {
  /** The server's clock minus the local one, in milliseconds: at least, and at most. */
  #atLeast = Number.NEGATIVE_INFINITY;
  #atMost = Number.POSITIVE_INFINITY;

  /** Takes in a Date header of an answer, by the local times at which its request was sent and it came. */
  observe(sentAt: number, answeredAt: number, dateHeader: string | undefined): void {
    const date = Date.parse(dateHeader ?? "");
    if (Number.isNaN(date)) return;
    const atLeast = date - answeredAt;
    const atMost = date + SECOND - sentAt;
    if (atLeast > this.#atMost || atMost < this.#atLeast) {
      // One of the clocks was set: what was known is void.
      this.#atLeast = atLeast;
      this.#atMost = atMost;
      return;
    }
    this.#atLeast = Math.max(this.#atLeast, atLeast);
    this.#atMost = Math.min(this.#atMost, atMost);
  }

  /** How many milliseconds the reading may be off; infinite before the first observation. */
  get uncertainty(): number {
    return this.#atMost - this.#atLeast;
  }

  /**
   * Whether something dated by the server, in whole seconds, happened at or after a local time;
   * undefined where the clock is not known well enough to tell.
   */
  isSince(serverDate: number, localTime: number): boolean | undefined {
    const wholeSecond = (time: number) => Math.floor(time / SECOND) * SECOND;
    if (serverDate >= wholeSecond(localTime + this.#atMost)) return true;
    return serverDate < wholeSecond(localTime + this.#atLeast) ? false : undefined;
  }

  /** How long to wait for the moment at which another observation halves the uncertainty. */
  untilTelling(now: number): number {
    const middle = (this.#atLeast + this.#atMost) / 2;
    const intoTheSecond = (now + middle) % SECOND;
    return Number.isFinite(intoTheSecond) ? SECOND - intoTheSecond : 0;
  }
}
