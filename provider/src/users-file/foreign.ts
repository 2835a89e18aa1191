/** Files that are taken for users files and are something else: what each is, and what to do. Nothing is decrypted here. */

/** What bytes that are no text hold; undefined for what may be one. */
export function foreignBytes(bytes: Buffer): string | undefined {
  const head = bytes.subarray(0, LONGEST_HEAD).toString("latin1");
  return BYTES.find(([beginning]) => head.startsWith(beginning))?.[1];
}

/** What a text holds in place of users; undefined for what may be users. */
export function foreignText(text: string): string | undefined {
  const head = text.slice(0, LONGEST_HEAD);
  return TEXTS.find(([pattern]) => pattern.test(head))?.[1];
}

/** Enough to know a file by. */
const LONGEST_HEAD = 200;

function encrypted(by: string, decryption: string): string {
  return (
    `the file is encrypted by ${by}, and nothing is decrypted here. Decrypt it first (${decryption}); or keep it in clear, ` +
    `and its passwords as secrets of the stack (${AS_A_SECRET})`
  );
}

/** NAME is the user's. */
const AS_A_SECRET = "pulumi config set --secret initialPassword:NAME";

const BEGIN = 'Write the users as YAML; "npx pulumi-aws-login-profile skeleton" prints a file to begin with';

const SPREADSHEET = `this is a spreadsheet, a document or an archive. ${BEGIN}`;
const DOCUMENT = `this is a document. ${BEGIN}`;

const BYTES: [beginning: string, meaning: string][] = [
  ["\0GITCRYPT\0", 'the file is encrypted by git-crypt, and nothing is decrypted here. Run "git-crypt unlock" first'],
  ["PK\x03\x04", SPREADSHEET],
  ["\xd0\xcf\x11\xe0", SPREADSHEET],
  ["%PDF-", DOCUMENT],
  ["{\\rtf", DOCUMENT],
  ["\x1f\x8b", "this is compressed by gzip. Unpack it first (gunzip)"],
];

const TEXTS: [pattern: RegExp, meaning: string][] = [
  [/^\$ANSIBLE_VAULT;/, encrypted("Ansible Vault", "ansible-vault view")],
  [/^age-encryption\.org\/|^-----BEGIN AGE ENCRYPTED FILE-----/, encrypted("age", "age --decrypt")],
  [/^-----BEGIN PGP MESSAGE-----/, encrypted("PGP", "gpg --decrypt")],
  [/^version https:\/\/git-lfs\.github\.com\//, 'this is a pointer of Git LFS, not the file. Run "git lfs pull" first'],
  [/^\s*<(!doctype|html)\b/i, `this is an HTML page, perhaps of a sign-in, in place of the file. Download it anew`],
  [/^\s*<\?xml\b/, `this is XML. ${BEGIN}`],
  [/^"?(user ?)?name"? *[,;\t]/i, `this is a table of values with separators (CSV). ${BEGIN}`],
];

/** Of a file whose keys stay readable, with one more that SOPS adds. */
export const ENCRYPTED_BY_SOPS = encrypted("SOPS", "sops --decrypt");

/** Of a single value. */
export const VALUE_OF_VAULT =
  "a value encrypted by Ansible Vault, and nothing is decrypted here. " +
  `Make the password a secret of the stack (${AS_A_SECRET}), and remove it here`;
