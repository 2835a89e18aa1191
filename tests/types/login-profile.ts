/**
 * What the compiler accepts and refuses. Compiled by `make lint`, never run: a line under
 * `@ts-expect-error` that compiles after all is an error itself.
 */
import * as pulumi from "@pulumi/pulumi";
import { type AssumedRole, type Connection, LoginProfile, type LoginProfileArgs } from "pulumi-aws-login-profile";
import { ConsoleUser } from "pulumi-aws-login-profile/console-user";

const text: pulumi.Output<string> = pulumi.output("text");
const flag: pulumi.Output<boolean> = pulumi.output(true);

new LoginProfile("plain", { userName: "alice", password: "secret", passwordResetRequired: true, adoptExisting: false });
new LoginProfile("outputs", { userName: text, password: text, passwordResetRequired: flag, adoptExisting: flag });
new LoginProfile("promises", { userName: Promise.resolve("alice"), password: Promise.resolve("secret") });
new LoginProfile("adopted", { userName: "alice", adoptExisting: true }, { protect: true });
new LoginProfile("maybe", { userName: "alice", password: pulumi.output<string | undefined>(undefined) });
new LoginProfile("left-out", { userName: "alice", password: undefined, adoptExisting: undefined });

const role: AssumedRole = {
  roleArn: pulumi.interpolate`arn:aws:iam::${text}:role/admin`,
  sessionName: Promise.resolve("session"),
  externalId: text,
  duration: undefined,
  policyArns: [text, "arn:aws:iam::aws:policy/IAMFullAccess"],
  tags: { team: text },
  transitiveTagKeys: pulumi.output(["team"]),
};
const connection: Connection = { region: text, assumeRole: role };
new LoginProfile("role", { userName: "alice", connection });
new LoginProfile("role-of-outputs", {
  userName: "alice",
  connection: pulumi.output({ assumeRole: pulumi.output(role) }),
});
new ConsoleUser("role", { connection: { assumeRole: { roleArn: text, tags: pulumi.output({ team: "a" }) } } });

// @ts-expect-error: a role has an ARN
new LoginProfile("no-role", { userName: "alice", connection: { assumeRole: { externalId: text } } });
// @ts-expect-error: which is not missing at run time either
new LoginProfile("maybe-role", { userName: "alice", connection: { assumeRole: { roleArn: undefined } } });
// @ts-expect-error: a number of seconds is no duration
new LoginProfile("seconds", { userName: "alice", connection: { assumeRole: { roleArn: text, duration: 900 } } });
// @ts-expect-error: a misspelt name
new LoginProfile("typo", { userName: "alice", connection: { assumeRole: { roleArn: text, externalID: text } } });
// @ts-expect-error: policies are a list
new ConsoleUser("no-list", { connection: { assumeRole: { roleArn: text, policyArns: text } } });
// @ts-expect-error: credentials have no place in a connection
new ConsoleUser("credentials", { connection: { accessKey: text } });

// @ts-expect-error: userName is required
new LoginProfile("no-user", { password: "secret" });
// @ts-expect-error: the arguments are required
new LoginProfile("no-arguments");
// @ts-expect-error: a name is no number
new LoginProfile("number", { userName: 42, password: "secret" });
// @ts-expect-error: nor may it be missing at run time
new LoginProfile("undefined", { userName: undefined, password: "secret" });
// @ts-expect-error: nor null
new LoginProfile("null", { userName: null, password: "secret" });
// @ts-expect-error: a password is no number
new LoginProfile("password", { userName: "alice", password: 1234 });
// @ts-expect-error: a password is not an object that holds one
new LoginProfile("object", { userName: "alice", password: { result: "secret" } });
// @ts-expect-error: a flag is no string
new LoginProfile("flag", { userName: "alice", password: "secret", passwordResetRequired: "true" });
// @ts-expect-error: adoptExisting is no string
new LoginProfile("adopt", { userName: "alice", adoptExisting: "yes" });
// @ts-expect-error: a misspelt name
new LoginProfile("misspelt", { userName: "alice", passwrod: "secret" });
// @ts-expect-error: the API's spelling
new LoginProfile("api", { UserName: "alice", Password: "secret" });
// @ts-expect-error: an output cannot be set
new LoginProfile("output", { userName: "alice", password: "secret", passwordHash: "hash" });
// @ts-expect-error: nor can the version
new LoginProfile("version", { userName: "alice", password: "secret", passwordVersion: 2 });

// @ts-expect-error: a login profile is managed by its own provider
new LoginProfile("provider", { userName: "alice" }, { provider: undefined as unknown as pulumi.ProviderResource });
// @ts-expect-error: an id would make the engine read the resource, inputs and all
new LoginProfile("id", { userName: "alice" }, { id: "alice" });
// @ts-expect-error: dynamic resources cannot be imported
new LoginProfile("import", { userName: "alice" }, { import: "alice" });

const profile = new LoginProfile("outputs-of", { userName: "alice", password: "secret" });
export const typed: [
  pulumi.Output<string>,
  pulumi.Output<boolean | undefined>,
  pulumi.Output<boolean>,
  pulumi.Output<number>,
  pulumi.Output<string | undefined>,
  pulumi.Output<string>,
] = [
  profile.userName,
  profile.passwordResetRequired,
  profile.passwordResetPending,
  profile.passwordVersion,
  profile.passwordHash,
  profile.createDate,
];
// @ts-expect-error: there is no password to read
export const password = profile.password;
// @ts-expect-error: outputs cannot be assigned
profile.userName = text;
// @ts-expect-error: a hash may be undefined
export const hash: pulumi.Output<string> = profile.passwordHash;
// @ts-expect-error: a version is no string
export const version: pulumi.Output<string> = profile.passwordVersion;

export const args: LoginProfileArgs = { userName: "alice" };
