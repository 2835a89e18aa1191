import type * as Sdk from "@aws-sdk/client-iam";
import { LoginProfileError } from "../common/errors";
import type { PasswordPolicy } from "../passwords/rules";
import type { Secret } from "../passwords/secret";
import { logCalls } from "./call-log";
import type { ServerClock } from "./clock";
import {
  CERTIFICATE_TROUBLE,
  type FailureKind,
  IamError,
  type LoginProfileRequest,
  type LoginProfiles,
  type ObservedLoginProfile,
} from "./iam";
import type { PasswordPolicies } from "./password-policy";

/** IAM behind the AWS SDK, which is loaded with the first call and not before. */
export class IamClient implements LoginProfiles, PasswordPolicies {
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
    try {
      return await send(sdk, await this.#connected(sdk));
    } catch (error) {
      throw translated(error, this.#afterSending.has(error as object), request);
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
    createDate: profile.CreateDate.toISOString().replace(".000Z", "Z"),
    passwordResetRequired: profile.PasswordResetRequired ?? false,
  };
}

/** What the SDK adds to an error; `$fault` only to one that the service itself reports. */
interface SdkFacts {
  code?: string;
  $fault?: "client" | "server";
  $metadata?: { requestId?: string; httpStatusCode?: number };
}

/** Keeps of an SDK error what may be shown, and nothing else: neither the error itself nor its stack. */
function translated(error: unknown, wasSent: boolean, request: LoginProfileRequest | undefined): unknown {
  if (error instanceof IamError || error instanceof LoginProfileError) return error;
  const { name, code, $fault, $metadata } = error as Error & SdkFacts;
  // Behind the first line the SDK tells developers where to find the raw answer.
  const [message = ""] = messageOf(error as Error).split("\n");
  return new IamError(
    // The SDK names modelled errors after the API's code with "Exception" behind it.
    $fault === undefined ? (code ?? name) : name.replace(/Exception$/, ""),
    quotes(messageOf(error as Error), request?.password) ? "(message withheld: it quotes the password)" : message,
    kindOf(error as Error & SdkFacts, wasSent),
    $metadata?.requestId,
  );
}

/** Codes of Node.js for a connection that never was. */
const NO_CONNECTION = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"]);

function kindOf({ code, $fault, $metadata }: SdkFacts, wasSent: boolean): FailureKind {
  if ($fault !== undefined) return ($metadata?.httpStatusCode ?? 0) >= 500 ? "server error" : "refused";
  if (!wasSent || code === "ENOTFOUND" || CERTIFICATE_TROUBLE.test(code ?? "")) return "local";
  // What the service did not report, the connection did, or an answer that could not be read.
  return NO_CONNECTION.has(code ?? "") ? "no connection" : "no answer";
}

/** A host with several addresses fails with one error that holds theirs, and no text of its own. */
function messageOf(error: Error): string {
  if (error.message !== "" || !(error instanceof AggregateError)) return error.message;
  return error.errors.map(({ message }: Error) => message).join(", ");
}

/** Below this length a password is found in any text, so only a quoted one tells that the text quotes it. */
const TELLING_LENGTH = 4;

/** Whether a text quotes a password; white space does not count, for XML changes it on the way. */
function quotes(text: string, secret: Secret | undefined): boolean {
  if (secret === undefined) return false;
  const compact = (some: string) => some.replace(/\s+/g, "");
  const password = compact(secret.reveal());
  if (password.length >= TELLING_LENGTH) return compact(text).includes(password);
  return ["'", '"', "`"].some((quote) => compact(text).includes(quote + password + quote));
}
