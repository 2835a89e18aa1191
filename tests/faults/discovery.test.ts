/** Who has a console password, asked of an account that throttles: how close to its own pace the answer comes. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { drawnOne } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { labEnvironment, ROOT, SCRATCH } from "../support/lab.ts";
import { PagingProxy } from "../support/paging-proxy.ts";
import { run } from "../support/processes.ts";
import { TokenBucket } from "../support/token-bucket.ts";

const PER_SECOND = 10;
const PAGE = 100;

let iam: EmbeddedIam;
let pages: PagingProxy;

beforeAll(async () => {
  iam = await EmbeddedIam.start();
  pages = await PagingProxy.start(iam.address, PAGE);
  iam.forwardTo(pages.url);
});

afterAll(async () => {
  await pages.close();
  await iam.stop();
});

test.each(drawnOne([30], () => [300]))(
  "%i users are read through a limit of 10 calls a second, each once, and nobody is left out",
  async (count) => {
    const names = Array.from({ length: count }, (_, index) => `throttled-${count}-${index}`);
    await iam.createUsers(names);
    // Every tenth one has no password.
    const withPassword = names.filter((_, index) => index % 10 !== 0);
    for (const name of withPassword) await iam.createLoginProfile(name, "Throttled-Secret-1!");
    const { Users } = await iam.awsCli("iam", "list-users");
    const bucket = new TokenBucket(PER_SECOND, PER_SECOND);
    iam.takeCalls();
    iam.refuse(() => (bucket.takes() ? undefined : { status: 400, code: "Throttling", message: "Rate exceeded" }));

    const { code, stdout, stderr } = await run(
      "node",
      [`${ROOT}/provider/dist/cli.js`, "discover", "--format", "json"],
      {
        cwd: SCRATCH,
        env: { ...labEnvironment(), ...iam.environment },
      },
    );
    expect(code).toBe(0);
    expect(stderr).not.toContain("error:");
    const found = JSON.parse(stdout).users.map(({ name }: { name: string }) => name);
    expect(found.filter((name: string) => names.includes(name))).toEqual(withPassword.sort());
    const calls = Users.length + Math.ceil(Users.length / PAGE);
    expect(bucket.letThrough).toHaveLength(calls);
    expect(bucket.throttled).toBeGreaterThan(0);
    console.log(
      `${Users.length} users: ${bucket.seconds.toFixed(1)} s for at least ${bucket.leastSeconds(calls).toFixed(1)} s, ` +
        `${calls} calls, and ${bucket.throttled} that were throttled`,
    );
    // A few seconds for a busy machine, which weigh little where there are many users.
    expect(bucket.seconds).toBeLessThan(1.25 * bucket.leastSeconds(calls) + 5);
  },
);
