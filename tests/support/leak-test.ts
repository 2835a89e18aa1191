/**
 * No password is left anywhere: many passwords, over all that IAM allows, through every way a run
 * can take, and then a search of all that was written or shown.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { drawnPasswords, SEED } from "./drawn-passwords.ts";
import { EmbeddedIam } from "./embedded-iam.ts";
import { type FrontEnd, PLUGIN, pluginEnvironment } from "./front-ends.ts";
import { type Artefact, filesBelow, occurrencesIn } from "./leaks.ts";
import { AgeIdentity, GnuPG } from "./openers.ts";
import { freePort } from "./processes.ts";
import { Stack } from "./stack.ts";

/** The ways through a run. */
const WAYS = [
  "kept",
  "rotated",
  "flagged",
  "fallback",
  "update denied",
  "policy",
  "denied",
  "nobody",
  "generated",
] as const;

/** Each call once, so that what was sent can be counted; and any password, whatever the account's rules say. */
const SETTINGS = { retryTimeout: "0", policyCheck: "false" };
const POLICY_CHECK = "aws-login-profile:policyCheck";

interface Person {
  way: (typeof WAYS)[number];
  /** Whether the profile is one of many in one resource. */
  isOfMany: boolean;
  user: string;
  first: string;
  second: string;
}

const FAILED_CREATES = ["policy", "denied", "nobody"];
const UPDATED = ["rotated", "fallback", "update denied"];
const EVENTS = ["--continue-on-error", "--event-log"];

/** In event logs: the outputs of every resource, opened, as the Pulumi SDK for Node.js logs them for its own debugging. */
const SDK_DEBUGGING = /^.*RegisterResource RPC finished.*"severity":"debug".*$/gm;

/** The tests of one front end; a file for each, for they take long. */
export function leakTest(frontEnd: FrontEnd, peoplePerWay: number): void {
  let iam: EmbeddedIam;
  let stack: Stack;
  let inputFile: string;
  let gpg: GnuPG;
  let identity: AgeIdentity;
  let privateKey: string;
  /** The passwords that were made by the provider, as IAM was sent them. */
  const generated = new Set<string>();
  /** Each program has another one, so that each generates new passwords. */
  let round = 0;
  let people: Person[];
  /** A secret key, a token, and the password of a profile that is imported. */
  const settings = ["key", "token", "live"].map((what) =>
    createHash("sha256").update(`${SEED} ${what}`).digest("base64url"),
  );
  /** What every process that was started on the machine during the runs showed of its arguments. */
  const commandLines = new Set<string>();
  let watching: NodeJS.Timeout;

  beforeAll(async () => {
    iam = await EmbeddedIam.start();
    // One stands in the stack's configuration, as a setting.
    people = drawnPasswords(peoplePerWay * WAYS.length, SEED, { others: Object.values(SETTINGS) }).map(
      (passwords, index) => ({
        way: WAYS[index % WAYS.length] as Person["way"],
        isOfMany: Math.floor(index / WAYS.length) % 2 === 1,
        user: `person-${index}`,
        ...passwords,
      }),
    );
    await iam.createUsers(people.filter(({ way }) => way !== "nobody").map(({ user }) => user));
    // A home of its own: in a shared one, the engine clears away the logs of others.
    const home = mkdtempSync(join(tmpdir(), "leaks-home-"));
    stack = await Stack.create({
      ...iam.environment,
      ...(frontEnd === PLUGIN ? pluginEnvironment() : {}),
      PULUMI_HOME: home,
      PULUMI_DEBUG_COMMANDS: "true",
    });
    const plain = Object.entries(SETTINGS).flatMap(([name, value]) => [
      "--plaintext",
      `aws-login-profile:${name}=${value}`,
    ]);
    expect(await stack.pulumi("config", "set-all", ...plain)).toMatchObject({ code: 0 });
    gpg = new GnuPG();
    gpg.makeKey("owner@example.com", "ed25519", "cv25519");
    privateKey = gpg.exportPrivateKey("owner@example.com");
    identity = new AgeIdentity();
    const before = new Set(readdirSync("/proc"));
    // Outside of all that is searched.
    inputFile = join(mkdtempSync(join(tmpdir(), "leaks-")), "people.json");
    watching = setInterval(() => watchCommandLines(before), 20);
  });

  afterAll(async () => {
    clearInterval(watching);
    for (const folder of [join(inputFile, ".."), stack.home]) rmSync(folder, { recursive: true, force: true });
    stack.remove();
    gpg.remove();
    identity.remove();
    await iam.stop();
  });

  function watchCommandLines(before: Set<string>): void {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && !before.has(name))) {
      try {
        commandLines.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      } catch {
        // The process has ended meanwhile.
      }
    }
  }

  /** A program that declares every person, half of them in one resource; `args` is source text. */
  function declareAll(args: string, options = "{}"): void {
    const keys = { pgpKey: gpg.exportKey("owner@example.com"), ageRecipients: [identity.recipient], privateKey };
    writeFileSync(inputFile, JSON.stringify({ people, keys }));
    stack.program(`${frontEnd.prelude}
const { people, keys } = JSON.parse(require("node:fs").readFileSync(${JSON.stringify(inputFile)}, "utf8"));
const all = people.map((person, index) => {
  const recipient = (index >> 1) % 2 === 0 ? { pgpKey: keys.pgpKey } : { ageRecipients: keys.ageRecipients };
  const generated = { userName: person.user, ...recipient, rotationTriggers: { round: ${++round} } };
  return { person, args: person.way === "generated" ? generated : ${args} };
});
for (const { person, args } of all) if (!person.isOfMany) new ${frontEnd.className}(person.user, args, ${options});
const many = all.filter(({ person }) => person.isOfMany);
const profiles = Object.fromEntries(many.map(({ args: { userName, ...own } }) => [userName, own]));
for (const { person } of many.slice(0, 1)) new ${frontEnd.many.className}("many", { profiles }, ${options});`);
  }

  /** Refuses the calls for some of the people, with messages that quote the password as a careless server might. */
  function refuseSome(): void {
    const ways = new Map(people.map(({ user, way }) => [user, way]));
    iam.refuse(({ operation, parameters }) => {
      const way = ways.get(parameters.UserName ?? "");
      const quoted = `'${parameters.Password}'`;
      if (way === "policy" && operation === "CreateLoginProfile") {
        return { status: 400, code: "PasswordPolicyViolation", message: `The password ${quoted} is too weak` };
      }
      if (way === "denied" || (way === "update denied" && operation === "UpdateLoginProfile")) {
        return { status: 403, code: "AccessDenied", message: `Not authorized with ${quoted} for ${operation}` };
      }
      return undefined;
    });
  }

  /** The users whose profiles are in the state. */
  function stored(): string[] {
    return stack.resources().flatMap(({ type, id = "", outputs }) => {
      if (type === frontEnd.many.type) return Object.keys(outputs?.profiles);
      return type === frontEnd.type ? [id] : [];
    });
  }

  /** What was sent, by user; and that each was sent what was declared for it, to the byte. */
  function expectSent(expected: (person: Person) => string[]): number {
    const sent = new Map<string, string[]>();
    for (const { parameters } of iam.takeCalls()) {
      const { UserName = "", Password } = parameters;
      if (Password !== undefined) sent.set(UserName, [...(sent.get(UserName) ?? []), Password]);
    }
    let count = 0;
    for (const person of people) {
      // Compared as a whole, so that a failure of this test prints no password either.
      const passwords = sent.get(person.user) ?? [];
      if (person.way === "generated") {
        for (const password of passwords) generated.add(password);
        expect(passwords).toHaveLength(1);
        count++;
        continue;
      }
      const same = isDeepStrictEqual(passwords, expected(person));
      expect({ user: person.user, way: person.way, same }).toEqual({ user: person.user, way: person.way, same: true });
      count += expected(person).length;
    }
    return count;
  }

  // First, for it needs a stack of its own, and leaves it empty.
  if (frontEnd === PLUGIN) {
    test("a provider's secrets are kept, and what is imported is shown without its password", async () => {
      const [user, secretKey, token, live] = ["provider", ...settings] as [string, string, string, string];
      await Promise.all([
        iam.awsCliIn("111122223333", "iam", "create-user", "--user-name", user),
        iam.createUsers(["imported"]).then(() => iam.createLoginProfile("imported", live)),
      ]);
      const declareWith = (args: string, first: boolean) => {
        declareAll("{ userName: person.user, password: person.second }");
        const file = join(stack.folder, "index.js");
        const body = readFileSync(file, "utf8");
        writeFileSync(inputFile, JSON.stringify({ people: [], keys: { secretKey, token }, live }));
        // None of them is marked as a secret by the program.
        writeFileSync(
          file,
          `${body}
const { live } = JSON.parse(require("node:fs").readFileSync(${JSON.stringify(inputFile)}, "utf8"));
const provider = new Provider("provider", ${args});
new ${frontEnd.className}("own", { userName: "${user}", password: live + ${first} }, { provider });`,
        );
      };
      const good = '{ accessKey: "111122223333", secretKey: keys.secretKey, token: keys.token }';
      const step = (name: string) => stack.preview("--event-log", `provider-${name}.json`);
      declareWith(good, true);
      expect(await stack.preview("--save-plan", "provider.plan.json")).toMatchObject({ code: 0 });
      expect(await stack.up("--plan", "provider.plan.json", "--event-log", "provider.json")).toMatchObject({ code: 0 });
      declareWith(good.replace("keys.token", "keys.token + 2"), false);
      expect(await step("changed")).toMatchObject({ code: 0 });
      expect(await stack.up("--event-log", "provider-changed-up.json")).toMatchObject({ code: 0 });
      for (const [name, wrong] of Object.entries({
        alone: "{ secretKey: keys.secretKey, tokn: keys.token }",
        proxy: '{ httpProxy: "ftp://user:" + keys.secretKey + "@host" }',
        broken: '{ assumeRoleWithWebIdentity: "{" + keys.token }',
      })) {
        declareWith(wrong, false);
        expect((await step(name)).code).not.toBe(0);
      }
      const imported = ["imported", "imported", "--yes", "--protect=false", "--generate-code=false"];
      expect(await stack.pulumi("import", frontEnd.type, ...imported)).toMatchObject({ code: 0 });
      // Else the export with secrets, below, would rightly show those of the provider.
      expect(await stack.destroy()).toMatchObject({ code: 0 });
    });
  }

  test("what is sent is what is declared, to the byte", async () => {
    declareAll("{ userName: person.user, password: person.first }");
    expect(await stack.preview("--save-plan", "create.plan.json")).toMatchObject({ code: 0 });
    refuseSome();
    iam.takeCalls();
    // Those who fail, fail; the others are created.
    expect((await stack.up(...EVENTS, "create.json")).code).not.toBe(0);
    const created = expectSent(({ first }) => [first]);
    const succeeding = people.filter(({ way }) => !FAILED_CREATES.includes(way));
    expect(stored().sort()).toEqual(succeeding.map(({ user }) => user).sort());

    for (const { user } of people.filter(({ way }) => way === "fallback")) await iam.deleteLoginProfile(user);
    declareAll(`{
    userName: person.user,
    password: ${JSON.stringify(UPDATED)}.includes(person.way) ? person.second : person.first,
    ...(person.way === "flagged" ? { passwordResetRequired: true } : {}),
  }`);
    expect(await stack.preview("--save-plan", "update.plan.json")).toMatchObject({ code: 0 });
    iam.takeCalls();
    expect((await stack.up(...EVENTS, "update.json")).code).not.toBe(0);
    const updated = expectSent(({ way, first, second }) => {
      if (FAILED_CREATES.includes(way)) return [first];
      // The update that finds no profile is sent the password, and so is the create that follows.
      if (way === "fallback") return [second, second];
      return UPDATED.includes(way) ? [second] : [];
    });
    expect(created).toBeGreaterThanOrEqual(8 * peoplePerWay);
    console.log(
      `Leak test, ${frontEnd.name}, seed ${SEED}: ${people.length * 2} passwords, ${created + updated} requests with a password`,
    );
  });

  test("runs that fail before any call send nothing", async () => {
    declareAll("{ userName: person.user, password: person.first + String.fromCharCode(0x20ac) }");
    expect((await stack.preview("--event-log", "bad-password.json")).code).not.toBe(0);

    declareAll("{ userName: person.user, passwrod: person.first }");
    expect((await stack.preview("--event-log", "misspelt.json")).code).not.toBe(0);

    // Past the program's own check, into the engine's.
    const misspelt = "{ passwrod: person.second, userName: '' }";
    const inMany = `pulumi.output(props.profiles).apply((of) => ({ ...of, "": ${misspelt} }))`;
    const profiles = `...("profiles" in props ? { profiles: ${inMany} } : {})`;
    declareAll(
      "{ userName: person.user, password: person.first }",
      `{ transforms: [({ props, opts }) => ({ props: { ...props, ...${misspelt}, ${profiles} }, opts })] }`,
    );
    expect((await stack.preview("--event-log", "transformed.json")).code).not.toBe(0);

    declareAll("{ userName: person.user, pgpKey: keys.privateKey }");
    expect((await stack.preview("--event-log", "private-key.json")).code).not.toBe(0);

    declareAll("{ userName: person.user, password: [person.first] }");
    expect((await stack.preview("--event-log", "wrong-type.json")).code).not.toBe(0);

    await iam.awsCli("iam", "update-account-password-policy", "--minimum-password-length", "128");
    declareAll("{ userName: person.user, password: person.second }");
    await stack.pulumi("config", "set", POLICY_CHECK, "true");
    expect((await stack.preview("--event-log", "policy.json")).output).toContain(
      "breaks the account's password policy",
    );
    await stack.pulumi("config", "set", POLICY_CHECK, "false");
    expect(iam.takeCalls().filter(({ parameters }) => "Password" in parameters)).toEqual([]);

    declareAll("{ userName: person.user, password: person.second + '!' }");
    // A host with several addresses: Node.js fails with one error that holds theirs, and no text of its own.
    const nowhere = { AWS_ENDPOINT_URL: `http://localhost:${await freePort()}` };
    expect((await stack.up(...EVENTS, "nowhere.json", nowhere)).output).toContain(
      "ECONNREFUSED: GetCallerIdentity: connect ECONNREFUSED",
    );
  });

  test("afterwards no password occurs anywhere, in any form", async () => {
    declareAll("{ userName: person.user, password: person.second }");
    const exports = [await stack.pulumi("stack", "export"), await stack.pulumi("stack", "export", "--show-secrets")];
    expect(exports).toMatchObject([{ code: 0 }, { code: 0 }]);
    await stack.refresh();
    await stack.destroy();

    const artefacts: Artefact[] = [
      ...filesBelow(stack.folder),
      ...filesBelow(stack.home),
      ...stack.outputs.map((text, index) => ({ name: `output ${index}`, text })),
      ...[...commandLines].map((text) => ({ name: "process arguments", text })),
    ];
    const passwords = [...people.flatMap(({ first, second }) => [first, second]), ...generated];
    expect(generated.size).toBe(2 * peoplePerWay);
    expect(occurrencesIn(artefacts, passwords)).toEqual([]);
    const withoutDebugging = artefacts.map(({ name, text }) => ({ name, text: text.replaceAll(SDK_DEBUGGING, "") }));
    expect(occurrencesIn(withoutDebugging, settings)).toEqual([]);
    // The same key without its private part is all that the provider ever gets.
    const lines = privateKey.split("\n").filter((line) => line.length > 20 && !line.startsWith("-----"));
    expect(lines.length).toBeGreaterThan(3);
    expect(occurrencesIn(artefacts, [...lines, "AGE-SECRET-KEY-"])).toEqual([]);

    const bytes = artefacts.reduce((sum, { text }) => sum + text.length, 0);
    console.log(
      `Leak test, ${frontEnd.name}, seed ${SEED}: ${passwords.length} passwords searched in ${artefacts.length} artefacts ` +
        `(${Math.round(bytes / 1e6)} MB), ${commandLines.size} command lines among them: 0 occurrences`,
    );
    for (const kind of [
      /checkpoint|stacks/,
      /backups/,
      /history/,
      /plan\.json/,
      /create\.json/,
      /^output/,
      /process/,
    ]) {
      expect(artefacts.some(({ name }) => kind.test(name))).toBe(true);
    }
  });
}
