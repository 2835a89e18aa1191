import type { IAMClientConfig } from "@aws-sdk/client-iam";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import { atMostEvery } from "../common/at-most-every";
import { LoginProfileError } from "../common/errors";
import { WAITING_LINES_APART_MS } from "../common/limits";
import { settingsAdvice } from "./advice";
import { type AwsSettings, awsSettings } from "./aws-settings";
import { ServerClock } from "./clock";
import { type Connection, wayTo } from "./connection";
import { credentials } from "./credentials";
import { type DatedLoginProfiles, IamError, type Users } from "./iam";
import { IamClient } from "./iam-client";
import { AccountPasswordPolicy } from "./password-policy";
import { PatientLoginProfiles } from "./retry";
import { type RetryLimits, retryLimits } from "./retry-limits";
import { type RetrySettings, retrySettings, type SettingsSource, setting } from "./settings";
import { environmentKeys, namedProfile, type SharedFiles, sharedFiles } from "./shared-files";
import { StsClient, UNSIGNED } from "./sts-client";
import { PreviewWait } from "./time-limit";
import { readableOnTheWay, transport } from "./transport";

/** One AWS account, reached in one way. */
export interface Account {
  readonly profiles: DatedLoginProfiles;
  readonly policy: AccountPasswordPolicy;
  /** Rejects for settings that lead nowhere, and for an account that they do not allow. */
  ready(): Promise<void>;
  /** The account's id; undefined where nobody is to be asked. The user is named while it waits. */
  id(userName: string): Promise<string | undefined>;
  /** The same, as far as a preview can know it; in the background nobody waits for it, so there is no limit. */
  idSoon(inBackground?: boolean): Promise<string | undefined>;
  /** How it is reached, in words. */
  way(): string;
}

/** An account whose users can be listed, too. */
export interface AccountWithUsers extends Account {
  readonly users: Users;
}

/** The account that a resource's `connection`, over the settings, leads to. */
export type Reach = (connection: Connection | undefined) => Account;

/** All accounts of a process; what leads to the same one in the same way shares one client. */
export class Accounts {
  readonly #accounts = new Map<string, AwsAccount>();
  /** The same, by what resources say; a program may hold hundreds that say nothing. */
  readonly #ways = new Map<string, AwsAccount>();
  readonly #waiting: (line: string) => void;
  readonly #previewWait = new PreviewWait();

  constructor(
    private readonly source: SettingsSource,
    private readonly tell: (line: string) => void,
  ) {
    this.#waiting = atMostEvery(WAITING_LINES_APART_MS, tell);
  }

  readonly reach = (connection: Connection | undefined): AccountWithUsers => {
    const way = wayTo(connection);
    const account = this.#ways.get(way) ?? this.#account(connection);
    this.#ways.set(way, account);
    return account;
  };

  #account(connection: Connection | undefined): AwsAccount {
    const settings = awsSettings(this.source, connection);
    // Secrets print as one word; they are those of the one configuration that a process has.
    const key = JSON.stringify(settings);
    const account =
      this.#accounts.get(key) ?? new AwsAccount(settings, this.source, this.tell, this.#waiting, this.#previewWait);
    this.#accounts.set(key, account);
    return account;
  }
}

/** IAM is one service per partition, so a region that nobody set is no error: this one stands for the partition `aws`. */
const FALLBACK_REGION = "us-east-1";

class AwsAccount implements AccountWithUsers {
  readonly profiles: PatientLoginProfiles;
  readonly policy: AccountPasswordPolicy;
  readonly users: Users;
  readonly #iam: IamClient;
  readonly #retries: RetrySettings;
  readonly #log: ((line: string) => void) | undefined;
  #clients: Promise<Clients> | undefined;
  #id: Promise<string> | undefined;
  #knownId: string | undefined;
  #soon: Promise<string | undefined> | undefined;

  constructor(
    private readonly settings: AwsSettings,
    source: SettingsSource,
    private readonly tell: (line: string) => void,
    waiting: (line: string) => void,
    private readonly previewWait: PreviewWait,
  ) {
    const clock = new ServerClock();
    this.#log = setting(source, "debug") ? tell : undefined;
    this.#iam = new IamClient(() => this.#iamConfig(), clock, this.#log);
    this.#retries = retrySettings(source);
    const limits = async () => (await this.#connect()).limits;
    this.profiles = new PatientLoginProfiles(this.#iam, clock, this.#retries.timeout, limits, waiting, (code) =>
      settingsAdvice(code, settings.nameOf),
    );
    this.users = {
      page: (...which) => this.profiles.attempt(undefined, () => this.#iam.page(...which)),
    };
    this.policy = new AccountPasswordPolicy(this.#iam, (userName, call) => this.profiles.attempt(userName, call));
  }

  async ready(): Promise<void> {
    await this.#connect();
    const asked = this.#askSoon();
    // Without an answer, the account is asked again before the first change.
    if (this.#isGuarded && (await this.previewWait.within(asked)) !== undefined) await this.#confirmAllowed();
  }

  async id(userName: string): Promise<string | undefined> {
    if (!this.#isAsked) return undefined;
    if (this.#knownId !== undefined) return this.#knownId;
    try {
      return await this.profiles.attempt(userName, () => this.#accountId());
    } catch (error) {
      const isOutOfReach = error instanceof IamError && !["refused", "local"].includes(error.kind);
      if (!isOutOfReach) throw error;
      throw new IamError(
        error.code,
        error.message,
        error.kind,
        error.requestId,
        "Nothing was changed: which account it is must be known first. Where STS cannot be reached at all, set " +
          `${this.settings.nameOf("skipRequestingAccountId")} to true to do without.`,
      );
    }
  }

  idSoon(inBackground = false): Promise<string | undefined> {
    return inBackground ? this.#askSoon() : this.previewWait.within(this.#askSoon());
  }

  way(): string {
    return wayInWords(this.settings);
  }

  get #isAsked(): boolean {
    return this.settings.signRequests && (this.#isGuarded || !this.settings.skipAccountId);
  }

  /** Begun once, as early as a resource is checked, and not waited for. */
  #askSoon(): Promise<string | undefined> {
    this.#soon ??= this.#isAsked ? this.#accountId() : Promise.resolve(undefined);
    this.#soon.catch(() => {});
    return this.#soon;
  }

  get #isGuarded(): boolean {
    return this.settings.allowedAccounts.length + this.settings.forbiddenAccounts.length > 0;
  }

  /** The configuration of IAM's client, handed out only for an account that the settings allow. */
  async #iamConfig(): Promise<IAMClientConfig> {
    const { iam } = await this.#connect();
    if (this.#isGuarded) await this.#confirmAllowed();
    return iam;
  }

  async #confirmAllowed(): Promise<void> {
    const { allowedAccounts, forbiddenAccounts, nameOf } = this.settings;
    const id = await this.#accountId();
    const [isWrong, key] =
      allowedAccounts.length > 0
        ? [!allowedAccounts.includes(id), `${nameOf("allowedAccountIds")} does not list it`]
        : [forbiddenAccounts.includes(id), `${nameOf("forbiddenAccountIds")} lists it`];
    if (!isWrong) return;
    throw new LoginProfileError(
      `The credentials are those of AWS account ${id}, but ${key}. Nothing was changed. Use credentials of the right account ` +
        `(${nameOf("profile")}, AWS_PROFILE), or correct the setting.`,
    );
  }

  #accountId(): Promise<string> {
    this.#id ??= this.#connect().then(({ sts, credentials: source }) => sts.accountId(source));
    const asked = this.#id.then((id) => {
      this.#knownId = id;
      return id;
    });
    return this.#remember(asked, () => {
      this.#id = undefined;
    });
  }

  #connect(): Promise<Clients> {
    this.#clients ??= clients(this.settings, this.#retries, this.#log, this.tell);
    return this.#remember(this.#clients, () => {
      this.#clients = undefined;
    });
  }

  /** What failed is not remembered. */
  async #remember<T>(value: Promise<T>, forget: () => void): Promise<T> {
    try {
      return await value;
    } catch (error) {
      forget();
      throw error;
    }
  }
}

function wayInWords({ roles, keys, webIdentity, nameOf, ...named }: AwsSettings): string {
  const role = roles.at(-1) ?? webIdentity;
  if (role !== undefined) return `the role ${role.roleArn}`;
  if (keys !== undefined) return `the key of ${nameOf("accessKey")}`;
  if (named.profile === undefined && environmentKeys() !== undefined)
    return "the key in the environment (AWS_ACCESS_KEY_ID)";
  const [profile, by] = namedProfile({ ...named, nameOf });
  return profile === undefined
    ? "what the environment says (AWS_PROFILE is not set)"
    : `the profile "${profile}" (${by})`;
}

interface Clients {
  iam: IAMClientConfig;
  sts: StsClient;
  credentials: AwsCredentialIdentityProvider;
  limits: RetryLimits;
}

/** The one place where settings become clients. */
async function clients(
  settings: AwsSettings,
  retries: RetrySettings,
  log: ((line: string) => void) | undefined,
  tell: (line: string) => void,
): Promise<Clients> {
  const files = await sharedFiles(settings);
  const limits = retryLimits(retries, files);
  const requestHandler = await transport(settings, files.profile.ca_bundle);
  const common = {
    customUserAgent: userAgent(settings),
    requestHandler,
    region: region(settings, files),
    useFipsEndpoint: settings.useFips ?? isOn(process.env.AWS_USE_FIPS_ENDPOINT ?? files.profile.use_fips_endpoint),
    useDualstackEndpoint:
      settings.useDualstack ?? isOn(process.env.AWS_USE_DUALSTACK_ENDPOINT ?? files.profile.use_dualstack_endpoint),
    // Ours come from the same places, but from the profile that counts here.
    ignoreConfiguredEndpointUrls: true,
    ...(settings.signRequests ? {} : { signer: UNSIGNED.signer }),
  };
  const [iamEndpoint, stsEndpoint] = [endpoint("iam", settings, files), endpoint("sts", settings, files)];
  const warning = readableOnTheWay({ IAM: iamEndpoint.endpoint, STS: stsEndpoint.endpoint }, settings.nameOf);
  if (warning !== undefined) tell(warning);
  const sts = new StsClient(
    {
      ...common,
      ...(settings.stsRegion === undefined ? {} : { region: settings.stsRegion }),
      ...stsEndpoint,
      // Whoever needs an answer asks again.
      maxAttempts: 1,
    },
    log,
  );
  const source = credentials(settings, files, sts, requestHandler);
  return {
    iam: {
      ...common,
      ...iamEndpoint,
      credentials: source,
      // Calls are tried again by us, where it is known what a call that failed may have done.
      maxAttempts: 1,
      // The environment or the default profile may name another, whose rate would come on top of ours.
      retryMode: "standard",
    },
    sts,
    credentials: source,
    limits,
  };
}

/** Settings, then the environment, then the profile. */
function region({ region: set, takesRegionOfProfile }: AwsSettings, { profile }: SharedFiles): string {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const own = takesRegionOfProfile ? profile.region : undefined;
  return own ?? set ?? (AWS_REGION || AWS_DEFAULT_REGION || profile.region || FALLBACK_REGION);
}

/** Settings, then the environment, then the profile; at each place what is said of the service comes first. */
function endpoint(
  service: "iam" | "sts",
  { endpoints }: AwsSettings,
  { profile, services }: SharedFiles,
): { endpoint?: string } {
  const { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ignored, AWS_ENDPOINT_URL } = process.env;
  const environment = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || AWS_ENDPOINT_URL;
  const configured = environment || services[`${service}.endpoint_url`] || profile.endpoint_url;
  const url = endpoints[service] ?? (isOn(ignored ?? profile.ignore_configured_endpoint_urls) ? undefined : configured);
  return url === undefined ? {} : { endpoint: url };
}

function isOn(value: string | undefined): boolean {
  return value?.toLowerCase() === "true";
}

function userAgent({ userAgents }: AwsSettings): [string, string?][] {
  const { name, version }: { name: string; version: string } = require("../../package.json");
  return [
    [name, version],
    ...userAgents.map((product): [string, string?] => product.split("/", 2) as [string, string?]),
  ];
}
