/** The command as a process: what it writes where, and with which status it ends. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  attributes,
  IN_THE_STATE,
  resource,
  stackExport,
  stackResource,
  terraformState,
} from "../../support/states.ts";

const COMMAND = join(process.cwd(), "provider", "dist", "cli.js");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "from-terraform-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function command(args: string[], input: string | Buffer = "") {
  const { status, stdout, stderr } = spawnSync("node", [COMMAND, ...args], { cwd: folder, input, encoding: "utf8" });
  for (const secret of IN_THE_STATE) expect(stdout + stderr).not.toContain(secret);
  return { status, stdout, stderr };
}

const file = (name: string, content: object | Buffer) =>
  writeFileSync(join(folder, name), content instanceof Buffer ? content : JSON.stringify(content));

const TWO = terraformState(
  resource("each", [
    { index_key: "bob", attributes: attributes("bob", { pgp_key: "keybase:bob", password_length: 30 }) },
    {
      index_key: "Alice",
      attributes: attributes("Alice", { pgp_key: "mQENBF+public+key", password_reset_required: true }),
    },
  ]),
);

const USERS = `# yaml-language-server: $schema=./node_modules/pulumi-aws-login-profile/users-file.schema.json
# Login profiles of Terraform, as \`pulumi-aws-login-profile from-terraform\` found them.
# Users and login profiles are adopted as they are. Comments say how the password was made: of use for the next one.

users:
  - name: Alice
    existing: true
    adoptExisting: true
    randomPassword: false
    allowPasswordChange: false
    # pgpKey: (the key of aws_iam_user_login_profile.each["Alice"])
    # passwordResetRequired: true
  - name: bob
    existing: true
    adoptExisting: true
    randomPassword: false
    allowPasswordChange: false
    # pgpKey: keybase:bob
    # passwordLength: 30
`;

const SCRIPT = `# terraform.tfstate: by this Terraform forgets the login profiles, and deletes nothing. Run it where the configuration is, and take the resources out of that before anybody applies again.
terraform state rm \\
  'aws_iam_user_login_profile.each["bob"]' \\
  'aws_iam_user_login_profile.each["Alice"]'
# Or, in the configuration, in place of the resources (Terraform 1.7, OpenTofu 1.10 and later):
# removed {
#   from = aws_iam_user_login_profile.each
#   lifecycle {
#     destroy = false
#   }
# }
`;

test("the users file goes to the standard output, and what else there is to know to the standard error", () => {
  file("terraform.tfstate", TWO);
  expect(command(["from-terraform", "terraform.tfstate"])).toEqual({
    status: 0,
    stdout: USERS,
    stderr: `terraform.tfstate: 2 login profiles of Terraform.\n${SCRIPT}`,
  });
});

test("with a file to write to, the commands go to the standard output, as a script", () => {
  file("terraform.tfstate", TWO);
  expect(command(["from-terraform", "terraform.tfstate", "--output", "users.yaml"])).toEqual({
    status: 0,
    stdout: SCRIPT,
    stderr: "terraform.tfstate: 2 login profiles of Terraform.\n2 users written to users.yaml.\n",
  });
  expect(readFileSync(join(folder, "users.yaml"), "utf8")).toBe(USERS);
  expect(command(["check", "--strict", "users.yaml"])).toMatchObject({ status: 0 });
  expect(spawnSync("sh", ["-n"], { input: SCRIPT }).status).toBe(0);
});

test.each([
  ["UTF-8 with a mark", (text: string) => Buffer.from(`\ufeff${text}`)],
  ["UTF-16 of PowerShell", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le")],
  ["UTF-16, the other way round", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
])("a state in %s is read, from the standard input too", (_, encoded) => {
  expect(command(["from-terraform", "-"], encoded(JSON.stringify(TWO)))).toMatchObject({ status: 0, stdout: USERS });
});

test("several states make one file, and a user of two of them one entry and a warning", () => {
  file("one.json", terraformState(resource("alice", [{ attributes: attributes("alice") }])));
  file("two.json", stackExport(stackResource("alice", "ALICE"), stackResource("bob", "bob")));
  const { status, stdout, stderr } = command(["from-terraform", "one.json", "two.json", "--format", "json"]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout).users.map(({ name }: { name: string }) => name)).toEqual(["alice", "bob"]);
  const urn = "urn:pulumi:dev::project::aws:iam/userLoginProfile:UserLoginProfile::";
  expect(stderr.split("\n").slice(0, 4)).toEqual([
    "one.json: 1 login profile of Terraform.",
    "two.json: 2 login profiles of Pulumi.",
    'warning: IAM user "alice" has more than one login profile in the state, where IAM has one: ' +
      `aws_iam_user_login_profile.alice, ${urn}alice. The file has one entry; have all of them forgotten.`,
    expect.stringMatching(/^# one\.json: by this Terraform forgets/),
  ]);
  expect(stderr).toContain(`\n# two.json: by this Pulumi forgets the login profiles, and deletes nothing.`);
  expect(stderr).toContain(`\npulumi state delete '${urn}bob' --yes\n`);
});

test.each([
  [
    "without any login profile",
    terraformState(resource("gone", [{ deposed: "1", attributes: attributes("bob") }])),
    "s.json: in this state of Terraform there is no login profile to take over.\n" +
      "aws_iam_user_login_profile.gone is left out: it is deposed, which means that the next apply deletes it.\n" +
      "Is it that of the right workspace, or stack?",
  ],
  [
    "that does not say whose a profile is",
    terraformState(resource("alice", [{ attributes: attributes("alice") }]), resource("none", [{ attributes: null }])),
    "Of 1 login profile the state does not say whose it is:\ns.json: aws_iam_user_login_profile.none\nNothing was written. " +
      "Have the state read again what is there (terraform apply -refresh-only, pulumi refresh), or have it forget them " +
      "(terraform state rm, pulumi state delete).",
  ],
  [
    "with names that IAM does not have",
    terraformState(
      resource("odd", [{ attributes: attributes("al ice\n") }, { attributes: attributes("a".repeat(65)) }]),
    ),
    `"${"a".repeat(65)}", "al ice\\n": no IAM user is called so. A name has 1 to 64 characters of A-Z a-z 0-9 _ + = , . @ -. ` +
      "Nothing was written.",
  ],
  ["that is no text", Buffer.from([0, 1, 2]), "s.json: this is no text. Save it as UTF-8."],
])("a state %s is an error, and nothing is written", (_, state, message) => {
  file("s.json", state);
  expect(command(["from-terraform", "s.json", "-o", "none.yaml"])).toEqual({
    status: 1,
    stdout: "",
    stderr: `error: ${message}\n`,
  });
  expect(existsSync(join(folder, "none.yaml"))).toBe(false);
});

test("a file that cannot be read is told, and so is a missing one on the command line", () => {
  mkdirSync(join(folder, "a-folder"), { recursive: true });
  expect(command(["from-terraform", "no.json"]).stderr).toBe(
    "error: no.json: cannot be read: there is no such file.\n",
  );
  expect(command(["from-terraform", "a-folder"]).stderr).toBe("error: a-folder: cannot be read: it is a folder.\n");
  expect(command(["from-terraform"])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/missing required argument/),
  });
});

test("nothing in a state becomes a command of the script", () => {
  const evil = "x\ntouch taken-over\n'; touch taken-over; '$(touch taken-over)";
  const profile = { attributes: attributes("alice") };
  file(
    "evil.json",
    terraformState(
      resource(evil, [profile], { module: `module.${evil}` }),
      resource("key", [{ index_key: evil, ...profile }]),
    ),
  );
  file("evil-stack.json", stackExport(stackResource(evil, "bob", { protect: true })));
  const { stdout } = command(["from-terraform", "evil.json", "evil-stack.json", "-o", "evil.yaml"]);
  const stubs = "terraform() { echo terraform $#; }\npulumi() { echo pulumi $#; }\n";
  const { stdout: called } = spawnSync("sh", { cwd: folder, input: stubs + stdout, encoding: "utf8" });
  expect(called).toBe("terraform 4\npulumi 5\n");
  expect(existsSync(join(folder, "taken-over"))).toBe(false);
  expect(command(["check", "evil.yaml"]).stdout).toBe("evil.yaml: 2 users, no mistakes\n");
});

test("who reads only the beginning has what was wanted", () => {
  const instances = Array.from({ length: 2000 }, (_, key) => ({ index_key: key, attributes: attributes(`u${key}`) }));
  file("many.json", terraformState(resource("many", instances)));
  const script = `node "${COMMAND}" from-terraform many.json 2> said | head -n 1`;
  const { stdout } = spawnSync("sh", ["-c", script], { cwd: folder, encoding: "utf8" });
  expect(stdout).toMatch(/^# yaml-language-server.*\n$/);
  expect(readFileSync(join(folder, "said"), "utf8")).not.toMatch(/EPIPE|^\s+at /m);
});

test("it loads nothing of Pulumi or AWS", () => {
  file("terraform.tfstate", TWO);
  const program = `process.argv.push("from-terraform", "terraform.tfstate", "-o", "loaded.yaml"); require(${JSON.stringify(COMMAND)});
    console.log(Object.keys(require.cache).filter((file) => /@pulumi|@aws-sdk|@smithy|openpgp|age-encryption/.test(file)).length);`;
  const { stdout } = spawnSync("node", ["-e", program], { cwd: folder, encoding: "utf8" });
  expect(stdout).toBe(`${SCRIPT}0\n`);
});
