import { expect, test } from "@jest/globals";
import { IamError, type ObservedLoginProfile, type UserPage } from "../../../provider/src/aws/iam.ts";
import { LoginProfileError } from "../../../provider/src/common/errors.ts";
import { consoleUsers, type Reading } from "../../../provider/src/discovery/account.ts";

const arnOf = (userName: string) => `arn:aws:iam::123456789012:user/team/${userName}`;
const listed = (...names: string[]) => names.map((userName) => ({ userName, arn: arnOf(userName) }));
const error = (code: string, advice?: string) => new IamError(code, "as scripted", "refused", "id-1", advice);
const profile: ObservedLoginProfile = { createDate: "2026-01-01T00:00:00Z", passwordResetRequired: false };

interface Scene {
  pages?: UserPage[];
  /** What the profile of a user is answered with; without, there is one. */
  failures?: Record<string, IamError>;
  never?: string[];
  reading?: Reading;
}

/** An account of these pages; the calls that were made, and what was told of the progress. */
function reading({ pages = [{ users: listed("bob", "alice") }], failures = {}, never = [], reading = {} }: Scene) {
  const calls: string[] = [];
  const progress: string[] = [];
  const account = {
    users: {
      page: async (pathPrefix?: string, marker?: string) => {
        calls.push(`list ${pathPrefix} ${marker}`);
        return pages[Number(marker ?? 0)] as UserPage;
      },
    },
    profiles: {
      get: async (userName: string) => {
        calls.push(`get ${userName}`);
        if (never.includes(userName)) await new Promise(() => {});
        if (failures[userName] !== undefined) throw failures[userName];
        return profile;
      },
    },
  };
  const found = consoleUsers(account as never, reading, (read, all) => progress.push(`${read}/${all}`));
  return { found, calls, progress };
}

test("every page is read, and each user once, in the order of names", async () => {
  const pages = [
    { users: listed("bob", "Zoe"), next: "1" },
    { users: listed("BOB", "alice"), next: "2" },
    { users: listed("Alan") },
  ];
  const { found, calls, progress } = reading({ pages, reading: { pathPrefix: "/team/" } });
  expect(await found).toEqual({
    accountId: "123456789012",
    names: ["Alan", "alice", "BOB", "Zoe"],
    denied: [],
    listed: 4,
  });
  expect(calls.slice(0, 3)).toEqual(["list /team/ undefined", "list /team/ 1", "list /team/ 2"]);
  expect(calls.slice(3).sort()).toEqual(["get Alan", "get BOB", "get Zoe", "get alice"]);
  expect(progress).toEqual(["2/undefined", "3/undefined", "4/undefined", "1/4", "2/4", "3/4", "4/4"]);
});

test("who has no login profile, or was deleted since, has no console password", async () => {
  const { found } = reading({ failures: { bob: error("NoSuchEntity") } });
  expect(await found).toMatchObject({ names: ["alice"], listed: 2 });
});

test("an account without users is not named", async () => {
  expect(await reading({ pages: [{ users: [] }] }).found).toEqual({ names: [], denied: [], listed: 0 });
});

test("a profile that may not be read is an error, which says what is missing and what can be done without", async () => {
  const failure = await reading({ failures: { alice: error("AccessDenied") } }).found.catch((cause: unknown) => cause);
  expect(failure).toBeInstanceOf(LoginProfileError);
  expect((failure as Error).message).toBe(
    'Could not read the login profile of IAM user "alice": AccessDenied: as scripted. (request id id-1) Nothing was ' +
      "written, for the list would not be complete. Allow iam:GetLoginProfile on arn:aws:iam::123456789012:user/* to the " +
      "identity that runs this, read only a part of the users (--path-prefix), or leave out, and name, those who may not be " +
      "read (--skip-denied).",
  );
});

test("if that is wished, those who may not be read are left out and named", async () => {
  const { found } = reading({ failures: { alice: error("AccessDenied") }, reading: { skipDenied: true } });
  expect(await found).toMatchObject({ names: ["bob"], denied: ["alice"], listed: 2 });
});

test("what else goes wrong with a user is an error all the same", async () => {
  const { found } = reading({
    failures: { alice: error("Throttling", "Wait a little.") },
    reading: { skipDenied: true },
  });
  await expect(found).rejects.toThrow(
    'Could not read the login profile of IAM user "alice": Throttling: as scripted. (request id id-1) Wait a little.',
  );
});

test("the first failure ends it: no answer is waited for, and nothing is begun any more", async () => {
  const many = Array.from({ length: 200 }, (_, index) => `user-${index}`);
  const { found, calls } = reading({
    pages: [{ users: listed("slow", "denied", ...many) }],
    failures: { denied: error("AccessDenied") },
    never: ["slow"],
  });
  await expect(found).rejects.toThrow('"denied"');
  await new Promise(setImmediate);
  expect(calls.length).toBeLessThan(30);
});

test("who may not list the users is told the permission", async () => {
  const account = { users: { page: () => Promise.reject(error("AccessDenied")) }, profiles: {} };
  await expect(consoleUsers(account as never, {}, () => {})).rejects.toThrow(
    "Could not list the IAM users: AccessDenied: as scripted. (request id id-1) Allow iam:ListUsers to the identity that runs this.",
  );
});
