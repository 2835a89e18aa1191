import { CERTIFICATE_TROUBLE, FOREIGN_ANSWER } from "./iam";
import { howToSet, type NameOf } from "./settings";

/** Codes of AWS and of its SDK for credentials that are missing, spent, or of nobody. */
const NO_CREDENTIALS = [
  "CredentialsProviderError",
  "ExpiredToken",
  "InvalidClientTokenId",
  "SignatureDoesNotMatch",
  "UnrecognizedClient",
];

/** What to do about trouble that a setting may mend, by its code; undefined for any other. */
export function settingsAdvice(code: string, nameOf: NameOf): string | undefined {
  if (CERTIFICATE_TROUBLE.test(code)) {
    return (
      "The server's certificate is not trusted. If it is that of a private authority (a proxy that looks into TLS), name the " +
      `file of its certificate: ${howToSet(nameOf("customCaBundle"))}, or AWS_CA_BUNDLE.`
    );
  }
  if (code === FOREIGN_ANSWER) {
    return (
      `Check the endpoint (${nameOf("endpoints")}, AWS_ENDPOINT_URL), the proxy (${nameOf("httpsProxy")}, HTTPS_PROXY), ` +
      "and that this network needs no sign-in."
    );
  }
  if (!NO_CREDENTIALS.includes(code)) return undefined;
  return `Sign in or give credentials (aws sso login, AWS_PROFILE, ${nameOf("profile")}), then try again.`;
}
