import { LoginProfileError } from "../common/errors";
import { HASH_COST_LN } from "../common/limits";
import { given, isMap, type Properties } from "../common/values";
import { DEFAULT_COST, type HashCost } from "../passwords/hash";
import { Secret } from "../passwords/secret";
import { type AssumedRole, durationProblems, endpointProblems, roleProblems, valueProblems } from "./connection";
import { proxyIn } from "./proxy-url";

/** How settings of one kind are written, and read. */
export interface SettingKind<T> {
  /** A type of Pulumi's schema; a name of another one begins with #. */
  type: "string" | "boolean" | "integer" | "number" | "strings" | "#Endpoints" | "#Role" | "#Roles" | "#WebIdentity";
  secret?: true;
  /** What holds where nothing is set. */
  usual?: string | number | boolean;
  /** The value of what is written. Throws for a mistake, under the name that the setting has where it is written. */
  read(written: string | undefined, name: string): T;
}

/** A role to assume with a token of another identity provider. Source: STS API reference, AssumeRoleWithWebIdentity. */
export interface WebIdentity
  extends Pick<AssumedRole, "roleArn" | "sessionName" | "duration" | "policy" | "policyArns"> {
  token?: Secret;
  tokenFile?: string;
}

export const text: SettingKind<string | undefined> = { type: "string", read: (written) => written || undefined };

export const secretText: SettingKind<Secret | undefined> = {
  type: "string",
  secret: true,
  read: (written) => (written ? new Secret(written) : undefined),
};

/** The URL of a proxy, which may hold a password. An empty one says that there is none, whatever the environment names. */
export const proxy: SettingKind<Secret | undefined> = {
  ...secretText,
  read(written, name) {
    if (written) proxyIn(written, `the setting ${name}`);
    return written === undefined ? undefined : new Secret(written);
  },
};

/** The URL of a server, without a slash at its end. */
export function server(usual: string): SettingKind<string> {
  return {
    type: "string",
    usual,
    read(written, name) {
      const url = written || usual;
      if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
        throw mistaken(name, `must be the URL of a server, such as ${usual}, not "${url}"`);
      let end = url.length;
      while (url[end - 1] === "/") end--;
      return url.slice(0, end);
    },
  };
}

/** True or false; without a usual value it may be neither. */
export function flag<T extends boolean | undefined>(usual?: T): SettingKind<boolean | T> {
  return {
    type: "boolean",
    ...given({ usual: usual as boolean | undefined }),
    read(written, name) {
      if (written === "true" || written === "false") return written === "true";
      if (!written) return usual as T;
      throw mistaken(name, `must be true or false, not "${written}"`, usual);
    },
  };
}

export function seconds(usual: number): SettingKind<number> {
  return {
    type: "number",
    usual,
    read(written, name) {
      const value = Number(written ?? usual);
      if (written?.trim() === "" || !Number.isFinite(value) || value < 0)
        throw mistaken(name, `must be a number of seconds, 0 or more, not "${written}"`, usual);
      return value;
    },
  };
}

/** How often one call is made. For `@pulumi/aws` too, 0 is no number of attempts: its own default holds. */
export const attempts: SettingKind<number | undefined> = {
  type: "integer",
  read(written, name) {
    if (/^\d*$/.test(written ?? "")) return Number(written ?? 0) || undefined;
    const what = `must be a whole number, not "${written}": how often one call is made, 0 as if it were not set`;
    throw mistaken(name, what);
  },
};

/** A whole number, 1 or more. */
export function count(usual: number, what: string): SettingKind<number> {
  return {
    type: "integer",
    usual,
    read(written, name) {
      if (written === undefined || /^[1-9]\d{0,3}$/.test(written)) return Number(written ?? usual);
      throw mistaken(name, `must be a whole number, 1 or more, not "${written}": ${what}`, usual);
    },
  };
}

export const retryMode: SettingKind<"adaptive" | "standard" | undefined> = {
  type: "string",
  read(written, name) {
    if (!written) return undefined;
    if (written === "adaptive" || written === "standard") return written;
    throw mistaken(name, `must be adaptive or standard, not "${written}"`);
  },
};

export const hashCost: SettingKind<HashCost> = {
  type: "integer",
  usual: HASH_COST_LN.usual,
  read(written, name) {
    const { least, most, usual } = HASH_COST_LN;
    const ln = Number(written ?? usual);
    if (Number.isInteger(ln) && ln >= least && ln <= most) return { ...DEFAULT_COST, ln };
    const what = `must be a whole number from ${least} to ${most}, not "${written}": the binary logarithm of scrypt's N`;
    throw mistaken(name, what, usual);
  },
};

/** A list of texts. Numbers stand for texts too: YAML takes an account id for one. */
export const texts = structured("strings", "a list", [], (value, name): string[] => {
  const list = Array.isArray(value) ? value.map((part) => (typeof part === "number" ? String(part) : part)) : value;
  if (valueProblems(name, list, "a list of strings").length > 0) throw mistaken(name, "must be a list of strings");
  return list as string[];
});

export const accountIds: SettingKind<string[]> = {
  ...texts,
  read(written, name) {
    const ids = texts.read(written, name).map((id) => id.padStart(12, "0"));
    const wrong = ids.find((id) => !/^\d{12}$/.test(id));
    if (wrong !== undefined) throw mistaken(name, `must be a list of account ids of 12 digits, not "${wrong}"`);
    return ids;
  },
};

export const role = structured("#Role", "a role", undefined, (value, name) => {
  refuseAny(roleProblems(name, value));
  return value as AssumedRole;
});

export const roles = structured("#Roles", "a list of roles", undefined, (value, name) => {
  if (!Array.isArray(value)) throw mistaken(name, "must be a list of roles");
  refuseAny(value.flatMap((one, index) => roleProblems(`${name}[${index}]`, one)));
  return value as AssumedRole[];
});

const WEB_IDENTITY_TEXTS = ["roleArn", "sessionName", "duration", "policy", "webIdentityToken", "webIdentityTokenFile"];

/** It may hold a token. */
export const webIdentity: SettingKind<WebIdentity | undefined> = {
  ...structured("#WebIdentity", "a role", undefined, (value, key) => {
    if (!isMap(value))
      throw mistaken(key, "must be an object with roleArn and webIdentityToken or webIdentityTokenFile");
    const problems = Object.entries(value).flatMap(([name, part]) => {
      if (WEB_IDENTITY_TEXTS.includes(name)) return valueProblems(`${key}.${name}`, part, "a string");
      if (name === "policyArns") return valueProblems(`${key}.${name}`, part, "a list of strings");
      return [`${key}.${name} is not known. Use ${WEB_IDENTITY_TEXTS.join(", ")} or policyArns.`];
    });
    const { webIdentityToken: token, webIdentityTokenFile: tokenFile, ...role } = value as Record<string, string>;
    if (role.roleArn === undefined) problems.push(`${key}.roleArn is required: the ARN of the role to assume.`);
    if ((token === undefined) === (tokenFile === undefined))
      problems.push(`${key} needs one of webIdentityToken and webIdentityTokenFile.`);
    refuseAny([...problems, ...durationProblems(`${key}.duration`, role.duration)]);
    return {
      ...(role as unknown as AssumedRole),
      ...given({ token: token === undefined ? undefined : new Secret(token), tokenFile }),
    };
  }),
  secret: true,
};

/** One object, or a list of them, each with the endpoints of services. */
export const endpoints = structured("#Endpoints", "a list of endpoints", {}, (value, name) => {
  const found: { iam?: string; sts?: string } = {};
  for (const map of (Array.isArray(value) ? value : [value]) as Properties[]) {
    if (!isMap(map)) throw mistaken(name, 'must be a list such as [{"iam": "https://…", "sts": "https://…"}]');
    for (const service of ["iam", "sts"] as const) {
      const url = map[service];
      if (url === undefined || url === "") continue;
      const where = `${name}: ${service}`;
      refuseAny(typeof url === "string" ? endpointProblems(where, url) : [`${where} must be a string.`]);
      found[service] = url as string;
    }
  }
  return found;
});

/** A setting that the engine hands over as JSON. */
function structured<T, None>(
  type: SettingKind<T>["type"],
  what: string,
  none: None,
  read: (value: unknown, name: string) => T,
): SettingKind<T | None> {
  return { type, read: (written, name) => (written ? read(parsed(written, name, what), name) : none) };
}

function parsed(json: string, name: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Not quoted: it may hold a token.
    throw new LoginProfileError(
      `The setting ${name} must be ${what}, set as an object: pulumi config set --path '${name}…', or pulumi config set ${name} with JSON.`,
    );
  }
}

function refuseAny(problems: string[]): void {
  if (problems.length > 0)
    throw new LoginProfileError(`The stack's configuration cannot be used: ${problems.join(" ")}`);
}

/** The error for a setting with a value that cannot be used. `what` must not quote a secret. */
function mistaken(name: string, what: string, usual?: string | number | boolean): LoginProfileError {
  const correction = `pulumi config set ${name}${usual === undefined ? " …" : ` ${usual}`}`;
  return new LoginProfileError(`The setting ${name} ${what}. Correct it with: ${correction}`);
}
