/** What people give in place of a public key, told by a look at the text. No sentence made here quotes it. */

/** Of OpenPGP (also as GnuPG keeps them), PEM, OpenSSH, PuTTY, age and minisign. */
const PRIVATE =
  /PRIVATE KEY( BLOCK)? ?----|AGE-SECRET-KEY-|AGE-PLUGIN-|\((protected-|shadowed-)?private-key|^Private-Lines:|openssh-key-v1|encrypted secret key|^RWRTY0I/im;

/** As OpenSSH writes them, options before them or not. */
const SSH = /^(?:[^\n]*\s)?((?:sk-)?(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp\d{3})(?:@openssh\.com)?)/;

/** What is no public key of the wanted kind: what to say of it, and what to do where that is special. */
const MISTAKES: { pattern: RegExp; is: string; advice?: string }[] = [
  { pattern: /-----BEGIN PGP MESSAGE/, is: "is an encrypted message" },
  { pattern: /-----BEGIN PGP SIGN/, is: "is a signature" },
  { pattern: /-----BEGIN AGE ENCRYPTED FILE/, is: "is an encrypted file" },
  { pattern: /-----BEGIN (NEW )?CERTIFICATE REQUEST-----/, is: "is a request for an X.509 certificate" },
  { pattern: /-----BEGIN ((TRUSTED |X509 )?CERTIFICATE|PKCS7|CMS)-----/, is: "is an X.509 certificate" },
  { pattern: /-----BEGIN (RSA |EC |DSA )?PUBLIC KEY-----/, is: "is a public key in PEM, as TLS and tokens have it" },
  { pattern: /^MII[A-Za-z0-9+/]/, is: "is a certificate or key of X.509 (DER in base64)" },
  { pattern: /^---- BEGIN SSH2 PUBLIC KEY|^AAAA(B3|C3|E2|Gn|In)[A-Za-z0-9+/]/, is: "is an SSH key" },
  { pattern: /^untrusted comment:|^RW[A-Za-z0-9+/]{54}$/, is: "is a minisign key" },
  { pattern: /^<(!doctype|html|head|\?xml)/i, is: "is a page (HTML) without a key" },
  { pattern: /^https?:/i, is: "is an address", advice: "Give what is there, once its owner has confirmed it." },
  {
    pattern: /^[^\n@]*\.[A-Za-z]{2,4}$|^(file:|~?\/|\.\.?\/|[A-Za-z]:\\)[^\n]{0,250}$/,
    is: "seems to name a file",
    advice: 'Give what is in it: fs.readFileSync(path, "utf8").',
  },
];

/** Whether a text holds what only its owner may have. */
export function isPrivate(text: string): boolean {
  return [withoutZeros(text), withoutZeros(decoded(text))].some((one) => PRIVATE.test(one));
}

/**
 * A sentence about a text that is something else than a public key; undefined if it may be one.
 *
 * @param usual What to do instead, where nothing better is known.
 */
export function mistakeIn(name: string, text: string, usual: string): string | undefined {
  const plain = withoutZeros(text);
  if (plain !== text && isReadable(plain)) {
    return `${name} is a text in UTF-16. Read it as one: fs.readFileSync(path, "utf16le").`;
  }
  for (const one of [text, decoded(text)].filter(isReadable)) {
    const ssh = SSH.exec(one)?.[1];
    if (ssh !== undefined) return `${name} is an SSH key (${ssh}). ${usual}`;
    const found = MISTAKES.find(({ pattern }) => pattern.test(one));
    if (found !== undefined) return `${name} ${found.is}. ${found.advice ?? usual}`;
  }
  if (isReadable(text) && !text.includes("\ufffd")) return undefined;
  return `${name} is a binary file that was read as text. Give it in base64: fs.readFileSync(path, "base64").`;
}

/** What a text says in base64, byte by byte; nothing if it is not in base64. */
export function decoded(text: string): string {
  return /^[A-Za-z0-9+/\s]+={0,2}$/.test(text) ? Buffer.from(text, "base64").toString("latin1") : "";
}

/** Every other byte of Latin text in UTF-16 is one. */
function withoutZeros(text: string): string {
  return text.replaceAll("\0", "");
}

/** Whether there are only letters, signs and blanks in a text. */
function isReadable(text: string): boolean {
  return /^[\P{Cc}\s]*$/u.test(text);
}
