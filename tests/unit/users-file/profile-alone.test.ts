/** Which entries of a users file need nothing but a login profile. */
import { expect, test } from "@jest/globals";
import { profileAlone } from "../../../provider/src/users-file/users-file.ts";

const KNOWN = { existing: true, adoptExisting: true, allowPasswordChange: false };

test.each([
  ["keeps its password", { randomPassword: false }, { adoptExisting: true }],
  [
    "has a password, which must be reset",
    { password: "Of-Carol-1" },
    { password: "Of-Carol-1", passwordResetRequired: true },
  ],
  [
    "has a password, and a flag that is left out",
    { password: "Of-Carol-1", passwordResetRequired: undefined },
    { passwordResetRequired: undefined },
  ],
  [
    "has a key",
    { pgpKey: "keybase:carol", passwordLength: 40 },
    { pgpKey: "keybase:carol", passwordLength: 40, passwordResetRequired: true },
  ],
  ["is in no group", { randomPassword: false, groups: [] }, { adoptExisting: true }],
])("a user who exists and %s is one of many profiles", (_, more, expected) => {
  const profile = profileAlone({ ...KNOWN, ...more });
  expect(profile).toMatchObject(expected);
  expect(Object.keys(profile ?? {})).toEqual(
    expect.not.arrayContaining(["existing", "allowPasswordChange", "randomPassword"]),
  );
});

test.each([
  ["is created", { existing: false, randomPassword: false }],
  ["is put into groups", { randomPassword: false, groups: ["developers"] }],
  ["is given the right to change the password", { randomPassword: false, allowPasswordChange: true }],
  ["is given that right by default", { randomPassword: false, allowPasswordChange: undefined }],
  ["is given a random password", {}],
])("a user who %s is a console user", (_, more) => {
  const { allowPasswordChange, ...entry } = { ...KNOWN, ...more };
  expect(
    profileAlone({ ...entry, ...(allowPasswordChange === undefined ? {} : { allowPasswordChange }) }),
  ).toBeUndefined();
});
