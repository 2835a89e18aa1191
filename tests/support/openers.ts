/** The programs by which people open what was encrypted to them: GnuPG and age, each with keys of its own. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AGE } from "./lab.ts";

/** A GnuPG with an empty key ring. Its folder's path is short, for there are sockets in it. */
export class GnuPG {
  readonly #home = mkdtempSync(join(tmpdir(), "gpg-"));

  /** Makes a key; `algorithms` are those of the primary key and of its subkey for encryption, if it is to have one. */
  makeKey(email: string, primary: string, subkey?: string, expiry = "never", date?: Date): string {
    this.run(["--quick-gen-key", email, primary, "sign", expiry], "", date);
    const fingerprint = this.fingerprint(email);
    if (subkey !== undefined) this.run(["--quick-add-key", fingerprint, subkey, "encr", expiry], "", date);
    return fingerprint;
  }

  /** The fingerprint of a user's primary key. */
  fingerprint(email: string): string {
    const [line = ""] = /^fpr:.*$/m.exec(this.run(["--with-colons", "--list-keys", email]).toString()) ?? [];
    return line.split(":")[9] ?? "";
  }

  /** Takes a key back, by the certificate that GnuPG makes beside each. */
  revoke(fingerprint: string): void {
    const certificate = join(this.#home, "openpgp-revocs.d", `${fingerprint}.rev`);
    // GnuPG puts a colon in front, so that no certificate is used by mistake.
    execFileSync("sed", ["-i", "s/^:-----BEGIN/-----BEGIN/", certificate]);
    this.run(["--import", certificate]);
  }

  exportKey(email: string): string {
    return this.run(["--armor", "--export", email]).toString();
  }

  /** As `aws.iam.UserLoginProfile` takes keys. */
  exportBase64(email: string): string {
    return this.run(["--export", email]).toString("base64");
  }

  exportPrivateKey(email: string): string {
    return this.run(["--armor", "--export-secret-keys", email]).toString();
  }

  /** Keys made elsewhere, private ones too. */
  import(keys: string): void {
    this.run(["--import"], keys);
  }

  decrypt(message: string): Buffer {
    return this.run(["--decrypt"], message);
  }

  /** What gpg itself encrypts to a key. */
  encrypt(recipient: string): string {
    return this.run(["--armor", "--trust-model", "always", "--recipient", recipient, "--encrypt"], "pass").toString();
  }

  /** The ids of the keys and subkeys that a message is encrypted to. */
  recipientsOf(message: string): string[] {
    const packets = this.run(["--list-packets", "--list-only"], message).toString();
    return [...packets.matchAll(/^:pubkey enc packet:.* keyid ([0-9A-F]{16})$/gm)].map(([, id = ""]) => id);
  }

  deletePrivateKey(fingerprint: string): void {
    this.run(["--yes", "--delete-secret-keys", fingerprint]);
  }

  run(args: string[], input: string | Buffer = "", date?: Date): Buffer {
    const time = date === undefined ? [] : ["--faked-system-time", `${Math.floor(date.getTime() / 1000)}!`];
    return execFileSync("gpg", ["--homedir", this.#home, "--batch", "--quiet", "--passphrase", "", ...time, ...args], {
      input,
      stdio: ["pipe", "pipe", "pipe"],
    });
  }

  /** Ends its agent too. */
  remove(): void {
    execFileSync("gpgconf", ["--homedir", this.#home, "--kill", "all"]);
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** An age identity in a file of its own. */
export class AgeIdentity {
  readonly #folder = mkdtempSync(join(tmpdir(), "age-"));
  readonly #file = join(this.#folder, "key.txt");
  readonly recipient: string;

  constructor(options: string[] = []) {
    execFileSync(join(AGE, "age-keygen"), [...options, "-o", this.#file], { stdio: "pipe" });
    this.recipient = execFileSync(join(AGE, "age-keygen"), ["-y", this.#file]).toString().trim();
  }

  decrypt(file: string): Buffer {
    const path = join(this.#folder, "password.age");
    writeFileSync(path, file);
    return execFileSync(join(AGE, "age"), ["--decrypt", "--identity", this.#file, path], { stdio: "pipe" });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
