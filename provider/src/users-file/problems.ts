import { UNKNOWN } from "../common/unknown";
import { given, isMap } from "../common/values";
import { argumentsThat, USER_ARGUMENTS } from "../lifecycle/arguments";
import { profileArguments } from "../lifecycle/profile-arguments";
import { creationProblems, validate } from "../lifecycle/validation";
import { entriesOf, type PlacedEntry, type UserEntry } from "./entries";
import { ENCRYPTED_BY_SOPS } from "./foreign";
import type { LocatedYaml } from "./located-yaml";
import { asError, asWarning, type PlacedProblem } from "./place";
import { schemaProblems } from "./schema-problems";

/** All that is wrong with the content of a users file, or that its owner should know. */
export function problemsOf(yaml: LocatedYaml): PlacedProblem[] {
  const { value } = yaml;
  if (value === undefined || value === null) return [asError({ line: 1, column: 1, message: EMPTY })];
  if (isMap(value) && isMap(value.sops)) {
    return [asError({ ...yaml.place(["sops"], "key"), message: ENCRYPTED_BY_SOPS })];
  }
  const mistaken = schemaProblems(yaml);
  if (mistaken.length > 0) return mistaken;
  const entries = entriesOf(value);
  const problems = entries.flatMap((entry) => entryProblems(yaml, entry));
  return problems.length > 0 ? problems : namesakes(yaml, entries);
}

/** What no login profile can be made of, for such as are not there yet. */
export function problemsAtCreation(yaml: LocatedYaml, entries: PlacedEntry[]): PlacedProblem[] {
  return entries.flatMap((entry) =>
    creationProblems(profileOf(entry)).map(({ reason }) =>
      asError({
        ...yaml.place(entry.path),
        message: `${entry.user.name}: ${reason} Where the stack's configuration has the password, leave out randomPassword.`,
      }),
    ),
  );
}

/** What a console user of this entry hands to its login profile. */
export function profileOf({ user: { name, password, ...args } }: PlacedEntry) {
  const { profile, drawn } = profileArguments({ ...args, ...given({ password: password?.reveal() }) });
  // What will be drawn is not known yet.
  return { ...given(profile), userName: name, ...(drawn && { password: UNKNOWN }) };
}

const EMPTY =
  'the file is empty, and must hold the key "users" with a list of entries. "npx pulumi-aws-login-profile skeleton" prints ' +
  "one to begin with";

/** Mistakes that the schema alone cannot tell, and what is to be said of passwords in clear. */
function entryProblems(yaml: LocatedYaml, entry: PlacedEntry): PlacedProblem[] {
  const { user, path, isOfCli } = entry;
  const passwordKey = isOfCli ? "Password" : "password";
  const at = (key: string, message: string) => ({
    ...yaml.place([...path, key === "password" ? passwordKey : key], "key"),
    message,
  });
  const mistakes = validate(profileOf(entry)).map(({ property, reason }) => at(property, reason));
  for (const key of argumentsThat("creates", USER_ARGUMENTS)) {
    if (!user.existing || !(key in user)) continue;
    mistakes.push(
      at(key, `"${key}" cannot be set for "${user.name}", who exists already. Remove "${key}" or "existing"`),
    );
  }
  return [...mistakes.map(asError), ...remarks(user).map((remark) => asWarning(at("password", remark)))];
}

/** What the owner of a password in clear should know. */
function remarks({ name, password }: UserEntry): string[] {
  if (password === undefined) return [];
  const text = password.reveal();
  const remarks = [
    `the password of "${name}" stands here in clear. Make it a secret of the stack ` +
      `(pulumi config set --secret initialPassword:${name}), and remove it here`,
  ];
  if (/[\r\n]$/.test(text)) {
    remarks.push(
      `the password of "${name}" ends in a line end, which is a part of it. Write |- in place of |, or put it in quotes`,
    );
  } else if (/^\s|\s$/.test(text)) {
    const end = /^\s/.test(text) ? "begins" : "ends";
    remarks.push(`the password of "${name}" ${end} with a blank, which is a part of it. Remove it if it is not meant`);
  }
  return remarks;
}

function namesakes(yaml: LocatedYaml, entries: PlacedEntry[]): PlacedProblem[] {
  const seen = new Set<string>();
  return entries.flatMap(({ user: { name }, path, isOfCli }) => {
    // IAM does not tell upper case from lower in names.
    const isFirst = !seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    if (isFirst) return [];
    const place = yaml.place([...path, isOfCli ? "UserName" : "name"]);
    return [asError({ ...place, message: `the user "${name}" is listed twice. Remove one of the two` })];
  });
}
