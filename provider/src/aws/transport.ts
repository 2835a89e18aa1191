import { readFile } from "node:fs/promises";
import type { AgentOptions } from "node:https";
import type { NodeHttpHandlerOptions } from "@smithy/types";
import { LoginProfileError } from "../common/errors";
import type { AwsSettings } from "./aws-settings";
import { agents } from "./proxies";
import { withHome } from "./shared-files";

/** How requests travel: time limits, certificates, proxies. */
export async function transport(
  { readTimeout, connectTimeout, insecure, caBundle, proxies }: AwsSettings,
  profileCaBundle: string | undefined,
): Promise<NodeHttpHandlerOptions> {
  const bundle = caBundle ?? process.env.AWS_CA_BUNDLE ?? profileCaBundle;
  const options: AgentOptions = {
    keepAlive: true,
    maxSockets: 50,
    ...(insecure ? { rejectUnauthorized: false } : bundle ? { ca: await certificates(bundle) } : {}),
  };
  return {
    connectionTimeout: connectTimeout,
    requestTimeout: readTimeout,
    throwOnRequestTimeout: true,
    // The limit above ends with the first byte of an answer, which may stop there.
    socketTimeout: readTimeout,
    ...agents(proxies, options),
  };
}

async function certificates(path: string): Promise<string> {
  try {
    return await readFile(withHome(path), "utf8");
  } catch (error) {
    throw new LoginProfileError(
      `The file of certificates ${path} (aws:customCaBundle, AWS_CA_BUNDLE or ca_bundle) cannot be read: ${(error as NodeJS.ErrnoException).code}. ` +
        "Correct the path.",
    );
  }
}
