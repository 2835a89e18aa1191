import type { Secret } from "../passwords/secret";
import { isPrivate, mistakeIn } from "./mistaken";
import type { Entry, Recipients, RecipientsRead } from "./recipient";

const GIVE_ONE = "Give a recipient as age-keygen prints it (age1…).";

/** Kinds of recipients that the library encrypts to, beside X25519's, which has no name of its own. */
const NATIVE = ["pq", "tag", "tagpq"];
const POST_QUANTUM = ["pq", "tagpq"];

/** Characters of a recipient of X25519. Those of plugins are longer, unless one of these characters was mistyped as a 1. */
const SHORTEST = 62;

/** What can be seen to be wrong with an age recipient by looking at it, as a sentence that never quotes it. */
export function ageProblem({ name, text }: Entry): string | undefined {
  if (isPrivate(text)) {
    return `${name} is a private key, which belongs to its owner alone. Give the public one: age-keygen -y key.txt prints it.`;
  }
  if (text.startsWith("-----BEGIN PGP PUBLIC")) return `${name} is a PGP key. Give it as pgpKey.`;
  if (text.includes("age1") && /\s/.test(text)) {
    return `${name} holds more than a recipient. Give each as an element of the list, without comments.`;
  }
  if (!text.startsWith("age1")) return mistakeIn(name, text, GIVE_ONE) ?? `${name} is no age recipient. ${GIVE_ONE}`;
  const kind = kindOf(text);
  if (kind !== undefined && !NATIVE.includes(kind) && text.length > SHORTEST) {
    return `${name} is a recipient of the plugin age-plugin-${kind}, and plugins are not run here. ${GIVE_ONE}`;
  }
  return undefined;
}

/** Reads age recipients: X25519 (age1…), post-quantum (age1pq1…) and those of hardware keys (age1tag1…, age1tagpq1…). */
export async function readAgeRecipients(entries: Entry[]): Promise<RecipientsRead> {
  const problems: string[] = [];
  for (const { name, text } of entries) {
    if (!(await canBeEncryptedTo(text))) {
      problems.push(`${name} cannot be read as an age recipient: it is cut off or mistyped. ${GIVE_ONE}`);
    }
  }
  if (problems.length > 0) return { problems };
  const [first, ...others] = entries;
  const odd = others.find(({ text }) => isPostQuantum(text) !== isPostQuantum(first?.text ?? ""));
  if (odd !== undefined) {
    return {
      problems: [
        `${odd.name} does not go with ${first?.name}: one of them is post-quantum, and the other would undo that. ` +
          "Give recipients of one sort (age-keygen -pq makes post-quantum ones).",
      ],
    };
  }
  return { recipients: new AgeRecipients([...new Set(entries.map(({ text }) => text))]) };
}

class AgeRecipients implements Recipients {
  readonly fingerprint: string;

  constructor(private readonly recipients: string[]) {
    this.fingerprint = recipients.join(", ");
  }

  async encrypt(secret: Secret): Promise<string> {
    const plain = Buffer.from(secret.reveal(), "utf8");
    try {
      const { armor } = await library();
      return armor.encode(await encrypted(plain, this.recipients));
    } finally {
      plain.fill(0);
    }
  }
}

/** Tried, for a recipient can be well spelt and yet be no point of the curve. */
async function canBeEncryptedTo(recipient: string): Promise<boolean> {
  await library();
  return encrypted(new Uint8Array(), [recipient]).then(
    () => true,
    () => false,
  );
}

async function encrypted(plain: Uint8Array, recipients: string[]): Promise<Uint8Array> {
  const { Encrypter } = await library();
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(plain);
}

/** The name between `age1` and the next 1, which a recipient of X25519 does not have. */
function kindOf(recipient: string): string | undefined {
  return /^age1([a-z0-9+._-]+)1/.exec(recipient)?.[1];
}

function isPostQuantum(recipient: string): boolean {
  return POST_QUANTUM.includes(kindOf(recipient) ?? "");
}

/** Loaded when a password is to be encrypted, or a recipient to be read. It is an ES module. */
function library() {
  return import("age-encryption");
}
