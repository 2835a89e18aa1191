import { setTimeout as delay } from "node:timers/promises";
import type { DefaultRateLimiter } from "@smithy/core/retry";
import { FIRST_DELAY_MS, LONGEST_DELAY_MS, NEW_USER_BUDGET_MS, SILENCE_SECONDS } from "../common/limits";
import type { Secret } from "../passwords/secret";
import { attempts } from "./call-log";
import type { ServerClock } from "./clock";
import {
  type FailureKind,
  failedWith,
  IamError,
  type LoginProfileRequest,
  type LoginProfiles,
  type ObservedLoginProfile,
} from "./iam";
import type { RetrySettings } from "./settings";

/** Throttling by all its names; not LimitExceeded, which in IAM is a quota that waiting does not raise. */
const THROTTLING = new Set([
  "Throttling",
  "Throttled",
  "RequestThrottled",
  "TooManyRequests",
  "RequestLimitExceeded",
  "BandwidthLimitExceeded",
  "PriorRequestNotComplete",
  "SlowDown",
]);

/** IAM is still busy with the user. The SDK does not retry these. */
const BUSY = new Set(["EntityTemporarilyUnmodifiable", "ConcurrentModification"]);

/**
 * Of the SDK's rate limiter: calls a second that throttling does not go below (IAM allows several),
 * and a smaller step back and a faster return than its own. A refused call costs next to nothing, an
 * idle second is lost.
 */
const RATE = { minFillRate: 3, beta: 0.8, scaleConstant: 4 };
/** Below this the clock is known as well as the network allows. */
const CLOCK_PRECISION_MS = 100;
const CLOCK_READINGS = 6;

/**
 * Login profiles that outlast the troubles of IAM and of the way to it: each call is tried again,
 * with jittered exponential backoff, until it succeeds, fails for good, or its time is used up.
 */
export class PatientLoginProfiles implements LoginProfiles {
  #rate: DefaultRateLimiter | undefined;

  constructor(
    private readonly iam: LoginProfiles,
    private readonly clock: ServerClock,
    private readonly settings: RetrySettings,
    /** Shows the user that an operation waits, and for what. */
    private readonly waiting: (line: string) => void,
    /** What to do about a failure, by its code, where the settings may mend it. */
    private readonly advice: (code: string) => string | undefined = () => undefined,
  ) {}

  get(userName: string): Promise<ObservedLoginProfile> {
    return this.attempt(userName, () => this.iam.get(userName));
  }

  update(request: LoginProfileRequest): Promise<void> {
    return this.attempt(request.userName, () => this.iam.update(request));
  }

  delete(userName: string): Promise<void> {
    return this.attempt(userName, () => this.iam.delete(userName));
  }

  /** Any other call that an operation on a user's profile needs. */
  attempt<T>(userName: string, call: () => Promise<T>): Promise<T> {
    return this.#try(userName, new Deadline(this.settings.timeout), call);
  }

  async create(
    request: LoginProfileRequest & { password: Secret },
    userMayBeNew: boolean,
  ): Promise<ObservedLoginProfile> {
    const budget = this.settings.timeout;
    const deadline = new Deadline(budget);
    const newUser = userMayBeNew ? new Deadline(Math.min(NEW_USER_BUDGET_MS, budget)) : undefined;
    let unansweredSince: number | undefined;
    const attempt = async () => {
      const started = Date.now();
      try {
        return await this.iam.create(request, userMayBeNew);
      } catch (error) {
        if (mayHaveWorked(error)) unansweredSince ??= started;
        throw error;
      }
    };
    try {
      return await this.#try(request.userName, deadline, attempt, newUser);
    } catch (error) {
      if (unansweredSince === undefined || !failedWith(error, "EntityAlreadyExists")) throw error;
      const found = await this.#createdSince(unansweredSince, request.userName);
      if (found === undefined) throw error;
      // Made by us, or in the very second by somebody else: this makes sure of what it holds.
      await this.update(request);
      return { ...found, passwordResetRequired: request.passwordResetRequired ?? found.passwordResetRequired };
    }
  }

  /**
   * The profile, if the server's own clock says that it is not older than a call of ours that
   * ended without an answer. A profile that was there before is never taken for ours.
   */
  async #createdSince(localTime: number, userName: string): Promise<ObservedLoginProfile | undefined> {
    for (let reading = 1; ; reading++) {
      const found = await this.get(userName);
      const isOurs = this.clock.isSince(Date.parse(found.createDate), localTime);
      if (isOurs !== undefined) return isOurs ? found : undefined;
      if (this.clock.uncertainty <= CLOCK_PRECISION_MS) return found;
      if (reading === CLOCK_READINGS) return undefined;
      await delay(this.clock.untilTelling(Date.now()));
    }
  }

  async #try<T>(userName: string, deadline: Deadline, call: () => Promise<T>, newUser?: Deadline): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.#limiter?.getSendToken();
      try {
        const result = await attempts.run(attempt, call);
        this.#limiter?.updateClientSendingRate({});
        return result;
      } catch (error) {
        const trouble = troubleOf(error, newUser !== undefined);
        const limit = trouble === "the user may be new" ? (newUser as Deadline) : deadline;
        const pause = Math.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
        if (trouble === undefined) throw error instanceof IamError ? error.advised(this.advice(error.code)) : error;
        if (trouble === "throttled") this.#limiter?.updateClientSendingRate({ error, errorType: "THROTTLING" });
        if (attempt >= this.settings.attempts || limit.isWithin(pause))
          throw (error as IamError).givenUp(attempt, limit.elapsedSeconds);
        if (deadline.elapsedSeconds >= SILENCE_SECONDS) {
          this.waiting(
            `Waiting for IAM user "${userName}": ${(error as IamError).code} (${trouble}). Trying again until ${limit.time}.`,
          );
        }
        await delay(pause);
      }
    }
  }

  /** The rate of calls, adapted to throttling and shared by all resources of the process. */
  get #limiter(): DefaultRateLimiter | undefined {
    if (!this.settings.adaptive) return undefined;
    if (this.#rate === undefined) {
      const { DefaultRateLimiter: RateLimiter }: typeof import("@smithy/core/retry") = require("@smithy/core/retry");
      this.#rate = new RateLimiter(RATE);
    }
    return this.#rate;
  }
}

/** What is worth waiting for, in the user's words. */
type Trouble =
  | "throttled"
  | "IAM is busy with the user"
  | "the user may be new"
  | Exclude<FailureKind, "refused" | "local">;

/** Undefined for an error that waiting does not mend. */
function troubleOf(error: unknown, userMayBeNew: boolean): Trouble | undefined {
  if (!(error instanceof IamError)) return undefined;
  if (THROTTLING.has(error.code)) return "throttled";
  if (BUSY.has(error.code)) return "IAM is busy with the user";
  if (userMayBeNew && error.code === "NoSuchEntity") return "the user may be new";
  return error.kind === "refused" || error.kind === "local" ? undefined : error.kind;
}

/** Whether a call that failed may have been carried out. */
function mayHaveWorked(error: unknown): boolean {
  return error instanceof IamError && (error.kind === "no answer" || error.kind === "server error");
}

/** The end of an operation's time. */
class Deadline {
  readonly #started = Date.now();
  readonly #end: number;

  constructor(budget: number) {
    this.#end = this.#started + budget;
  }

  /** Whether the end comes before so many milliseconds have passed. */
  isWithin(milliseconds: number): boolean {
    return Date.now() + milliseconds > this.#end;
  }

  get elapsedSeconds(): number {
    return Math.round((Date.now() - this.#started) / 1000);
  }

  get time(): string {
    return new Date(this.#end).toLocaleTimeString("en-GB");
  }
}
