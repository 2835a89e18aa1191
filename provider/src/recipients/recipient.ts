import type { Secret } from "../passwords/secret";

/** One recipient as it was given, under the name that errors call it by: `pgpKey`, or `pgpKey[1]` in a list. */
export interface Entry {
  name: string;
  text: string;
}

/** Those who can open what is encrypted to them: any one of them alone. */
export interface Recipients {
  /** PGP: the fingerprints of the primary keys, upper-case hexadecimal. age: the recipients. Joined by ", ". */
  readonly fingerprint: string;
  /** An armored text, different every time, that each recipient can open. */
  encrypt(secret: Secret): Promise<string>;
}

/** What came of reading recipients: those to encrypt to, or a sentence for each that cannot be encrypted to. */
export type RecipientsRead<R extends Recipients = Recipients> = { recipients: R } | { problems: string[] };

/** What is delivered to the owner of a generated password. */
export interface Delivery {
  /** A PGP message or an age file, armored: opened by `gpg --decrypt` or by `age --decrypt --identity key.txt`. */
  encryptedPassword: string;
  /** Whom it is encrypted to. */
  keyFingerprint: string;
}
