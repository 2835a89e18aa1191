import { LoginProfileError } from "../common/errors";
import type { Secret } from "../passwords/secret";
import {
  fetchKeybaseKeys,
  isOfKeybase,
  type KeybaseReference,
  type KeybaseSettings,
  keybaseReference,
} from "./keybase";
import { describe, library, type PgpKey, readPgpKey } from "./pgp-key";
import { CONFIG, unusable } from "./pgp-reasons";
import { keysInText, unreadable } from "./pgp-text";
import type { Entry, Recipients, RecipientsRead } from "./recipient";

/** What can be seen to be wrong with a PGP key by looking at it, as a sentence that never quotes it. */
export function pgpProblem({ name, text }: Entry): string | undefined {
  if (isOfKeybase(text)) {
    return keybaseReference(text) === undefined
      ? `${name} does not name a key at Keybase. Write keybase: and a user name of letters, digits and underscores; to choose ` +
          "one of several keys, add # and its whole fingerprint, or its key id of 16 digits."
      : undefined;
  }
  const keys = keysInText(name, text);
  return typeof keys === "string" ? keys : undefined;
}

/** Reads PGP public keys: armored, in base64 as `aws.iam.UserLoginProfile` takes them, or `keybase:` and a user. */
export async function readPgpKeys(entries: Entry[], keybase: KeybaseSettings): Promise<RecipientsRead> {
  const read = await Promise.all(entries.map((entry) => readOne(entry, keybase)));
  const problems = read.filter((one) => typeof one === "string");
  if (problems.length > 0) return { problems };
  const keys = new Map(read.filter((one) => typeof one !== "string").map((key) => [key.fingerprint, key]));
  return { recipients: new PgpKeys([...keys.values()]) };
}

class PgpKeys implements Recipients {
  readonly fingerprint: string;

  constructor(private readonly keys: PgpKey[]) {
    this.fingerprint = keys.map(({ fingerprint }) => fingerprint).join(", ");
  }

  async encrypt(secret: Secret): Promise<string> {
    const { createMessage, encrypt } = await library();
    for (const key of this.keys) {
      // A long run may outlast a key.
      const problem = await unusable(key);
      if (problem !== undefined) {
        throw new LoginProfileError(`The new password cannot be encrypted: ${describe(key)} ${problem}`);
      }
    }
    const plain = Buffer.from(secret.reveal(), "utf8");
    try {
      // As binary data, for text would be free to change the ends of its lines.
      const message = await createMessage({ binary: plain });
      const encryptionKeys = this.keys.map(({ key }) => key);
      return await encrypt({ message, encryptionKeys, format: "armored", config: CONFIG });
    } catch {
      // What a key is made of can be signed and yet be no point of its curve.
      throw new LoginProfileError(
        `The new password cannot be encrypted to ${listed(this.keys)}: what it is made of is not valid. Ask its owner for a new one (gpg --full-generate-key).`,
      );
    } finally {
      plain.fill(0);
    }
  }
}

/** The key, or what is wrong with it. */
async function readOne({ name, text }: Entry, settings: KeybaseSettings): Promise<PgpKey | string> {
  const reference = isOfKeybase(text) ? keybaseReference(text) : undefined;
  if (reference === undefined) return theKeyIn(name, text);
  const answer = await fetchKeybaseKeys(reference.user, settings);
  if ("problem" in answer) return `${name} cannot be had from Keybase, which ${answer.problem}`;
  return theKeyOf(name, reference, answer.armored);
}

/** The one key that a text holds, if it can be encrypted to: of several, none is chosen. */
async function theKeyIn(name: string, text: string): Promise<PgpKey | string> {
  const { keys, problems } = await keysIn(name, text);
  const [key, ...others] = keys;
  if (key === undefined || problems[0] !== undefined) return problems[0] ?? unreadable(name);
  if (others.length > 0) {
    return `${name} holds ${keys.length} keys: ${listed(keys)}. Give each as an element of the list: gpg --export --armor ${key.fingerprint}`;
  }
  const problem = await unusable(key);
  return problem === undefined ? key : `${name}: ${describe(key)} ${problem}`;
}

/** The one key of a Keybase user that can be encrypted to, or the one that is asked for. */
async function theKeyOf(
  argument: string,
  { user, fingerprint }: KeybaseReference,
  text: string,
): Promise<PgpKey | string> {
  const name = `${argument} (keybase:${user}${fingerprint === undefined ? "" : `#${fingerprint}`})`;
  const { keys, problems } = await keysIn(name, text);
  if (keys.length === 0) return problems[0] ?? unreadable(name);
  const meant = keys.filter((key) => fingerprint === undefined || [key.fingerprint, key.id].includes(fingerprint));
  if (meant.length === 0) return `${name} is none of the keys at Keybase: ${listed(keys)}. Correct the fingerprint.`;
  const judged = await Promise.all(meant.map(async (key) => ({ key, problem: await unusable(key) })));
  const usable = judged.filter(({ problem }) => problem === undefined).map(({ key }) => key);
  const [first, ...others] = usable;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    return `${name} has ${usable.length} keys that can be encrypted to: ${listed(usable)}. Choose one: keybase:${user}#${first.fingerprint}`;
  }
  const reasons = judged.map(({ key, problem }) => `${describe(key)} ${problem}`);
  if (reasons.length === 1) return `${name}: ${reasons[0]}`;
  return `${name} has ${reasons.length} keys, and none can be encrypted to. First, ${reasons.join(" Then, ")}`;
}

/** All keys in a text that can be read; one that is there twice counts once, with all that both know. */
async function keysIn(name: string, text: string): Promise<{ keys: PgpKey[]; problems: string[] }> {
  const found = keysInText(name, text);
  if (typeof found === "string") return { keys: [], problems: [found] };
  const read = await Promise.all(found.map((bytes) => readPgpKey(name, bytes)));
  const keys = new Map<string, PgpKey>();
  for (const key of read.filter((one) => typeof one !== "string")) {
    const before = keys.get(key.fingerprint);
    keys.set(key.fingerprint, before === undefined ? key : { ...key, key: await before.key.update(key.key) });
  }
  return { keys: [...keys.values()], problems: read.filter((one) => typeof one === "string") };
}

function listed(keys: PgpKey[]): string {
  return keys.map(describe).join("; ");
}
