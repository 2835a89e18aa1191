import type * as Sdk from "@aws-sdk/client-iam";
import { IamError, type LoginProfileRequest, type LoginProfiles, type ObservedLoginProfile } from "./iam";
import type { PasswordPolicies, PasswordPolicy } from "./password-policy";
import type { Secret } from "./secret";
import type { ClientSettings } from "./settings";

/** IAM is one service per partition, so a region that nobody set is no error: this one stands for the partition `aws`. */
const FALLBACK_REGION = "us-east-1";

/** IAM behind the AWS SDK, which is loaded with the first call and not before. */
export class IamClient implements LoginProfiles, PasswordPolicies {
  #client: Promise<Sdk.IAMClient> | undefined;

  constructor(private readonly settings: () => ClientSettings) {}

  async create(request: LoginProfileRequest): Promise<ObservedLoginProfile> {
    const { LoginProfile } = await this.#call(
      (sdk, client) => client.send(new sdk.CreateLoginProfileCommand(wireFormat(request))),
      request,
    );
    return observed(LoginProfile);
  }

  async get(userName: string): Promise<ObservedLoginProfile> {
    const { LoginProfile } = await this.#call((sdk, client) =>
      client.send(new sdk.GetLoginProfileCommand({ UserName: userName })),
    );
    return observed(LoginProfile);
  }

  async update(request: LoginProfileRequest): Promise<void> {
    await this.#call((sdk, client) => client.send(new sdk.UpdateLoginProfileCommand(wireFormat(request))), request);
  }

  async delete(userName: string): Promise<void> {
    await this.#call((sdk, client) => client.send(new sdk.DeleteLoginProfileCommand({ UserName: userName })));
  }

  async passwordPolicy(signal: AbortSignal): Promise<PasswordPolicy> {
    const { PasswordPolicy: policy = {} } = await this.#call((sdk, client) =>
      client.send(new sdk.GetAccountPasswordPolicyCommand(), { abortSignal: signal }),
    );
    return {
      minimumLength: policy.MinimumPasswordLength ?? 0,
      requireSymbols: policy.RequireSymbols ?? false,
      requireNumbers: policy.RequireNumbers ?? false,
      requireUppercase: policy.RequireUppercaseCharacters ?? false,
      requireLowercase: policy.RequireLowercaseCharacters ?? false,
      allowUsersToChangePassword: policy.AllowUsersToChangePassword ?? false,
    };
  }

  async #call<T>(
    send: (sdk: typeof Sdk, client: Sdk.IAMClient) => Promise<T>,
    request?: LoginProfileRequest,
  ): Promise<T> {
    const sdk: typeof Sdk = require("@aws-sdk/client-iam");
    this.#client ??= connect(sdk, this.settings());
    try {
      return await send(sdk, await this.#client);
    } catch (error) {
      throw translated(error, request);
    }
  }
}

async function connect(sdk: typeof Sdk, settings: ClientSettings): Promise<Sdk.IAMClient> {
  const client = new sdk.IAMClient(settings);
  try {
    await client.config.region();
    return client;
  } catch {
    return new sdk.IAMClient({ ...settings, region: FALLBACK_REGION });
  }
}

function wireFormat({ userName, password, passwordResetRequired }: LoginProfileRequest) {
  return {
    UserName: userName,
    // Left undefined, a field is not sent.
    Password: password?.reveal(),
    PasswordResetRequired: passwordResetRequired,
  };
}

/** `PasswordResetRequired` is absent where IAM means false. */
function observed(profile: Sdk.LoginProfile | undefined): ObservedLoginProfile {
  if (profile?.CreateDate === undefined) {
    throw new IamError("IncompleteResponse", "The answer holds no login profile.");
  }
  return {
    createDate: profile.CreateDate.toISOString().replace(".000Z", "Z"),
    passwordResetRequired: profile.PasswordResetRequired ?? false,
  };
}

/** Keeps of an SDK error what may be shown, and nothing else: neither the error itself nor its stack. */
function translated(error: unknown, request: LoginProfileRequest | undefined): IamError {
  if (error instanceof IamError) return error;
  const { name, code, message, $metadata } = error as Error & { code?: string; $metadata?: { requestId?: string } };
  return new IamError(
    // The SDK names modelled errors after the API's code with "Exception" behind it.
    $metadata === undefined && code !== undefined ? code : name.replace(/Exception$/, ""),
    quotes(message, request?.password) ? "(message withheld: it quotes the password)" : message,
    $metadata?.requestId,
  );
}

/** Below this length a password is found in any text, so only a quoted one tells that the text quotes it. */
const TELLING_LENGTH = 4;

function quotes(message: string, secret: Secret | undefined): boolean {
  if (secret === undefined) return false;
  const password = secret.reveal();
  if (password.length >= TELLING_LENGTH) return message.includes(password);
  return ["'", '"', "`"].some((quote) => message.includes(quote + password + quote));
}
