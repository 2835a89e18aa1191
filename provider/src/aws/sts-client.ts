import type * as Sdk from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import { refuseForeignAnswers } from "./answers";
import { logCalls } from "./call-log";
import { type AssumedRole, secondsOf } from "./connection";
import { IamError } from "./iam";
import { stsFailure } from "./sdk-errors";
import { signedInTime } from "./signing-clock";

/** Who somebody is, and roles to become: AWS STS behind the SDK, which is loaded with the first call. */
export class StsClient {
  constructor(
    private readonly config: Sdk.STSClientConfig,
    /** Shows the user one line for each call; undefined for none. */
    private readonly log: ((line: string) => void) | undefined,
  ) {}

  /** The account whose credentials these are. */
  async accountId(credentials: AwsCredentialIdentityProvider): Promise<string> {
    const { Account } = await this.#call("GetCallerIdentity", credentials, WHO_AM_I, (sdk, client) =>
      client.send(new sdk.GetCallerIdentityCommand()),
    );
    if (Account === undefined)
      throw new IamError("IncompleteResponse", "The answer names no account.", "no connection");
    return Account;
  }

  assumeRole(role: Sdk.AssumeRoleCommandInput, source: AwsCredentialIdentityProvider): Promise<AwsCredentialIdentity> {
    const advice = `Allow sts:AssumeRole on ${role.RoleArn} to who assumes it, and that identity in the role's trust policy.`;
    return this.#credentials(`AssumeRole of ${role.RoleArn}`, advice, source, (sdk, client) =>
      client.send(new sdk.AssumeRoleCommand(role)),
    );
  }

  assumeRoleWithWebIdentity(role: Sdk.AssumeRoleWithWebIdentityCommandInput): Promise<AwsCredentialIdentity> {
    const advice = `Check that the token is fresh, and that the trust policy of ${role.RoleArn} names its issuer.`;
    return this.#credentials(
      `AssumeRoleWithWebIdentity of ${role.RoleArn}`,
      advice,
      UNSIGNED.credentials,
      (sdk, client) => client.send(new sdk.AssumeRoleWithWebIdentityCommand(role)),
    );
  }

  async #credentials(
    what: string,
    advice: string,
    source: AwsCredentialIdentityProvider,
    send: (sdk: typeof Sdk, client: Sdk.STSClient) => Promise<Sdk.AssumeRoleCommandOutput>,
  ): Promise<AwsCredentialIdentity> {
    const { Credentials } = await this.#call(what, source, advice, send);
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined) {
      throw new IamError("IncompleteResponse", `${what}: the answer holds no credentials.`, "no connection");
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
      ...(Expiration === undefined ? {} : { expiration: Expiration }),
    };
  }

  async #call<T>(
    what: string,
    credentials: AwsCredentialIdentityProvider,
    advice: string,
    send: (sdk: typeof Sdk, client: Sdk.STSClient) => Promise<T>,
  ): Promise<T> {
    const sdk: typeof Sdk = require("@aws-sdk/client-sts");
    const client = new sdk.STSClient({ ...this.config, credentials });
    if (this.log !== undefined) logCalls(client.middlewareStack, this.log);
    // Nothing was asked of IAM yet.
    refuseForeignAnswers(client.middlewareStack, "STS", "no connection");
    try {
      return await signedInTime(() => send(sdk, client));
    } catch (error) {
      throw stsFailure(error, what, advice);
    }
  }
}

const WHO_AM_I = "Check the credentials: aws sts get-caller-identity";

/** What a client takes instead of credentials to send requests as they are. */
export const UNSIGNED = {
  credentials: async () => ({ accessKeyId: "unsigned", secretAccessKey: "unsigned" }),
  signer: { sign: async <T>(request: T) => request },
};

/** What STS is asked for, of a role as settings word it. */
export function roleRequest(role: AssumedRole): Sdk.AssumeRoleCommandInput {
  return {
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName ?? "pulumi-aws-login-profile",
    ExternalId: role.externalId,
    DurationSeconds: role.duration === undefined ? undefined : secondsOf(role.duration),
    Policy: role.policy,
    PolicyArns: role.policyArns?.map((arn) => ({ arn })),
    SourceIdentity: role.sourceIdentity,
    Tags: role.tags === undefined ? undefined : Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
    TransitiveTagKeys: role.transitiveTagKeys,
  };
}
