import { SESSION } from "../common/limits";
import { isKnown, type Previewed, UNKNOWN } from "../common/unknown";
import { isMap } from "../common/values";

/** Which account a login profile is in, and how it is reached. It stands in the state, so that a later delete finds the way. */
export interface Connection {
  region?: string;
  profile?: string;
  endpoint?: string;
  assumeRole?: AssumedRole;
}

/** A role to assume, as `aws:assumeRoles` words it. Source: STS API reference, AssumeRole. */
export interface AssumedRole {
  /** ARN of the role. */
  roleArn: string;
  /** Name of the session, which CloudTrail shows. */
  sessionName?: string;
  /** What the role's owner asks of those who assume it. */
  externalId?: string;
  /** How long the credentials hold, such as `1h30m`. */
  duration?: string;
  /** A policy in JSON that narrows what the role may do. */
  policy?: string;
  /** ARNs of managed policies that narrow what the role may do. */
  policyArns?: string[];
  /** Who stands behind the session, as CloudTrail shows it. */
  sourceIdentity?: string;
  /** Tags of the session. */
  tags?: Record<string, string>;
  /** Keys of the tags that a role assumed from this one takes over. */
  transitiveTagKeys?: string[];
}

/** What a value must be, for the sentence that says so. */
type Kind = "a string" | "a list of strings" | "a map of strings";

const CONNECTION_KEYS = ["region", "profile", "endpoint", "assumeRole"];

const ROLE_KEYS: Record<keyof AssumedRole, Kind> = {
  roleArn: "a string",
  sessionName: "a string",
  externalId: "a string",
  duration: "a string",
  policy: "a string",
  policyArns: "a list of strings",
  sourceIdentity: "a string",
  tags: "a map of strings",
  transitiveTagKeys: "a list of strings",
};

/** The mistakes in a `connection` argument, a sentence each. */
export function connectionProblems(value: unknown): string[] {
  if (value === undefined || value === UNKNOWN) return [];
  if (!isMap(value)) return ["connection must be an object with region, profile, endpoint or assumeRole."];
  const problems = Object.keys(value).flatMap((key) => unknownKey("connection", key, CONNECTION_KEYS));
  for (const key of ["region", "profile", "endpoint"]) {
    if (value[key] !== undefined) problems.push(...valueProblems(`connection.${key}`, value[key], "a string"));
  }
  if (typeof value.endpoint === "string" && value.endpoint !== "")
    problems.push(...endpointProblems("connection.endpoint", value.endpoint));
  if (value.assumeRole !== undefined) problems.push(...roleProblems("connection.assumeRole", value.assumeRole));
  return problems;
}

/** The mistakes in one role to assume. */
export function roleProblems(where: string, value: unknown): string[] {
  if (value === UNKNOWN) return [];
  if (!isMap(value)) return [`${where} must be an object with at least roleArn.`];
  const problems = Object.keys(value).flatMap((key) => unknownKey(where, key, Object.keys(ROLE_KEYS)));
  for (const [key, kind] of Object.entries(ROLE_KEYS)) {
    if (value[key] !== undefined) problems.push(...valueProblems(`${where}.${key}`, value[key], kind));
  }
  if (value.roleArn === undefined) problems.push(`${where}.roleArn is required: the ARN of the role to assume.`);
  if (typeof value.roleArn === "string" && !/^arn:[^:]+:iam::\d{12}:role\/./.test(value.roleArn)) {
    problems.push(`${where}.roleArn must be the ARN of a role, such as arn:aws:iam::123456789012:role/admin.`);
  }
  return [...problems, ...durationProblems(`${where}.duration`, value.duration)];
}

/** A text that two connections share if, and only if, they are the same, whatever the order of their keys. */
export function wayTo(connection: Connection | undefined): string {
  return sorted(connection);
}

/** Whether two connections are the same. */
export function isSameConnection(
  one: Previewed<Connection> | undefined,
  other: Previewed<Connection> | undefined,
): boolean {
  return isKnown(one) && isKnown(other) && sorted(one) === sorted(other);
}

function sorted(value: unknown): string {
  return (
    JSON.stringify(value, (_, part) =>
      isMap(part) ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))) : part,
    ) ?? ""
  );
}

const UNITS: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };
const DURATION = /^(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$/;

export function durationProblems(where: string, value: unknown): string[] {
  if (typeof value !== "string") return [];
  const length = DURATION.test(value) ? secondsOf(value) : Number.NaN;
  if (length >= secondsOf(SESSION.least) && length <= secondsOf(SESSION.most)) return [];
  return [`${where} must be a time from ${SESSION.least} to ${SESSION.most}, such as 1h30m.`];
}

/** The seconds in a duration such as `1h30m`. */
export function secondsOf(duration: string): number {
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/gy)];
  return Math.round(parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? 0), 0));
}

export function endpointProblems(where: string, value: string): string[] {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return [];
  return [`${where} must be a URL that begins with https:// or http://.`];
}

/** Names of credentials in the state would stay there in the clear. */
const CREDENTIALS = /key|secret|token|password/i;

function unknownKey(where: string, key: string, known: string[]): string[] {
  if (known.includes(key)) return [];
  const advice = CREDENTIALS.test(key)
    ? "The state keeps a connection in the clear, so no credentials are accepted in it: give a profile or a role."
    : `Use one of ${known.join(", ")}.`;
  return [`${where}.${key} is not a part of a connection. ${advice}`];
}

/** The mistake in a value of one kind; an empty one is a mistake too. */
export function valueProblems(where: string, value: unknown, kind: Kind): string[] {
  const isText = (part: unknown) => part === UNKNOWN || (typeof part === "string" && part !== "");
  const parts =
    kind === "a string"
      ? [value]
      : kind === "a list of strings"
        ? list(value)
        : isMap(value)
          ? Object.values(value)
          : undefined;
  if (value === UNKNOWN || parts?.every(isText)) return [];
  return [`${where} must be ${kind}${kind === "a string" ? " that is not empty" : ", none of them empty"}.`];
}

function list(value: unknown): unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}
