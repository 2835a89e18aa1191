import { expect, test } from "@jest/globals";
import { UNKNOWN } from "../../../provider/src/common/unknown.ts";
import { difference } from "../../../provider/src/lifecycle/diff.ts";
import type { LoginProfileState, PreviewedDeclaration } from "../../../provider/src/lifecycle/model.ts";

const applied: LoginProfileState = {
  userName: "alice",
  passwordHash: "hash 1",
  passwordVersion: 1,
  passwordResetRequired: true,
  passwordResetPending: true,
  createDate: "2026-01-01T00:00:00Z",
};
const declared: PreviewedDeclaration = {
  userName: "alice",
  passwordHash: "hash 1",
  passwordVersion: 1,
  passwordResetRequired: true,
};
const NONE = { userName: false, password: false, passwordResetRequired: false, connection: false };

test("nothing differs when the declaration is what was applied", () => {
  expect(difference(applied, declared)).toEqual(NONE);
});

test.each([
  ["another user name", { userName: "bob" }, { userName: true }],
  ["a user name not known yet", { userName: UNKNOWN }, { userName: true }],
  ["another hash", { passwordHash: "hash 2" }, { password: true }],
  ["a hash not known yet", { passwordHash: UNKNOWN }, { password: true }],
  ["a flag not known yet", { passwordResetRequired: UNKNOWN }, { passwordResetRequired: true }],
  ["adoptExisting", { adoptExisting: true }, {}],
] as const)("%s is told apart", (_, change, expected) => {
  expect(difference(applied, { ...declared, ...change })).toEqual({ ...NONE, ...expected });
});

test.each([
  { appliedFlag: true, pending: true, flag: true, differs: false },
  { appliedFlag: true, pending: false, flag: true, differs: false },
  { appliedFlag: true, pending: true, flag: false, differs: true },
  { appliedFlag: true, pending: false, flag: false, differs: true },
  { appliedFlag: false, pending: false, flag: false, differs: false },
  { appliedFlag: false, pending: true, flag: false, differs: true },
  { appliedFlag: false, pending: false, flag: true, differs: true },
  { appliedFlag: undefined, pending: false, flag: false, differs: true },
  { appliedFlag: undefined, pending: true, flag: true, differs: true },
  { appliedFlag: true, pending: true, flag: undefined, differs: false },
  { appliedFlag: false, pending: true, flag: undefined, differs: false },
])("flag applied $appliedFlag, pending $pending, declared $flag: differs $differs", (row) => {
  const { passwordResetRequired: _a, ...unflagged } = applied;
  const { passwordResetRequired: _d, ...undeclared } = declared;
  const state: LoginProfileState = {
    ...unflagged,
    passwordResetPending: row.pending,
    ...(row.appliedFlag === undefined ? {} : { passwordResetRequired: row.appliedFlag }),
  };
  const wish = { ...undeclared, ...(row.flag === undefined ? {} : { passwordResetRequired: row.flag }) };
  expect(difference(state, wish).passwordResetRequired).toBe(row.differs);
});
