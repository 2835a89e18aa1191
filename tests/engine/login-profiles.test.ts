/** Many login profiles in one resource, on the real engine: each step in both front ends, failures, kills, and moves. */
import { describe, expect, test } from "@jest/globals";
import { drawnTest } from "../support/drawn.ts";
import { DYNAMIC, type FrontEnd, PLUGIN } from "../support/front-ends.ts";
import { FORBIDDEN, Scene } from "../support/scene.ts";

const scene = Scene.forFile();
const drawn = drawnTest(0.3);

/** Source text of the resource. */
function profiles(frontEnd: FrontEnd, map: string, args = ""): string {
  return `const team = new ${frontEnd.many.className}("team", { ${args} profiles: ${map} }); module.exports = { of: team.profiles }`;
}

function declare(frontEnd: FrontEnd, map: string, args = "", ...others: string[]): void {
  scene.declare(profiles(frontEnd, map, args), ...others);
}

function state() {
  return scene.stack.resources().find(({ type }) => [DYNAMIC.many.type, PLUGIN.many.type].includes(type));
}

/** The users that the state has profiles of. */
const users = () => Object.keys(state()?.outputs?.profiles ?? {});

const BOTH = "{ [user]: { password: FIRST }, [other]: { password: FIRST } }";

describe.each([DYNAMIC, PLUGIN])("in the $name front end", (frontEnd) => {
  test("each profile is created, left alone, changed, refreshed and deleted by one call", async () => {
    declare(frontEnd, BOTH, "passwordResetRequired: true,");
    expect((await scene.succeeds(scene.up())).sort()).toEqual(["Create other FIRST true", "Create user FIRST true"]);
    expect(await scene.succeeds(scene.preview("--expect-no-changes"))).toEqual([]);
    const { stdout } = await scene.stack.pulumi("stack", "output", "of");
    expect(JSON.parse(stdout)).toMatchObject({ [scene.user]: { passwordVersion: 1, passwordResetPending: true } });

    declare(frontEnd, "{ [user]: { password: SECOND } }", "passwordResetRequired: true,");
    const preview = await scene.preview();
    expect(preview.output).toMatch(/passwordVersion: 1 => 2/);
    expect(preview.output).not.toContain("replace");
    expect((await scene.succeeds(scene.up())).sort()).toEqual(["Delete other", "Update user SECOND true"]);
    expect(users()).toEqual([scene.user]);

    expect(await scene.succeeds(scene.stack.refresh())).toEqual(["Get user"]);
    expect(await scene.succeeds(scene.stack.destroy())).toEqual(["Delete user"]);
  });

  test("what fails for one user is named, and the next run does the rest", async () => {
    declare(frontEnd, BOTH);
    scene.disturb("CreateLoginProfile", 1, FORBIDDEN);
    const output = await scene.fails(scene.up());
    expect(output).toContain(`Could not create the login profile of IAM user "${scene.user}": AccessDenied`);
    expect(users()).toEqual([scene.other]);
    scene.calls();
    expect(await scene.succeeds(scene.up())).toEqual(["Create user FIRST"]);

    declare(frontEnd, "{ [user]: { password: SECOND } }");
    scene.disturb("UpdateLoginProfile", 1, FORBIDDEN);
    await scene.fails(scene.up());
    expect(users()).toEqual([scene.user]);
    scene.calls();
    expect(await scene.succeeds(scene.up())).toEqual(["Update user SECOND"]);
  });

  drawn("a flag, a user who is added, one who is adopted, and one who is gone: nobody else is concerned", async () => {
    const first = "password: FIRST";
    declare(frontEnd, `{ [user]: { ${first} } }`);
    expect(await scene.succeeds(scene.up())).toEqual(["Create user FIRST"]);
    declare(frontEnd, `{ [user]: { ${first}, passwordResetRequired: true }, [other]: { ${first} } }`);
    expect((await scene.succeeds(scene.up())).sort()).toEqual(["Create other FIRST", "Update user true"]);

    await scene.iam.deleteLoginProfile(scene.user);
    // One that was made moments ago is looked for more than once before it counts as gone.
    expect(new Set(await scene.succeeds(scene.stack.refresh()))).toEqual(new Set(["Get user", "Get other"]));
    expect(users()).toEqual([scene.other]);
    await scene.createTheirs();
    const output = await scene.fails(scene.up());
    expect(output).toMatch(`Could not create the login profile of IAM user "${scene.user}": EntityAlreadyExists`);
    expect(users()).toEqual([scene.other]);
    declare(frontEnd, `{ [user]: { ${first}, adoptExisting: true }, [other]: { ${first} } }`);
    scene.calls();
    expect(await scene.succeeds(scene.up())).toEqual(["Create user FIRST", "Get user", "Update user FIRST"]);
  });

  test("a user moves from one resource to the other and back, and IAM changes nothing", async () => {
    const date = scene.dateOf.bind(scene);
    scene.declare(scene.profile("{ userName: user, password: FIRST }", "{}", "profile", frontEnd));
    await scene.succeeds(scene.up());
    const created = await date();
    declare(frontEnd, "{ [user]: { password: FIRST } }");
    expect(await scene.succeeds(scene.up("--refresh"))).toEqual(["Get user", "Get user"]);
    expect(users()).toEqual([scene.user]);
    declare(frontEnd, "{}", "", scene.profile("{ userName: user, password: FIRST }", "{}", "profile", frontEnd));
    const calls = await scene.succeeds(scene.up());
    expect(calls.filter((call) => /Update|Delete/.test(call))).toEqual([]);
    expect(await date()).toBe(created);
    expect(scene.state()).toMatchObject({ passwordVersion: 1, createDate: created });
  });
});
