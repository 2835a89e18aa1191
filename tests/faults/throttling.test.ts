/** Many profiles through a token bucket: how close to the bucket's own pace they are created. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { Stack } from "../support/stack.ts";
import { TokenBucket } from "../support/token-bucket.ts";

const PROFILES = 200;
const PER_SECOND = 10;
/** What the bucket holds when it is full. */
const CAPACITY = 10;

let iam: EmbeddedIam;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
});

afterAll(() => iam.stop());

test(`${PROFILES} profiles are created through a limit of ${PER_SECOND} calls a second, in less than 1.25 times its own minimum`, async () => {
  const users = Array.from({ length: PROFILES }, (_, number) => `throttled-${number}`);
  await iam.createUsers(users);
  const bucket = new TokenBucket(PER_SECOND, CAPACITY);
  const least = bucket.leastSeconds(PROFILES);
  iam.refuse(({ operation }) => {
    if (operation !== "CreateLoginProfile" || bucket.takes()) return undefined;
    return { status: 400, code: "Throttling", message: "Rate exceeded" };
  });
  const stack = await Stack.create(iam.environment);
  try {
    stack.program(`
for (const user of ${JSON.stringify(users)}) new LoginProfile(user, { userName: user, password: process.env.PASSWORD });`);
    const { code, output } = await stack.up({ PASSWORD: "Throttled-Secret-1!" });
    const ratio = bucket.seconds / least;
    console.log(
      `Throttling: ${bucket.seconds.toFixed(1)} s for at least ${least} s (ratio ${ratio.toFixed(2)}), ${bucket.throttled} calls throttled`,
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
