import type * as Sdk from "@aws-sdk/client-iam";
import { USERS_PER_PAGE } from "../common/limits";
import { given } from "../common/values";
import type { PasswordPolicy } from "../passwords/rules";
import { refuseForeignAnswers } from "./answers";
import { logCalls } from "./call-log";
import type { ServerClock } from "./clock";
import {
  IamError,
  type LoginProfileRequest,
  type LoginProfiles,
  type ObservedLoginProfile,
  type UserPage,
  type Users,
} from "./iam";
import type { PasswordPolicies } from "./password-policy";
import { iamFailure } from "./sdk-errors";
import { signedInTime } from "./signing-clock";

/** IAM behind the AWS SDK, which is loaded with the first call and not before. */
export class IamClient implements LoginProfiles, PasswordPolicies, Users {
  #client: Promise<Sdk.IAMClient> | undefined;
  /** Errors of calls whose request was handed to the connection. */
  readonly #afterSending = new WeakSet<object>();

  constructor(
    private readonly config: () => Promise<Sdk.IAMClientConfig>,
    private readonly clock: ServerClock,
    /** Shows the user one line for each call; undefined for none. */
    private readonly log?: (line: string) => void,
  ) {}

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

  async page(pathPrefix?: string, marker?: string): Promise<UserPage> {
    const {
      Users: users,
      IsTruncated,
      Marker,
    } = await this.#call((sdk, client) =>
      client.send(new sdk.ListUsersCommand({ PathPrefix: pathPrefix, Marker: marker, MaxItems: USERS_PER_PAGE })),
    );
    // A listing that does not say how it goes on would be taken for a whole one.
    if (users === undefined || (IsTruncated === true && (Marker === undefined || Marker === marker))) {
      throw new IamError("IncompleteResponse", "The answer does not say where the list of users goes on.", "local");
    }
    return {
      users: users.map(({ UserName = "", Arn = "" }) => ({ userName: UserName, arn: Arn })),
      ...given({ next: IsTruncated === true ? Marker : undefined }),
    };
  }

  async passwordPolicy(): Promise<PasswordPolicy> {
    const { PasswordPolicy: policy = {} } = await this.#call((sdk, client) =>
      client.send(new sdk.GetAccountPasswordPolicyCommand()),
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
    try {
      const client = await this.#connected(sdk);
      return await signedInTime(() => send(sdk, client));
    } catch (error) {
      throw iamFailure(error, this.#afterSending.has(error as object), request?.password);
    }
  }

  /** The client, made with the first call; one that could not be made is not remembered. */
  async #connected(sdk: typeof Sdk): Promise<Sdk.IAMClient> {
    this.#client ??= this.#connect(sdk);
    try {
      return await this.#client;
    } catch (error) {
      this.#client = undefined;
      throw error;
    }
  }

  async #connect(sdk: typeof Sdk): Promise<Sdk.IAMClient> {
    const client = new sdk.IAMClient(await this.config());
    if (this.log !== undefined) logCalls(client.middlewareStack, this.log);
    client.middlewareStack.add(
      (next) => async (args) => {
        try {
          return await next(args);
        } catch (error) {
          this.#afterSending.add(error as object);
          throw error;
        }
      },
      // Around all that follows the signing: the connection, and the reading of the answer.
      { step: "deserialize", priority: "high", name: "noteFailuresAfterSending" },
    );
    client.middlewareStack.add(
      (next) => async (args) => {
        const sentAt = Date.now();
        const result = await next(args);
        const { headers } = result.response as { headers?: Record<string, string> };
        this.clock.observe(sentAt, Date.now(), headers?.date);
        return result;
      },
      // Nearest to the wire, so that answers that are errors pass it too.
      { step: "deserialize", priority: "low", name: "observeServerClock" },
    );
    refuseForeignAnswers(client.middlewareStack, "IAM", "server error");
    return client;
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
    throw new IamError("IncompleteResponse", "The answer holds no login profile.", "no answer");
  }
  return {
    ...given({ userName: profile.UserName }),
    createDate: profile.CreateDate.toISOString().replace(".000Z", "Z"),
    passwordResetRequired: profile.PasswordResetRequired ?? false,
  };
}
