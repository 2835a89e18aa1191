/** One table of steps for the programs of all languages, each with the SDK that Pulumi's generators make of the schema. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { drawnOne } from "../support/drawn.ts";
import { EmbeddedIam } from "../support/embedded-iam.ts";
import { pluginEnvironment } from "../support/front-ends.ts";
import { SCRATCH } from "../support/lab.ts";
import {
  type Answer,
  type DeclaredProfile,
  GO,
  generateSdks,
  hasJava,
  InlineProgram,
  JAVA,
  NODEJS,
  PYTHON_LANGUAGE,
  type Step,
} from "../support/languages.ts";
import { AgeIdentity } from "../support/openers.ts";
import { Plugins } from "../support/plugins.ts";
import { Stack } from "../support/stack.ts";

const FIRST = "First-Secret-0001!";
const SECOND = "Second-Secret-0002?";
/** Of a build with an empty cache. */
const BUILD_TIMEOUT_MS = 300_000;

const identity = new AgeIdentity();

interface Case extends Step {
  /** What happens behind the stack's back. */
  meanwhile?: (iam: EmbeddedIam) => Promise<unknown>;
  /** What IAM is asked: operation, user, password, flag; in no order. */
  calls: string[];
  changes?: Record<string, number>;
  versions?: Record<string, number>;
  /** Part of what the user reads; where it is given, the run fails. */
  error?: string;
  /** What the AWS CLI says of a user's profile then: its flag, or an error. */
  live?: Record<string, boolean | "NoSuchEntity">;
}

const alice = (more: Omit<DeclaredProfile, "userName"> = {}): DeclaredProfile => ({ userName: "alice", ...more });
const carol = (n: number): DeclaredProfile => ({
  userName: "carol",
  ageRecipients: [identity.recipient],
  rotationTriggers: { n },
});
const bob: DeclaredProfile = { userName: "bob" };
const up = (...profiles: DeclaredProfile[]): Step => ({ command: "up", profiles });

const CASES: Record<string, Case> = {
  "a declared and a generated password are set": {
    ...up(alice({ password: FIRST, passwordResetRequired: true }), carol(1)),
    calls: ["Create alice FIRST true", "Create carol generated"],
    changes: { create: 3 },
    versions: { alice: 1, carol: 1 },
    live: { alice: true },
  },
  "nothing happens where nothing changed": {
    ...up(alice({ password: FIRST, passwordResetRequired: true }), carol(1)),
    calls: [],
    changes: { same: 3 },
    versions: { alice: 1, carol: 1 },
  },
  "a change of the flag sends no password": {
    ...up(alice({ password: FIRST, passwordResetRequired: false }), carol(1)),
    calls: ["Update alice false"],
    versions: { alice: 1, carol: 1 },
    live: { alice: false },
  },
  "both passwords are rotated": {
    ...up(alice({ password: SECOND }), carol(2)),
    calls: ["Update alice SECOND", "Update carol generated"],
    changes: { same: 1, update: 2 },
    versions: { alice: 2, carol: 2 },
  },
  "a password that is left out stays, and a profile that exists is imported": {
    ...up(alice(), carol(2), { ...bob, importId: "bob" }),
    meanwhile: (iam) =>
      iam.awsCli("iam", "create-login-profile", "--user-name", "bob", "--password", "Live-Password-01!"),
    calls: ["Get bob"],
    versions: { alice: 2, carol: 2, bob: 0 },
  },
  "the first run after the import changes nothing": {
    ...up(alice(), carol(2), bob),
    calls: [],
    changes: { same: 4 },
    versions: { alice: 2, carol: 2, bob: 0 },
  },
  "mistakes are told before IAM is called": {
    ...up(alice({ password: FIRST, ageRecipients: [identity.recipient] }), carol(2), bob),
    calls: [],
    error: "password cannot be given beside",
  },
  "settings of a provider resource arrive": {
    command: "up",
    provider: { allowedAccountIds: ["999999999999"] },
    profiles: [{ userName: "dave", password: FIRST }],
    calls: [],
    error: "allowedAccountIds does not list it",
    live: { dave: "NoSuchEntity" },
  },
  "a console user is declared": {
    ...up(alice(), carol(2), bob),
    consoleUsers: [{ userName: "erin", ageRecipients: [identity.recipient] }],
    calls: ["Create erin generated true"],
    // The component and its login profile; of the case before, the provider.
    changes: { same: 4, create: 2, delete: 1 },
    live: { erin: true },
  },
  "the profiles are deleted": {
    command: "destroy",
    calls: ["Delete alice", "Delete bob", "Delete carol", "Delete erin"],
    live: { alice: "NoSuchEntity" },
  },
};

const LANGUAGES = [NODEJS, PYTHON_LANGUAGE, GO, JAVA];
const drawn = drawnOne([NODEJS, PYTHON_LANGUAGE, GO], () => {
  if (hasJava()) return [JAVA];
  console.log("There is no JDK with Maven here, so Java is left out.");
  return [];
});

/** Of each language, what came of each case. */
const results = new Map<string, Map<string, string>>();

beforeAll(generateSdks);

afterAll(() => {
  identity.remove();
  const names = LANGUAGES.map(({ name }) => name);
  const rows = Object.keys(CASES).map((title) => [
    title,
    ...names.map((name) => (results.has(name) ? (results.get(name)?.get(title) ?? "not reached") : "not in this run")),
  ]);
  const table = [["case", ...names], names.concat("").map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  writeFileSync(join(SCRATCH, "languages.md"), `${table.join("\n")}\n`);
  console.log(table.join("\n"));
});

describe.each(drawn)("$name", (language) => {
  const outcomes = new Map<string, string>();
  let iam: EmbeddedIam;
  let plugins: Plugins;
  let stack: Stack;
  let program: InlineProgram;

  beforeAll(async () => {
    results.set(language.name, outcomes);
    iam = await EmbeddedIam.start();
    await iam.createUsers(["alice", "bob", "carol", "dave", "erin"]);
    plugins = await Plugins.start(iam.unrecordedEnvironment);
    stack = await Stack.create({ ...iam.environment, ...plugins.environment, ...pluginEnvironment() });
    program = await InlineProgram.start(language, stack);
  }, BUILD_TIMEOUT_MS);

  afterAll(async () => {
    await program?.stop();
    await plugins.stop();
    await iam.stop();
    stack.remove();
  });

  test.each(Object.entries(CASES))("%s", async (title, step) => {
    outcomes.set(title, "failed");
    await step.meanwhile?.(iam);
    iam.takeCalls();
    const { command, provider, profiles, consoleUsers } = step;
    const started = performance.now();
    const answer = await program.carryOut({
      command,
      ...(provider && { provider }),
      ...(profiles && { profiles }),
      ...(consoleUsers && { consoleUsers }),
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    stack.outputs.push(JSON.stringify(answer));

    const calls = iam.takeProfileCalls();
    expect({ calls: calls.map(inWords).sort(), answer }).toEqual({ calls: step.calls, answer: expectedOf(step) });
    if (step.versions !== undefined) expect(versionsOf(answer)).toEqual(step.versions);
    for (const { UserName, Password = "" } of calls.map(({ parameters }) => parameters)) {
      if (["", FIRST, SECOND].includes(Password)) continue;
      expect(identity.decrypt(answer.outputs?.[`${UserName}-encrypted`]?.value).toString()).toBe(Password);
      expect(stack.occurrences(Password)).toEqual([]);
    }
    for (const [user, live] of Object.entries(step.live ?? {})) {
      expect(await flagOf(user)).toBe(live);
    }
    expect([FIRST, SECOND].flatMap((password) => stack.occurrences(password))).toEqual([]);
    outcomes.set(title, `passed, ${seconds} s`);
  });

  /** What the AWS CLI says. */
  async function flagOf(user: string): Promise<unknown> {
    try {
      return (await iam.awsCli("iam", "get-login-profile", "--user-name", user)).LoginProfile.PasswordResetRequired;
    } catch (error) {
      return /\((NoSuchEntity)\)/.exec((error as Error).message)?.[1] ?? error;
    }
  }
});

function expectedOf({ error, changes, profiles = [] }: Case): unknown {
  if (error !== undefined) return { error: expect.stringContaining(error) };
  const declared = profiles.filter(({ password }) => password !== undefined);
  return {
    changes: changes === undefined ? expect.anything() : changes,
    // The hash of a password is secret, whoever asks.
    ...(declared.length > 0 && {
      outputs: expect.objectContaining(
        Object.fromEntries(
          declared.map(({ userName }) => [
            `${userName}-hash`,
            { value: expect.stringMatching(/^\$scrypt\$/), secret: true },
          ]),
        ),
      ),
    }),
    ...(declared.length === 0 && profiles.length > 0 && { outputs: expect.anything() }),
  };
}

function versionsOf({ outputs = {} }: Answer): Record<string, number> {
  return Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => name.endsWith("-version"))
      // Pulumi for Java tells all outputs as texts.
      .map(([name, { value }]) => [name.replace("-version", ""), Number(value)]),
  );
}

function inWords({ operation, parameters }: { operation: string; parameters: Record<string, string> }): string {
  const { UserName, Password, PasswordResetRequired } = parameters;
  const password = Password && ({ [FIRST]: "FIRST", [SECOND]: "SECOND" }[Password] ?? "generated");
  return [operation.replace("LoginProfile", ""), UserName, password, PasswordResetRequired].filter(Boolean).join(" ");
}
