/** Keys of recipients, and what is encrypted to them, within this process. */
import fc from "fast-check";
import * as openpgp from "openpgp";
import { Secret } from "../../provider/src/passwords/secret.ts";
import { encryptTo, readRecipients } from "../../provider/src/recipients/recipients.ts";

export const EVERYTHING_IAM_ALLOWS = `\t\n\r${Array.from({ length: 0xff - 0x1f }, (_, at) => String.fromCharCode(0x20 + at)).join("")}`;

export interface Pair {
  publicKey: string;
  privateKey: openpgp.PrivateKey;
  fingerprint: string;
}

export async function pair(email: string, options: Partial<openpgp.KeyOptions> = {}): Promise<Pair> {
  const { privateKey } = await openpgp.generateKey({
    type: "curve25519",
    userIDs: [{ email }],
    ...options,
    format: "object",
  });
  return {
    privateKey,
    publicKey: privateKey.toPublic().armor(),
    fingerprint: privateKey.getFingerprint().toUpperCase(),
  };
}

export async function opened(message: string, { privateKey }: Pick<Pair, "privateKey">): Promise<string> {
  const { data } = await openpgp.decrypt({
    message: await openpgp.readMessage({ armoredMessage: message }),
    decryptionKeys: privateKey,
    format: "binary",
    config: { allowMissingKeyFlags: true },
  });
  return Buffer.from(data as Uint8Array).toString("utf8");
}

/** Encrypts, and fails with the problems if there are any. */
export async function encrypted(password: string, args: Record<string, unknown>) {
  const read = await readRecipients(args);
  if (read === undefined || "problems" in read) throw new Error(JSON.stringify(read));
  return encryptTo(new Secret(password), read.recipients);
}

export async function problems(args: Record<string, unknown>, keybase = {}): Promise<string[]> {
  const read = await readRecipients(args, keybase);
  return read !== undefined && "problems" in read ? read.problems.map(({ reason }) => reason) : [];
}

export function passwords(): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...EVERYTHING_IAM_ALLOWS), minLength: 1, maxLength: 128 });
}
