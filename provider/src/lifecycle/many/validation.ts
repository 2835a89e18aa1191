import { connectionProblems } from "../../aws/connection";
import { nearest } from "../../common/nearest";
import type { Problem } from "../../common/problem";
import { UNKNOWN } from "../../common/unknown";
import { isMap, kindOf, type Properties } from "../../common/values";
import { recipientProblems } from "../../recipients/recipients";
import { type Argument, DEFAULT_ARGUMENTS } from "../arguments";
import { argumentProblems, validate } from "../validation";
import { argumentsOf, keyOf } from "./entries";

const NAMES = ["profiles", "connection", ...Object.keys(DEFAULT_ARGUMENTS)];
const OUTPUTS = ["passwordHashes", "scope", "accountId"];

/** Finds every mistake in the arguments of a resource with many profiles: in what is said of all, else in each profile. */
export function validateAll(args: Properties): Problem[] {
  const problems = commonProblems(args);
  if (problems.length > 0) return problems;
  return profilesIn(args).flatMap(([userName, own]) =>
    isMap(own) ? named(userName, validate(argumentsOf(userName, own, args))) : [],
  );
}

/** The mistakes in what is said of all profiles, and in the shape of the map. */
export function commonProblems(args: Properties): Problem[] {
  const { profiles, connection } = args;
  return [
    ...Object.keys(args)
      .filter((name) => !NAMES.includes(name))
      .map((property) => ({ property, secret: true, reason: unknownArgument(property) })),
    ...(profiles === undefined || (profiles !== UNKNOWN && !isMap(profiles)) ? [noMap(profiles)] : []),
    ...connectionProblems(connection).map((reason) => ({ property: "connection", secret: true, reason })),
    ...Object.entries(DEFAULT_ARGUMENTS).flatMap(([name, argument]) =>
      argumentProblems(name, argument as Argument, args[name]),
    ),
    ...recipientProblems(args),
    ...sameUsers(profilesIn(args).map(([userName]) => userName)),
    ...profilesIn(args).flatMap(([userName, own]) => named(userName, shapeProblems(own))),
  ];
}

/** The profiles as far as they are known, in an order that is the same in each process. */
export function profilesIn({ profiles }: Properties): [userName: string, own: unknown][] {
  return isMap(profiles) ? Object.entries(profiles).sort(([one], [other]) => (one < other ? -1 : 1)) : [];
}

/** Problems of one of the profiles. No property is named: the engine would print the value of all of them. */
export function named(userName: string, problems: Problem[]): Problem[] {
  return problems.map(({ reason, ...problem }) => ({
    ...problem,
    secret: true,
    reason: `IAM user "${userName}": ${reason}`,
  }));
}

function noMap(profiles: unknown): Problem {
  const what = "a map from user names to login profiles, such as { alice: { password: … } }";
  const reason =
    profiles === undefined ? `profiles is required: ${what}.` : `profiles must be ${what}, not ${kindOf(profiles)}.`;
  return { property: "profiles", secret: true, reason };
}

function shapeProblems(own: unknown): Problem[] {
  if (own === UNKNOWN) return [];
  if (!isMap(own)) {
    return [
      { property: "profiles", secret: true, reason: `a login profile must be a map of arguments, not ${kindOf(own)}.` },
    ];
  }
  return Object.entries(OF_ALL)
    .filter(([name]) => own[name] !== undefined)
    .map(([name, reason]) => ({ property: name, secret: true, reason }));
}

/** Arguments of a single login profile that are none of one among many. */
const OF_ALL = {
  userName: "userName is what the profile is called in profiles. Remove it.",
  connection:
    "connection is that of all profiles: give it beside profiles, or another resource for the users of another account.",
};

function sameUsers(userNames: string[]): Problem[] {
  const seen = new Map<string, string>();
  return userNames.flatMap((userName) => {
    const other = seen.get(keyOf(userName));
    seen.set(keyOf(userName), userName);
    if (other === undefined) return [];
    const reason = `profiles names "${other}" and "${userName}": to IAM, which does not tell upper case from lower, they are one user. Remove one of the two.`;
    return [{ property: "profiles", secret: true, reason }];
  });
}

function unknownArgument(name: string): string {
  if (OUTPUTS.includes(name)) return `${name} is an output of LoginProfiles and cannot be set. Remove it.`;
  if (name === "password" || name === "userName")
    return `${name} is no argument of all profiles. Give each profile its own, in profiles.`;
  const meant = nearest(name, NAMES);
  const advice = meant === undefined ? `Remove it, or use one of ${NAMES.join(", ")}.` : `Did you mean ${meant}?`;
  return `${name} is not an argument of LoginProfiles. ${advice}`;
}
