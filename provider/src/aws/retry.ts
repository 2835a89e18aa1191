import { setTimeout as delay } from "node:timers/promises";
import type { DefaultRateLimiter } from "@smithy/core/retry";
import { FIRST_DELAY_MS, LONGEST_DELAY_MS, NEW_USER_BUDGET_MS, RECENT_MS, SILENCE_SECONDS } from "../common/limits";
import type { Secret } from "../passwords/secret";
import { attempts } from "./call-log";
import type { ServerClock } from "./clock";
import {
  type DatedLoginProfiles,
  type FailureKind,
  failedWith,
  IamError,
  type IsThere,
  type LoginProfileRequest,
  type LoginProfiles,
  type ObservedLoginProfile,
} from "./iam";
import { operationUnderWay, unless } from "./operation";
import type { RetryLimits } from "./retry-limits";

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
export class PatientLoginProfiles implements DatedLoginProfiles {
  #rate: DefaultRateLimiter | undefined;

  constructor(
    private readonly iam: LoginProfiles,
    private readonly clock: ServerClock,
    /** Milliseconds for one operation. */
    private readonly timeout: number,
    private readonly limits: () => Promise<RetryLimits>,
    /** Shows the user that an operation waits, and for what. */
    private readonly waiting: (line: string) => void,
    /** What to do about a failure, by its code, where the settings may mend it. */
    private readonly advice: (code: string) => string | undefined = () => undefined,
  ) {}

  get(userName: string, isThere: IsThere = false): Promise<ObservedLoginProfile> {
    const stale = this.#staleAnswers(() => this.#mayBeThere(isThere));
    return this.#try(userName, new Deadline(this.timeout), () => this.iam.get(userName), stale);
  }

  update(request: LoginProfileRequest, isThere = false): Promise<void> {
    const { userName } = request;
    const stale = this.#staleAnswers(() => isThere);
    return this.#try(userName, new Deadline(this.timeout), () => this.iam.update(request), stale);
  }

  delete(userName: string, isThere: IsThere = false): Promise<void> {
    let mayBeDone = false;
    const attempt = async () => {
      try {
        return await this.iam.delete(userName);
      } catch (error) {
        // An error of the server's says as little of it as a replica that is behind: there it is asked again.
        mayBeDone ||= error instanceof IamError && error.kind === "no answer";
        throw error;
      }
    };
    const stale = this.#staleAnswers(() => !mayBeDone && this.#mayBeThere(isThere));
    return this.#try(userName, new Deadline(this.timeout), attempt, stale);
  }

  /** Any other call that an operation on a user's profile needs, or one for all users. */
  attempt<T>(userName: string | undefined, call: () => Promise<T>): Promise<T> {
    return this.#try(userName, new Deadline(this.timeout), call);
  }

  async create(
    request: LoginProfileRequest & { password: Secret },
    userMayBeNew: boolean,
  ): Promise<ObservedLoginProfile> {
    const budget = this.timeout;
    const deadline = new Deadline(budget);
    let unansweredSince: number | undefined;
    // Where an answer was lost the user was there, whoever does not know it yet.
    const stale = this.#staleAnswers(() => userMayBeNew || unansweredSince !== undefined);
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
      return await this.#try(request.userName, deadline, attempt, stale);
    } catch (error) {
      if (unansweredSince === undefined || !failedWith(error, "EntityAlreadyExists")) throw error;
      const found = await this.#createdSince(unansweredSince, request.userName);
      if (found === undefined) throw error;
      // Made by us, or in the very second by somebody else: this makes sure of what it holds.
      await this.update(request, true);
      return { ...found, passwordResetRequired: request.passwordResetRequired ?? found.passwordResetRequired };
    }
  }

  /**
   * The profile, if the server's own clock says that it is not older than a call of ours that
   * ended without an answer. A profile that was there before is never taken for ours.
   */
  async #createdSince(localTime: number, userName: string): Promise<ObservedLoginProfile | undefined> {
    for (let reading = 1; ; reading++) {
      const found = await this.get(userName, true);
      const isOurs = this.clock.isSince(Date.parse(found.createDate), localTime);
      if (isOurs !== undefined) return isOurs ? found : undefined;
      if (this.clock.uncertainty <= CLOCK_PRECISION_MS) return found;
      if (reading === CLOCK_READINGS) return undefined;
      await waitFor(delay(this.clock.untilTelling(Date.now())));
    }
  }

  /** In doubt, it is not. */
  async madeBetween(userName: string, from: number, to: number): Promise<ObservedLoginProfile | undefined> {
    const found = await this.#createdSince(from, userName);
    const isLater = found === undefined || this.clock.isSince(Date.parse(found.createDate), to) !== false;
    return isLater ? undefined : found;
  }

  /** IAM is eventually consistent: what was just made may not be found yet. Asked again for a while, where that may be so. */
  #staleAnswers(mayPass: () => boolean): StaleAnswers {
    return { mayPass, deadline: new Deadline(Math.min(NEW_USER_BUDGET_MS, this.timeout)) };
  }

  #mayBeThere(isThere: IsThere): boolean {
    return typeof isThere === "boolean" ? isThere : this.#isRecent(isThere.since);
  }

  /** By the server's clock, which any answer tells; else by this machine's. */
  #isRecent(date: string): boolean {
    const earliest = Date.now() - RECENT_MS;
    return this.clock.isSince(Date.parse(date), earliest) ?? Date.parse(date) >= earliest;
  }

  async #try<T>(
    userName: string | undefined,
    deadline: Deadline,
    call: () => Promise<T>,
    stale?: StaleAnswers,
  ): Promise<T> {
    const { attempts: most, adaptive } = await this.limits();
    const limiter = adaptive ? this.#limiter : undefined;
    let last: IamError | undefined;
    for (let attempt = 1; ; attempt++) {
      await waitFor(limiter?.getSendToken(), last);
      try {
        const result = await attempts.run(attempt, call);
        limiter?.updateClientSendingRate({});
        return result;
      } catch (error) {
        const trouble = troubleOf(error, stale?.mayPass() ?? false);
        const limit = trouble === NOT_KNOWN_YET && stale !== undefined ? stale.deadline : deadline;
        const pause = Math.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
        const told = error instanceof IamError ? error.advised(this.advice(error.code)) : error;
        if (trouble === undefined) throw told;
        if (trouble === "throttled") limiter?.updateClientSendingRate({ error, errorType: "THROTTLING" });
        if (attempt >= most || limit.isWithin(pause)) throw (told as IamError).givenUp(attempt, limit.elapsedSeconds);
        last = error as IamError;
        if (deadline.elapsedSeconds >= SILENCE_SECONDS && !operationUnderWay().cancelled?.aborted) {
          const whom = userName === undefined ? "the list of IAM users" : `IAM user "${userName}"`;
          this.waiting(`Waiting for ${whom}: ${last.code} (${trouble}). Trying again until ${limit.time}.`);
        }
        await waitFor(delay(pause), last);
      }
    }
  }

  /** The rate of calls, adapted to throttling and shared by all resources of the process. */
  get #limiter(): DefaultRateLimiter {
    if (this.#rate === undefined) {
      const { DefaultRateLimiter: RateLimiter }: typeof import("@smithy/core/retry") = require("@smithy/core/retry");
      this.#rate = new RateLimiter(RATE);
    }
    return this.#rate;
  }
}

/** Whether, and for how long, not being found may pass. */
interface StaleAnswers {
  mayPass(): boolean;
  deadline: Deadline;
}

const NOT_KNOWN_YET = "it may not be known everywhere yet";

/** What is worth waiting for, in the user's words. */
type Trouble =
  | "throttled"
  | "IAM is busy with the user"
  | typeof NOT_KNOWN_YET
  | Exclude<FailureKind, "refused" | "local">;

/** Undefined for an error that waiting does not mend. */
function troubleOf(error: unknown, mayBeStale: boolean): Trouble | undefined {
  if (!(error instanceof IamError)) return undefined;
  if (THROTTLING.has(error.code)) return "throttled";
  if (BUSY.has(error.code)) return "IAM is busy with the user";
  if (mayBeStale && error.code === "NoSuchEntity") return NOT_KNOWN_YET;
  return error.kind === "refused" || error.kind === "local" ? undefined : error.kind;
}

/** Waits before a call; a run that is cancelled waits for nothing, and makes no call any more. */
async function waitFor(pause: Promise<void> | undefined, last?: IamError): Promise<void> {
  const { cancelled } = operationUnderWay();
  try {
    await unless(cancelled, pause ?? Promise.resolve());
  } catch (error) {
    throw cancelled?.aborted ? cancelledAfter(last) : error;
  }
}

function cancelledAfter(last: IamError | undefined): IamError {
  const left = last !== undefined && mayHaveWorked(last) ? "; AWS may have carried it out all the same" : "";
  const when =
    last === undefined
      ? "before this was asked of AWS"
      : `while it waited to try again after ${last.code}: ${last.message.replace(/\.$/, "")}${left}`;
  const advice = "Run `pulumi up` again: it completes what is left.";
  return new IamError("Cancelled", `the run was cancelled ${when}`, "local", last?.requestId, advice);
}

/** Whether a call that failed may have been carried out. */
function mayHaveWorked(error: unknown): boolean {
  return error instanceof IamError && (error.kind === "no answer" || error.kind === "server error");
}

/** The end of the time for a call, which is not later than that of its operation. */
class Deadline {
  readonly #started = Date.now();
  readonly #end: number;

  constructor(budget: number) {
    this.#end = Math.min(this.#started + budget, operationUnderWay().until ?? Number.POSITIVE_INFINITY);
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
