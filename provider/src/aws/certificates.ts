/** The file of certificates that servers are trusted by, as people have them: made on Windows, annotated, or not one at all. */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { blocksIn } from "../common/armor";
import { LoginProfileError } from "../common/errors";
import type { AwsSettings } from "./aws-settings";
import { withHome } from "./shared-files";

/** A file, and who named it. */
export interface Bundle {
  path: string;
  from: string;
}

/** The file that counts, if one is named: as for the AWS CLI, an empty name is none. */
export function bundleOf(
  { caBundle, nameOf }: Pick<AwsSettings, "caBundle" | "nameOf">,
  ofProfile: string | undefined,
): Bundle | undefined {
  const named = [
    { path: caBundle, from: nameOf("customCaBundle") },
    { path: process.env.AWS_CA_BUNDLE, from: "AWS_CA_BUNDLE" },
    { path: ofProfile, from: "ca_bundle of the profile" },
  ];
  return named.find((one): one is Bundle => Boolean(one.path));
}

/** OpenSSL's names for certificates. */
const CERTIFICATES = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

/** The certificates in the file, each as PEM. Throws where there is none, or one that cannot be read. */
export async function certificatesIn({ path, from }: Bundle): Promise<string[]> {
  const unusable = (why: string, advice: string) =>
    new LoginProfileError(`The file of certificates ${path} (${from}) ${why}. ${advice}`);
  const file = await readFile(withHome(path)).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EISDIR"
      ? unusable("is a directory", "Name a file in it.")
      : unusable(`cannot be read: ${error.code}`, "Correct the path.");
  });
  const certificates = blocksIn(file.toString("latin1"), ...CERTIFICATES);
  if (certificates.length === 0 && isCertificate(file)) {
    const convert = `openssl x509 -inform der -in ${path} -out ${path}.pem`;
    throw unusable("is in DER, not in PEM", `Convert it, and name what comes of it: ${convert}`);
  }
  if (certificates.length === 0) {
    const what = file.length === 0 ? "is empty" : "holds no certificate";
    throw unusable(what, "Give certificates in PEM (-----BEGIN CERTIFICATE-----).");
  }
  const broken = certificates.findIndex((certificate) => !isCertificate(certificate));
  if (broken >= 0) {
    throw unusable(
      `holds a certificate that cannot be read, number ${broken + 1} of ${certificates.length}`,
      "Replace it.",
    );
  }
  return certificates;
}

function isCertificate(text: string | Buffer): boolean {
  try {
    return new X509Certificate(text).serialNumber !== "";
  } catch {
    return false;
  }
}
