/** Files of certificates, by whether a server that shows one of them is trusted. */
import { X509Certificate } from "node:crypto";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { generate } from "selfsigned";
import { awsSettings } from "../../../provider/src/aws/aws-settings.ts";
import { bundleOf, certificatesIn } from "../../../provider/src/aws/certificates.ts";
import { stackKeyOf, stackSettings } from "../../../provider/src/aws/settings.ts";
import { transport } from "../../../provider/src/aws/transport.ts";
import { scratchFile } from "../../support/scratch.ts";

let server: https.Server;
/** Of the server, and of somebody else. */
let own: string;
let other: string;
const { AWS_CA_BUNDLE } = process.env;

beforeAll(async () => {
  const altNames = [{ type: 7 as const, ip: "127.0.0.1" }];
  const made = await generate([{ name: "commonName", value: "iam" }], {
    extensions: [{ name: "subjectAltName", altNames }],
  });
  own = made.cert;
  other = (await generate([{ name: "commonName", value: "other" }])).cert;
  server = https.createServer({ cert: own, key: made.private }, (_, response) => response.end("trusted"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

afterEach(() => {
  if (AWS_CA_BUNDLE === undefined) delete process.env.AWS_CA_BUNDLE;
  else process.env.AWS_CA_BUNDLE = AWS_CA_BUNDLE;
});

/** What the server answers, or the code of the error. */
async function asked(settings: Record<string, string>, ofProfile?: string): Promise<string> {
  const { httpsAgent } = await transport(awsSettings(stackSettings((key) => settings[key])), ofProfile);
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new Promise((resolve) => {
    https
      .get(url, { agent: httpsAgent as https.Agent }, (response) => response.setEncoding("utf8").on("data", resolve))
      .on("error", ({ code }: NodeJS.ErrnoException) => resolve(code ?? ""));
  });
}

describe("a server is trusted by", () => {
  test.each<[name: string, text: () => string | Buffer]>([
    ["its certificate", () => own],
    ["one that ends its lines as Windows does", () => own.replaceAll("\n", "\r\n")],
    ["one behind a byte order mark", () => `\uFEFF${own}`],
    ["one of several", () => other + own],
    ["one between comments", () => `# Müller's\nsubject=CN = other\n${other}\n# ours:\n${own}\n# the end`],
    ["one without an end of line", () => own.trimEnd()],
    ["one beside a private key", () => `-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n${own}`],
    ["one that OpenSSL calls trusted", () => own.replaceAll("CERTIFICATE", "X509 CERTIFICATE")],
  ])("%s", async (name, text) => {
    const file = scratchFile(`${name}.pem`, text());
    expect(await asked({ "aws:customCaBundle": file })).toBe("trusted");
  });

  test("no other", async () => {
    expect(await asked({ "aws:customCaBundle": scratchFile("other.pem", other) })).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  });
});

describe("the file is that of", () => {
  test("aws:customCaBundle, then AWS_CA_BUNDLE, then the profile; an empty name is none", () => {
    const nameOf = stackKeyOf;
    process.env.AWS_CA_BUNDLE = "of the environment";
    expect(bundleOf({ caBundle: "of the settings", nameOf }, "of the profile")).toMatchObject({
      path: "of the settings",
    });
    expect(bundleOf({ nameOf }, "of the profile")).toMatchObject({ path: "of the environment" });
    process.env.AWS_CA_BUNDLE = "";
    expect(bundleOf({ nameOf }, "of the profile")).toMatchObject({ path: "of the profile" });
    expect(bundleOf({ nameOf }, "")).toBeUndefined();
  });
});

describe("a file that cannot be used is named, with who named it:", () => {
  test.each<[name: string, file: () => string | Buffer, why: string]>([
    ["in DER", () => new X509Certificate(own).raw, "is in DER, not in PEM. Convert it"],
    ["empty", () => "", "is empty. Give certificates in PEM"],
    ["of something else", () => "<html></html>", "holds no certificate. Give certificates in PEM"],
    ["cut off", () => own.slice(0, -40), "holds no certificate. Give certificates in PEM"],
    [
      "with one that is broken",
      () => other + own.replace(/\n.{20}/, "\n"),
      "holds a certificate that cannot be read, number 2 of 2. Replace it.",
    ],
  ])("%s", async (name, file, why) => {
    const path = scratchFile(`${name}.cer`, file());
    await expect(asked({ "aws:customCaBundle": path })).rejects.toThrow(
      `The file of certificates ${path} (aws:customCaBundle) ${why}`,
    );
  });

  test("a directory, and none at all", async () => {
    await expect(certificatesIn({ path: "/", from: "AWS_CA_BUNDLE" })).rejects.toThrow(
      "The file of certificates / (AWS_CA_BUNDLE) is a directory. Name a file in it.",
    );
    await expect(certificatesIn({ path: "/nowhere", from: "ca_bundle of the profile" })).rejects.toThrow(
      "The file of certificates /nowhere (ca_bundle of the profile) cannot be read: ENOENT. Correct the path.",
    );
  });
});
