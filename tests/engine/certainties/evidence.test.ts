/**
 * Evidence, not memory: what a run does, leaves half done or is kept from doing, the next one completes, and never touches a
 * profile that another resource holds.
 */
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { drawnTest } from "../../support/drawn.ts";
import { DYNAMIC, type FrontEnd, PLUGIN } from "../../support/front-ends.ts";
import { RenamingIam } from "../../support/renaming-iam.ts";
import { FORBIDDEN, Scene } from "../../support/scene.ts";

const test = drawnTest(0.08);

const scene = Scene.forFile();

let renaming: RenamingIam;

beforeAll(async () => {
  renaming = await RenamingIam.start(scene.iam.address);
});

afterAll(() => renaming.close());

/** The user has another name from now on, and all else as before. */
function moveUser(): void {
  scene.iam.forwardTo(renaming.url);
  renaming.rename(scene.user, "moved");
}

const OWN = "{ userName: user, password: FIRST }";
const ADOPTED = "{ userName: user, password: FIRST, adoptExisting: true }";
/** The resource under another name, with no alias to tell. */
const renamed = (args = ADOPTED) => `const renamed = ${scene.profile(args, "{}", "renamed")}`;

/** The stack has a profile; the date it was made. */
async function created(args = OWN): Promise<string | undefined> {
  expect(await scene.applied(scene.profile(args))).toEqual([expect.stringMatching(/^Create user FIRST/)]);
  return scene.dateOf();
}

/** A rename whose run fails once the new resource is there, so that the state holds the profile twice. */
async function renamedHalfWay(): Promise<string | undefined> {
  const date = await created();
  scene.declare(renamed(), scene.broken("[renamed]"));
  await scene.fails(scene.up());
  expect(Object.keys(scene.states()).sort()).toEqual(["profile", "renamed"]);
  expect(scene.calls().join()).not.toContain("Delete user");
  scene.declare(renamed());
  return date;
}

/** The profile is the one of that date, one resource holds it, and the next run has nothing to do. */
async function expectHeldBy(name: string, date: string | undefined): Promise<void> {
  expect(await scene.dateOf()).toBe(date);
  expect(Object.keys(scene.states())).toEqual([name]);
  expect(scene.state(name)).toMatchObject({ userName: scene.user, createDate: date });
  expect(await scene.succeeds(scene.up("--expect-no-changes"))).toEqual([]);
}

/** Cut short, in a program that tells the providers what it declares: those of TypeScript with the dynamic resource. */
const TOLD = "cut short and told";

const RENAMES: Record<string, () => Promise<void>> = {
  "in one run": async () => {
    const date = await created();
    expect((await scene.applied(renamed())).join()).not.toContain("Delete");
    await expectHeldBy("renamed", date);
  },
  "without a password, in one run": async () => {
    const date = await created();
    const calls = await scene.applied(renamed("{ userName: user, adoptExisting: true }"));
    expect(calls).toEqual(["Get user"]);
    await expectHeldBy("renamed", date);
  },
  "cut short, in the next run": async () => {
    const date = await renamedHalfWay();
    expect(await scene.succeeds(scene.up())).toEqual([]);
    await expectHeldBy("renamed", date);
  },
  "cut short, in a next run for the new resource alone, and one for all": async () => {
    const date = await renamedHalfWay();
    expect(await scene.succeeds(scene.up("--target", "**LoginProfile::renamed"))).toEqual([]);
    expect(await scene.succeeds(scene.up())).toEqual([]);
    await expectHeldBy("renamed", date);
  },
  [`${TOLD}, in a next run without the new resource`]: async () => {
    const date = await renamedHalfWay();
    expect((await scene.succeeds(scene.up("--exclude", "**LoginProfile::renamed"))).join()).not.toContain("Delete");
    expect(await scene.succeeds(scene.up())).toEqual([]);
    await expectHeldBy("renamed", date);
  },
  [`${TOLD}, in a next run for the old resource alone`]: async () => {
    const date = await renamedHalfWay();
    expect((await scene.succeeds(scene.up("--target", "**LoginProfile::profile"))).join()).not.toContain("Delete");
    expect(await scene.succeeds(scene.up())).toEqual([]);
    await expectHeldBy("renamed", date);
  },
  "for the new resource alone, and then for all": async () => {
    const date = await created();
    scene.declare(renamed());
    expect((await scene.succeeds(scene.up("--target", "**LoginProfile::renamed"))).join()).not.toContain("Delete");
    expect(await scene.succeeds(scene.up())).toEqual([]);
    await expectHeldBy("renamed", date);
  },
  "cut short, and the new resource replaced on demand": async () => {
    await renamedHalfWay();
    const calls = await scene.succeeds(scene.up("--target-replace", scene.states().renamed?.urn ?? ""));
    // Deleted and created, or kept for the sake of the other resource and adopted: it has the password that was asked for.
    expect(calls.at(-1)).toMatch(/^(Create|Update) user FIRST$/);
    expect(await scene.succeeds(scene.up())).toEqual([]);
    await expectHeldBy("renamed", await scene.dateOf());
  },
  "cut short, and the old resource destroyed: the profile goes, for no program runs that could say whose it is":
    async () => {
      await renamedHalfWay();
      const calls = await scene.succeeds(scene.stack.destroy("--target", scene.states().profile?.urn ?? ""));
      expect(calls).toEqual(["Delete user"]);
      await scene.succeeds(scene.stack.refresh());
      expect(await scene.succeeds(scene.up())).toEqual(["Create user FIRST"]);
      await expectHeldBy("renamed", await scene.dateOf());
    },
  "cut short, and all destroyed: the profile goes": async () => {
    await renamedHalfWay();
    await scene.succeeds(scene.stack.destroy());
    expect(scene.states()).toEqual({});
    expect(await scene.dateOf()).toBeUndefined();
  },
};

/** Two resources that exchange their users. */
const two = (first: string, second: string, more = "") => [
  `const first = ${scene.profile(`{ userName: ${first}, password: FIRST${more} }`, "{}", "first")}`,
  `const second = ${scene.profile(`{ userName: ${second}, password: SECOND${more} }`, "{}", "second")}`,
];

async function expectExchanged(calls: string[]): Promise<void> {
  expect(scene.state("first")).toMatchObject({ userName: scene.other, createDate: await scene.dateOf(scene.other) });
  expect(scene.state("second")).toMatchObject({ userName: scene.user, createDate: await scene.dateOf(scene.user) });
  const last = (user: string) =>
    calls.filter((call) => call.startsWith(`Create ${user} `) || call.startsWith(`Update ${user} `)).at(-1);
  expect([last("other"), last("user")].map((call) => call?.split(" ")[2])).toEqual(["FIRST", "SECOND"]);
  expect(await scene.succeeds(scene.up("--expect-no-changes"))).toEqual([]);
}

function exchange(more: string): Record<string, () => Promise<void>> {
  /** The first create of that user's profile is refused once, and the run with it. */
  const cutAt = (user: "user" | "other") => async () => {
    await scene.applied(...two("user", "other", more));
    scene.declare(...two("other", "user", more));
    scene.disturb("CreateLoginProfile", 1, FORBIDDEN, scene[user]);
    await scene.fails(scene.up());
    const before = scene.calls();
    scene.undisturbed();
    await expectExchanged([...before, ...(await scene.succeeds(scene.up()))]);
  };
  return {
    "in one run": async () => {
      await scene.applied(...two("user", "other", more));
      await expectExchanged(await scene.applied(...two("other", "user", more)));
    },
    "cut short at the first, completed by the next": cutAt("other"),
    "cut short at the second, completed by the next": cutAt("user"),
    "one after the other": async () => {
      await scene.applied(...two("user", "other", more));
      scene.declare(...two("other", "user", more));
      const calls = await scene.succeeds(scene.up("--parallel", "1"));
      await expectExchanged(calls);
    },
  };
}

const REPLACEMENTS: Record<string, () => Promise<void>> = {
  "on demand deletes and creates the profile of the same user": async () => {
    await created();
    const calls = await scene.succeeds(scene.up("--target-replace", scene.states().profile?.urn ?? ""));
    expect(calls).toEqual(["Delete user", "Create user FIRST"]);
    expect(scene.state()).toMatchObject({ passwordVersion: 2 });
    await expectHeldBy("profile", await scene.dateOf());
  },
  "whose create fails is completed by the next run": async () => {
    await created();
    scene.disturb("CreateLoginProfile", 1, FORBIDDEN);
    await scene.fails(scene.up("--target-replace", scene.states().profile?.urn ?? ""));
    expect(scene.calls()).toEqual(["Delete user", "Create user FIRST"]);
    scene.undisturbed();
    expect(await scene.succeeds(scene.up())).toEqual(["Create user FIRST"]);
    await expectHeldBy("profile", await scene.dateOf());
  },
  "by another user whose create fails is completed by the next run, and leaves nothing of the first": async () => {
    await created();
    scene.declare(scene.profile("{ userName: other, password: FIRST }"));
    scene.disturb("CreateLoginProfile", 1, FORBIDDEN, scene.other);
    await scene.fails(scene.up());
    scene.calls();
    scene.undisturbed();
    expect(await scene.succeeds(scene.up())).toEqual(["Create other FIRST"]);
    expect(await scene.dateOf()).toBeUndefined();
    expect(scene.state()).toMatchObject({ userName: scene.other, createDate: await scene.dateOf(scene.other) });
  },
};

const USER_RENAMED: Record<string, () => Promise<void>> = {
  "takes its profile along, and no password is sent": async () => {
    const date = await created();
    moveUser();
    const calls = await scene.applied(scene.profile('{ userName: "moved", password: FIRST }'));
    expect(calls.join()).not.toMatch(/FIRST|Create/);
    expect(scene.state()).toMatchObject({ userName: "moved", createDate: date });
    expect(await scene.dateOf()).toBe(date);
    expect(await scene.succeeds(scene.up("--expect-no-changes"))).toEqual([]);
  },
  "takes a generated password along": async () => {
    const args = (name: string) => `{ userName: ${name}, ageRecipients, rotationTriggers: { n: 1 } }`;
    await scene.applied(scene.profile(args("user")));
    const { encryptedPassword, createDate } = scene.state();
    moveUser();
    expect((await scene.applied(scene.profile(args('"moved"')))).join()).not.toMatch(/generated|Create/);
    expect(scene.state()).toMatchObject({ userName: "moved", createDate, encryptedPassword });
  },
  "takes its profile along in the next run where the first was cut short": async () => {
    const date = await created();
    moveUser();
    scene.declare(scene.profile('{ userName: "moved", password: FIRST }'));
    scene.disturb("GetLoginProfile", 1, FORBIDDEN, "moved");
    await scene.fails(scene.up());
    scene.undisturbed();
    scene.calls();
    const outcome = await scene.up();
    // Its state is gone with the deletion of the first name; without adoptExisting, nothing is overwritten.
    expect(scene.calls().join()).not.toMatch(/Update|Delete/);
    expect(outcome.output).toContain("Set adoptExisting to true");
    expect(await scene.dateOf()).toBe(date);
  },
};

/** A resource for many profiles, with this one of them; `more` is said of all. */
const many = (profile: string, more = "") =>
  `new ${scene.frontEnd.many.className}("team", { ${more} profiles: { ${profile}, [other]: { password: SECOND } } })`;
const ofMany = (): Record<string, any> =>
  scene.stack.resources().find(({ type }) => type === scene.frontEnd.many.type)?.outputs?.profiles ?? {};
/** Each kind of call once. */
const kindsOf = (calls: string[]) => [...new Set(calls)];

const USER_RENAMED_OF_MANY: Record<string, () => Promise<void>> = {
  "takes its profile along, and no password is sent, where others may be adopted too": async () => {
    await scene.applied(many("[user]: { password: FIRST }", "adoptExisting: true,"));
    const { [scene.user]: before, [scene.other]: other } = ofMany();
    moveUser();
    const calls = await scene.applied(many("moved: { password: FIRST }", "adoptExisting: true,"));
    expect(kindsOf(calls)).toEqual(["Create moved FIRST", "Get moved", "Get user"]);
    expect(ofMany()).toEqual({ moved: before, [scene.other]: other });
    expect(await scene.dateOf()).toBe(before.createDate);
    expect(await scene.succeeds(scene.up("--expect-no-changes"))).toEqual([]);
  },
  "keeps a generated password too, and says what to do for another one": async () => {
    await scene.applied(many("[user]: { ageRecipients }"));
    const { [scene.user]: before } = ofMany();
    moveUser();
    scene.declare(many("moved: { ageRecipients }", "adoptExisting: true,"));
    expect(await scene.fails(scene.up())).toContain("a generated password does not move along in a resource for many");
    expect(kindsOf(scene.calls())).toEqual(["Create moved generated", "Get moved", "Get user"]);
    expect(await scene.dateOf()).toBe(before.createDate);
    expect(await scene.succeeds(scene.up("--refresh"))).toContainEqual(
      expect.stringMatching(/^Update moved generated/),
    );
    expect(ofMany().moved.createDate).toBe(before.createDate);
  },
  "takes its profile along in the next run where the first was cut short": async () => {
    await scene.applied(many("[user]: { password: FIRST }"));
    const { [scene.user]: before } = ofMany();
    moveUser();
    scene.declare(many("moved: { password: FIRST }"));
    scene.disturb("GetLoginProfile", 1, FORBIDDEN, "moved");
    await scene.fails(scene.up());
    scene.undisturbed();
    scene.calls();
    const calls = await scene.succeeds(scene.up());
    expect(kindsOf(calls)).toEqual(["Create moved FIRST", "Get moved", "Get user"]);
    expect(ofMany().moved).toEqual(before);
    expect(await scene.succeeds(scene.up("--expect-no-changes"))).toEqual([]);
  },
};

describe.each([DYNAMIC, PLUGIN])("$name", (frontEnd) => {
  describe("a resource renamed without an alias, which adopts its own profile", () => {
    const played = Object.entries(RENAMES).filter(([name]) => frontEnd === DYNAMIC || !name.startsWith(TOLD));
    test.each(played)("%s", (_, play) => scene.play(frontEnd, play));
  });

  describe.each(["", ", adoptExisting: true"])("two resources exchange their users%s", (more) => {
    test.each(Object.entries(exchange(more)))("%s", (_, played) => scene.play(frontEnd, played));
  });

  describe("a replacement", () => {
    test.each(Object.entries(REPLACEMENTS))("%s", (_, played) => scene.play(frontEnd, played));
  });

  describe("an IAM user renamed in place", () => {
    test.each(Object.entries(USER_RENAMED))("%s", (_, played) => scene.play(frontEnd, played));
  });

  describe("an IAM user renamed in place, of a resource for many", () => {
    test.each(Object.entries(USER_RENAMED_OF_MANY))("%s", (_, played) => scene.play(frontEnd, played));
  });
});

describe.each([
  { from: DYNAMIC, to: PLUGIN },
  { from: PLUGIN, to: DYNAMIC },
])("a move from $from.name to $to.name without an alias", ({ from, to }) => {
  const declared = (frontEnd: FrontEnd) => `const profile = ${scene.profile(ADOPTED, "{}", "profile", frontEnd)}`;

  test("in one run keeps the profile", async () => {
    scene.frontEnd = from;
    const date = await created();
    expect((await scene.applied(declared(to))).join()).not.toContain("Delete");
    await expectHeldBy("profile", date);
  });

  test("cut short keeps the profile in the next run, and sends no password", async () => {
    scene.frontEnd = from;
    const date = await created();
    scene.frontEnd = to;
    scene.declare(declared(to), scene.broken("[profile]"));
    await scene.fails(scene.up());
    scene.calls();
    scene.declare(declared(to));
    expect((await scene.succeeds(scene.up())).join()).not.toMatch(/Delete|FIRST/);
    await expectHeldBy("profile", date);
  });
});

describe("a rename between two provider resources that lead to one account", () => {
  const through = (provider: string, name: string) =>
    `const ${name} = ${scene.profile(ADOPTED, `{ provider: ${provider} }`, name)}`;
  const PROVIDERS = ["const one = new Provider('one', {})", "const two = new Provider('two', { maxRetries: 5 })"];

  const start = async () => {
    scene.frontEnd = PLUGIN;
    await scene.applied(...PROVIDERS, through("one", "profile"));
    return scene.dateOf();
  };

  test("in one run keeps the profile", async () => {
    const date = await start();
    expect((await scene.applied(...PROVIDERS, through("two", "renamed"))).join()).not.toContain("Delete");
    await expectHeldBy("renamed", date);
  });

  test("cut short keeps the profile in the next run, and sends no password", async () => {
    const date = await start();
    scene.declare(...PROVIDERS, through("two", "renamed"), scene.broken("[renamed]"));
    await scene.fails(scene.up());
    scene.calls();
    scene.declare(...PROVIDERS, through("two", "renamed"));
    expect((await scene.succeeds(scene.up())).join()).not.toMatch(/Delete|FIRST/);
    await expectHeldBy("renamed", date);
  });

  test("of the provider alone is no change of the profile", async () => {
    const date = await start();
    expect(await scene.applied(...PROVIDERS, through("two", "profile"))).toEqual([]);
    await expectHeldBy("profile", date);
  });
});
