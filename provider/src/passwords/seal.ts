/**
 * Passwords on their way from the program to the provider's process, so that nobody in between can read them: the engine,
 * its logs, its files, transforms and whatever else is given what the program registers.
 *
 * A text is sealed by AES-256-GCM under the key of one run. The key lies in the {@link PrivateFolder}, as long as the run
 * needs it; the name of its file stands in the sealed text, and only a name of that form is ever opened.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { LoginProfileError } from "../common/errors";
import { PASSWORD } from "../common/limits";
import { OWNED_NAME, ownedName, PrivateFolder } from "../common/private-folder";
import { Secret } from "./secret";

/**
 * Begins a sealed text. No password begins so, for IAM takes no such character; so whoever cannot open a sealed text, such
 * as an earlier release, refuses it, and never makes a password of it.
 */
const MARK = "\u{1F512}sealed:";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LENGTH_BYTES = 4;
/** Filled up to this, all passwords that IAM takes are of one length once they are sealed. */
const BLOCK_BYTES = LENGTH_BYTES + 2 * PASSWORD.most;

const KIND = "seal";

/** Seals the passwords of one run, until it is removed. */
export class Seal {
  readonly #file = ownedName(KIND);
  readonly #key: KeyObject;
  readonly #folder: PrivateFolder;

  /** @throws LoginProfileError if there is nowhere to put the key. */
  constructor(folder = new PrivateFolder()) {
    this.#folder = folder;
    const key = randomBytes(KEY_BYTES);
    folder.sweep(KIND);
    folder.write(this.#file, key);
    this.#key = createSecretKey(key);
    key.fill(0);
    removedAtExit(this);
  }

  seal(password: string): string {
    const header = `${MARK}${this.#file}`;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(header));
    const sealed = [nonce, cipher.update(filledUp(password)), cipher.final(), cipher.getAuthTag()];
    return `${header}.${Buffer.concat(sealed).toString("base64url")}`;
  }

  /** Takes the key away. What it has sealed cannot be opened any more. */
  remove(): void {
    this.#folder.remove(this.#file);
    inUse.delete(this);
  }
}

/** Opens what programs have sealed. */
export class SealOpener {
  /** Of the file that was read last: a run has one. */
  #last: { file: string; key: KeyObject } | undefined;

  constructor(private readonly folder = new PrivateFolder()) {}

  /**
   * The password in a sealed text; undefined if it is no such text.
   *
   * @throws LoginProfileError if it cannot be opened: its run is over, or it is not as it was sealed.
   */
  open(text: string): Secret | undefined {
    if (!text.startsWith(MARK)) return undefined;
    const [file = "", payload = ""] = text.slice(MARK.length).split(".");
    const sealed = Buffer.from(payload, "base64url");
    const key = file.startsWith(`${KIND}-`) && OWNED_NAME.test(file) ? this.#keyIn(file) : undefined;
    if (key === undefined) throw new LoginProfileError(KEY_GONE);
    const password = opened(key, `${MARK}${file}`, sealed);
    if (password === undefined) throw new LoginProfileError(NOT_AS_SEALED);
    return new Secret(password);
  }

  #keyIn(file: string): KeyObject | undefined {
    if (this.#last?.file === file) return this.#last.key;
    const bytes = this.folder.read(file);
    if (bytes?.length !== KEY_BYTES) return undefined;
    this.#last = { file, key: createSecretKey(bytes) };
    bytes.fill(0);
    return this.#last.key;
  }
}

const AGAIN = "run pulumi up again, and let the program itself give the password.";
const KEY_GONE =
  "password is sealed, and the key of the run that sealed it is not there. A sealed text is good for that run alone, so if " +
  `it was copied from somewhere, or the program was ended meanwhile, ${AGAIN} Else program and engine do not see the same ` +
  "temporary folder: give both the same TMPDIR.";
const NOT_AS_SEALED = `password is sealed, and what arrived is not what was sealed. If a transform changes it, take that out; then ${AGAIN}`;

function filledUp(password: string): Buffer {
  const text = Buffer.from(password);
  const filled = Buffer.alloc(Math.ceil((LENGTH_BYTES + text.length) / BLOCK_BYTES) * BLOCK_BYTES);
  filled.writeUInt32BE(text.length);
  text.copy(filled, LENGTH_BYTES);
  text.fill(0);
  return filled;
}

function opened(key: KeyObject, header: string, sealed: Buffer): string | undefined {
  if (sealed.length < NONCE_BYTES + BLOCK_BYTES + TAG_BYTES) return undefined;
  const [nonce, tag] = [sealed.subarray(0, NONCE_BYTES), sealed.subarray(-TAG_BYTES)];
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(header)).setAuthTag(tag);
  const filled = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // What was decrypted so far is not to be trusted. Node.js gives this failure no code.
    return undefined;
  }
  return filled.toString("utf8", LENGTH_BYTES, LENGTH_BYTES + filled.readUInt32BE());
}

/** Those whose key lies in the folder. A program that ends before it has removed them, such as one that fails, leaves none. */
const inUse = new Set<Seal>();
let isExitAwaited = false;

function removedAtExit(seal: Seal): void {
  inUse.add(seal);
  if (isExitAwaited) return;
  isExitAwaited = true;
  process.once("exit", () => {
    for (const left of inUse) left.remove();
  });
}
