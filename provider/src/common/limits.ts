/**
 * What bounds what this package accepts, makes and waits for, each with its source. A loop that waits, a message that
 * quotes a limit and the schemas take it from here.
 */

/** Characters and length of an IAM user's name. Source: IAM API reference, CreateLoginProfile, `UserName`. */
export const USER_NAME = {
  least: 1,
  most: 64,
  allowed: "A-Z a-z 0-9 _ + = , . @ -",
  forbidden: /[^A-Za-z0-9_+=,.@-]/u,
};

/** Characters and length of an IAM group's name. Source: IAM API reference, AddUserToGroup, `GroupName`. */
export const GROUP_NAME = { ...USER_NAME, most: 128 };

/** Users that one listing asks for: at most 1,000 (IAM API reference, ListUsers, `MaxItems`); with the longest paths, half of a LONGEST_ANSWER. */
export const USERS_PER_PAGE = 300;
/** Users whose profiles are read at the same time: enough to hide the way to IAM, and few enough that none waits for its turn until it is given up. */
export const READ_AT_ONCE = 10;

/** Form and length of an IAM user's path. Source: IAM API reference, CreateUser, `Path`. */
export const USER_PATH = { most: 512, pattern: "^/([!-~]+/)?$" };

/** Characters and length of any console password. Source: IAM API reference, CreateLoginProfile, `Password`. */
export const PASSWORD = {
  least: 1,
  most: 128,
  allowed: "tab, line feed, carriage return and U+0020 to U+00FF",
  forbidden: /[^\t\n\r\u0020-\u00ff]/u,
};

/**
 * Characters in a generated password. AWS's default rules ask for 8 (IAM user guide, "Set an account password policy for
 * IAM users"); the usual 24 hold 145 bits of chance.
 */
export const GENERATED_LENGTH = { least: 8, most: PASSWORD.most, usual: 24 };

/** What IAM counts as a symbol. Source: IAM API reference, UpdateAccountPasswordPolicy, `RequireSymbols`. */
export const SYMBOLS = "!@#$%^&*()_+-=[]{}|'";

/**
 * Binary logarithm of scrypt's N. The usual one is the highest at which a preview of many unchanged profiles stays near
 * one of resources that do nothing; the highest, 2^20 blocks of 1 KiB, takes 1 GiB of memory a hash.
 */
export const HASH_COST_LN = { least: 1, most: 20, usual: 10 };

/** How long a role may be assumed for. Source: STS API reference, AssumeRole, `DurationSeconds`. */
export const SESSION = { least: "15m", most: "12h" };

/** Calls of one resource with many profiles that go out at once. */
export const PARALLELISM = 10;

/** Seconds for which one operation is tried. */
export const RETRY_SECONDS = 120;
/** Seconds to wait for an answer, and for a connection, as in the AWS CLI. */
export const TIMEOUT_SECONDS = 60;

/** A user created moments ago may not be known everywhere yet; a mistyped name must not wait for long. */
export const NEW_USER_BUDGET_MS = 12_000;
/** A preview must not wait longer for what the server checks anyway. */
export const PREVIEW_WAIT_MS = 1500;
/** How long a resource may be checked after another that takes over its user. */
export const DECLARATIONS_APART_MS = 1_000;
/** A profile of so recent a date may not be known everywhere yet. */
export const RECENT_MS = 60_000;
/** How long after a process was about to make a call that call may have been carried out, had the process been killed. */
export const CALL_WITHIN_MS = (RETRY_SECONDS + TIMEOUT_SECONDS) * 1000;
/** Pauses between attempts: drawn from none to a longest one that doubles with each attempt, up to a bound. */
export const FIRST_DELAY_MS = 100;
export const LONGEST_DELAY_MS = 5_000;
/** A wait shorter than this is not worth a word, and no two lines about waiting come closer than this. */
export const SILENCE_SECONDS = 2;
export const WAITING_LINES_APART_MS = 10_000;

/**
 * Values that the aliases of one users file may add to it: more than ten thousand users come to who take over all that an
 * entry can say, and no more than is held against the schema in seconds, if there is a mistake in each.
 */
export const MOST_UNFOLDED = 250_000;

/** A file that processes hand to each other is left behind if it is older than any run. */
export const LEFT_BEHIND_MS = 24 * 60 * 60_000;

/** Bytes of an answer that are read, of AWS or of Keybase: none that they mean comes near to this. */
export const LONGEST_ANSWER = 1024 ** 2;

/** Characters of a key that are read, armored or not: none that is meant comes near to this. */
export const LONGEST_KEY = 1024 ** 2;

/** Where Keybase has the PGP keys of its users, and how long to wait for the whole answer. Source: Keybase API, `<user>/pgp_keys.asc`. */
export const KEYBASE_URL = "https://keybase.io";
export const KEYBASE_TIMEOUT_MS = 10_000;
