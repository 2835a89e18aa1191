/** Many profiles through a token bucket: how close to the bucket's own pace they are created. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { Stack } from "../support/stack.ts";

const PROFILES = 200;
const PER_SECOND = 10;
/** What the bucket holds when it is full. */
const CAPACITY = 10;
const LEAST_SECONDS = (PROFILES - CAPACITY) / PER_SECOND;

let iam: EmbeddedIam;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
});

afterAll(() => iam.stop());

/** Lets through as many calls a second as the bucket allows, and throttles the others. */
class TokenBucket {
  /** When calls were let through, in milliseconds. */
  readonly letThrough: number[] = [];
  throttled = 0;
  #tokens = CAPACITY;
  #filled = Date.now();

  takes(): boolean {
    const now = Date.now();
    this.#tokens = Math.min(CAPACITY, this.#tokens + ((now - this.#filled) / 1000) * PER_SECOND);
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
}

test(`${PROFILES} profiles are created through a limit of ${PER_SECOND} calls a second, in less than 1.25 times its own minimum`, async () => {
  const users = Array.from({ length: PROFILES }, (_, number) => `throttled-${number}`);
  await iam.createUsers(users);
  const bucket = new TokenBucket();
  iam.refuse(({ operation }) => {
    if (operation !== "CreateLoginProfile" || bucket.takes()) return undefined;
    return { status: 400, code: "Throttling", message: "Rate exceeded" };
  });
  const stack = await Stack.create(iam.environment);
  try {
    stack.program(`
for (const user of ${JSON.stringify(users)}) new LoginProfile(user, { userName: user, password: process.env.PASSWORD });`);
    const { code, output } = await stack.up({ PASSWORD: "Throttled-Secret-1!" });
    const ratio = bucket.seconds / LEAST_SECONDS;
    console.log(
      `Throttling: ${bucket.seconds.toFixed(1)} s for at least ${LEAST_SECONDS} s (ratio ${ratio.toFixed(2)}), ${bucket.throttled} calls throttled`,
    );
    expect(code).toBe(0);
    expect(output).not.toMatch(/error:|Could not/);
    expect(stack.loginProfiles()).toHaveLength(PROFILES);
    expect(bucket.letThrough).toHaveLength(PROFILES);
    expect(bucket.throttled).toBeGreaterThan(0);
    expect(ratio).toBeLessThan(1.25);
  } finally {
    stack.remove();
  }
});
