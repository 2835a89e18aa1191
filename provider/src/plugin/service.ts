import { isDeepStrictEqual } from "node:util";
import messages from "@pulumi/pulumi/proto/provider_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Accounts } from "../aws/accounts";
import { type Operation, within } from "../aws/operation";
import { setting } from "../aws/settings";
import { ACCOUNT_FUNCTION, LOGIN_PROFILE, LOGIN_PROFILES } from "../common/contract";
import { LoginProfileError } from "../common/errors";
import { PARALLELISM } from "../common/limits";
import { failure, type Problem } from "../common/problem";
import { isKnown } from "../common/unknown";
import type { Properties } from "../common/values";
import { withoutEcho } from "../lifecycle/echo";
import { refused } from "../lifecycle/failures";
import { type LoginProfileLifecycle, lifecycleBy } from "../lifecycle/lifecycle";
import { LoginProfilesLifecycle } from "../lifecycle/many/lifecycle";
import type { Declaration, LoginProfileState, PreviewedDeclaration } from "../lifecycle/model";
import { predicted } from "../lifecycle/prediction";
import type { Run } from "../lifecycle/run";
import { checkProfiles, createProfiles, deleteProfiles, diffProfiles, readProfiles, updateProfiles } from "./profiles";
import { changes, nameIn, placeOf, typeIn } from "./requests";
import { NAMES, pluginSettings, SECRET_SETTINGS, settingsProblems } from "./settings";
import { fromStruct, type Opened, toStruct } from "./values";

/**
 * What the engine asks of a provider plugin, in terms of the lifecycle. Each method takes a request and gives the answer.
 * It serves one provider: the default one, or a provider resource.
 */
export class PluginService {
  #lifecycle: LoginProfileLifecycle | undefined;
  #parallelism = () => PARALLELISM;
  #cancelled = new AbortController();
  /** Whether resources come to this provider from one with other settings, by the program's will. */
  #takesOver = false;

  constructor(
    private readonly schema: string,
    /** Shows the user one line. */
    private readonly tell: (line: string) => void,
    private readonly engineAddress: () => string | undefined,
  ) {}

  async getSchema(): Promise<messages.GetSchemaResponse> {
    return new messages.GetSchemaResponse().setSchema(this.schema);
  }

  async checkConfig(request: messages.CheckRequest): Promise<messages.CheckResponse> {
    const { values, secrets } = fromStruct(request.getNews());
    const response = new messages.CheckResponse().setInputs(
      toStruct(values, new Set([...secrets, ...SECRET_SETTINGS])),
    );
    const problems = settingsProblems(values);
    // A setting may be a secret key, so none is named as the engine would: with its value.
    return response.setFailuresList(problems.map((reason) => new messages.CheckFailure().setReason(reason)));
  }

  /**
   * Asked in two ways. Before it is configured, it is about the provider resource itself: one that leads to another account
   * now is replaced, for only then the engine keeps the old one to delete through. Once configured, it is about a resource
   * that was another provider's: its own diff tells where it is, and whether it has to move.
   */
  async diffConfig(request: messages.DiffRequest): Promise<messages.DiffResponse> {
    const [olds = {}, news = {}] = [request.getOldInputs() ?? request.getOlds(), request.getNews()].map(
      (struct) => fromStruct(struct).values,
    );
    const response = changes(!isDeepStrictEqual(olds, news));
    const changed = NAMES.filter((name) => !isDeepStrictEqual(olds[name], news[name]));
    // What changes the default one is the configuration, or an option that is missing: that moves no profile by itself.
    if (changed.length === 0 || isDefaultProvider(request.getUrn())) return response;
    if (this.isConfigured) this.#takesOver = true;
    else if (await this.#leadElsewhere(olds, news)) response.setReplacesList(changed);
    return response;
  }

  /** Whether two settings lead to two accounts, as far as that can be known soon. */
  async #leadElsewhere(olds: Properties, news: Properties): Promise<boolean> {
    if (!isKnown(news)) return false;
    const [before, now] = await Promise.all([olds, news].map((args) => this.#accountSoon(args)));
    return before !== undefined && now !== undefined && before !== now;
  }

  async #accountSoon(args: Properties): Promise<string | undefined> {
    try {
      return await new Accounts(pluginSettings(args), this.tell).reach(undefined).idSoon();
    } catch (error) {
      // Settings that led somewhere once, such as a profile that is gone.
      if (error instanceof LoginProfileError) return undefined;
      throw error;
    }
  }

  async configure(request: messages.ConfigureRequest): Promise<messages.ConfigureResponse> {
    const settings = pluginSettings(fromStruct(request.getArgs()).values);
    this.#lifecycle = lifecycleBy(settings, this.tell, this.engineAddress);
    this.#parallelism = () => setting(settings, "parallelism");
    this.#cancelled = new AbortController();
    return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
  }

  /** Before, no resource can be served. */
  get isConfigured(): boolean {
    return this.#lifecycle !== undefined;
  }

  /** The user has interrupted the run: what waits ends at once, and nothing is begun any more. */
  cancel(): void {
    this.#cancelled.abort();
  }

  async check(request: messages.CheckRequest): Promise<messages.CheckResponse> {
    if (isOfMany(request)) return this.#bounded(0, () => checkProfiles(this.#many(), request));
    const lifecycle = this.#lifecycleOf(request);
    const { values: previous } = fromStruct(request.getOlds());
    const { values: args, secrets } = fromStruct(request.getNews());
    const written = withoutEcho(args, previous);
    const urn = request.getUrn();
    const facts = { ...written.facts, ...placeOf(urn) };
    const checked = await this.#bounded(0, () =>
      lifecycle.check(previous as Partial<Declaration>, written.args, facts, urn),
    );
    const problems =
      "problems" in checked ? checked.problems : declaredTwice(lifecycle.run, request.getUrn(), checked.declaration);
    const response = new messages.CheckResponse();
    if ("declaration" in checked && problems.length === 0) {
      return response.setInputs(withSecrets(checked.declaration, secrets));
    }
    return response.setFailuresList(
      problems
        .map((problem) => failure({ ...problem, secret: problem.secret || secrets.has(problem.property) }))
        .map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason)),
    );
  }

  async diff(request: messages.DiffRequest): Promise<messages.DiffResponse> {
    if (isOfMany(request)) {
      return this.#bounded(0, () => diffProfiles(this.#many(), request, this.#takesOver));
    }
    const lifecycle = this.#lifecycleOf(request);
    const applied = stateIn(fromStruct(request.getOlds()));
    const declared = fromStruct(request.getNews()).values as unknown as PreviewedDeclaration;
    const { userName, password, passwordResetRequired, connection, account } = await this.#bounded(0, () =>
      lifecycle.diff(applied, declared, this.#takesOver),
    );
    const { Kind } = messages.PropertyDiff;
    const some = userName || password || passwordResetRequired || connection || account;
    const response = changes(some).setDeletebeforereplace(true);
    const differs = (property: string, kind: messages.PropertyDiff.Kind) => {
      response.addDiffs(property);
      response.getDetaileddiffMap().set(property, new messages.PropertyDiff().setKind(kind));
      if (kind === Kind.UPDATE_REPLACE) response.addReplaces(property);
    };
    response.setHasdetaileddiff(true);
    if (userName) differs("userName", Kind.UPDATE_REPLACE);
    // The version says all that may be said of a password.
    if (password) differs("passwordVersion", Kind.UPDATE);
    if (passwordResetRequired) {
      differs("passwordResetRequired", applied.passwordResetRequired === undefined ? Kind.ADD : Kind.UPDATE);
    }
    if (connection) differs("connection", account ? Kind.UPDATE_REPLACE : Kind.UPDATE);
    else if (account) differs("accountId", Kind.UPDATE_REPLACE);
    return response;
  }

  async create(request: messages.CreateRequest): Promise<messages.CreateResponse> {
    if (isOfMany(request)) return this.#bounded(request.getTimeout(), () => createProfiles(this.#many(), request));
    const lifecycle = this.#lifecycleOf(request);
    const { values, secrets } = fromStruct(request.getProperties());
    const declared = values as unknown as Declaration;
    if (request.getPreview()) {
      return new messages.CreateResponse().setProperties(withSecrets(predicted(declared), secrets));
    }
    const state = await this.#bounded(request.getTimeout(), () => lifecycle.create(declared, request.getUrn()));
    return new messages.CreateResponse().setId(state.userName).setProperties(withSecrets(state, secrets));
  }

  async read(request: messages.ReadRequest): Promise<messages.ReadResponse> {
    if (isOfMany(request)) return this.#bounded(request.getTimeout(), () => readProfiles(this.#many(), request));
    const lifecycle = this.#lifecycleOf(request);
    const { values, secrets } = fromStruct(request.getProperties());
    const isImport = values.userName === undefined;
    const id = request.getId();
    // Nothing is known of the password of a profile that is imported.
    const applied = { passwordVersion: 0, ...values, userName: id } as LoginProfileState;
    const state = await this.#bounded(request.getTimeout(), () => lifecycle.read(applied, isImport));
    if (state === undefined && isImport) throw refused("read", id, NOTHING_TO_IMPORT);
    // An empty id tells the engine that the resource is gone.
    if (state === undefined) return new messages.ReadResponse();
    const { userName } = state;
    const response = new messages.ReadResponse()
      .setId(isImport ? userName : id)
      .setProperties(withSecrets(state, secrets));
    return response.setInputs(isImport ? toStruct({ userName }, secrets) : request.getInputs());
  }

  async update(request: messages.UpdateRequest): Promise<messages.UpdateResponse> {
    if (isOfMany(request)) return this.#bounded(request.getTimeout(), () => updateProfiles(this.#many(), request));
    const lifecycle = this.#lifecycleOf(request);
    const applied = stateIn(fromStruct(request.getOlds()));
    const { values, secrets } = fromStruct(request.getNews());
    const declared = values as unknown as Declaration;
    const outs = request.getPreview()
      ? predicted(declared, applied)
      : await this.#bounded(request.getTimeout(), () => lifecycle.update(applied, declared));
    return new messages.UpdateResponse().setProperties(withSecrets(outs, secrets));
  }

  async delete(request: messages.DeleteRequest): Promise<void> {
    if (isOfMany(request)) return this.#bounded(request.getTimeout(), () => deleteProfiles(this.#many(), request));
    const lifecycle = this.#lifecycleOf(request);
    const applied = { ...stateIn(fromStruct(request.getProperties())), userName: request.getId() };
    await this.#bounded(request.getTimeout(), () => lifecycle.delete(applied, request.getUrn()));
  }

  /** Carries out an operation that ends with the run, and within the seconds of the resource's customTimeouts (0 for none). */
  #bounded<T>(seconds: number, carryOut: () => Promise<T>): Promise<T> {
    const operation: Operation = { cancelled: this.#cancelled.signal };
    if (seconds > 0) operation.until = Date.now() + seconds * 1000;
    return within(operation, carryOut);
  }

  async invoke(request: messages.InvokeRequest): Promise<messages.InvokeResponse> {
    const { userName, connection } = fromStruct(request.getArgs()).values as Partial<Declaration>;
    if (request.getTok() !== ACCOUNT_FUNCTION || userName === undefined)
      throw new LoginProfileError(`This provider knows no function ${request.getTok()}.`);
    const lifecycle = this.#configured();
    const reached = await this.#bounded(0, () => lifecycle.places.account(userName, connection, request.getPreview()));
    return new messages.InvokeResponse().setReturn(toStruct(reached, new Set()));
  }

  #lifecycleOf(request: { getUrn(): string }): LoginProfileLifecycle {
    const type = typeIn(request.getUrn());
    if (type !== LOGIN_PROFILE.plugin)
      throw new LoginProfileError(
        `This provider knows ${LOGIN_PROFILE.plugin} and ${LOGIN_PROFILES.plugin}, and not ${type}.`,
      );
    return this.#configured();
  }

  #many(): LoginProfilesLifecycle {
    return new LoginProfilesLifecycle(this.#configured(), this.#parallelism);
  }

  #configured(): LoginProfileLifecycle {
    if (this.#lifecycle === undefined) throw new LoginProfileError("The provider has not been configured.");
    return this.#lifecycle;
  }
}

const NOTHING_TO_IMPORT =
  "the user has none, or there is no such user. Correct the name, or leave the import and declare a password.";

/** By its name, as the engine tells. */
function isDefaultProvider(urn: string): boolean {
  return nameIn(urn).startsWith("default");
}

function isOfMany(request: { getUrn(): string }): boolean {
  return typeIn(request.getUrn()) === LOGIN_PROFILES.plugin;
}

/** By the resources' URNs, for the engine checks a resource that it replaces twice. */
function declaredTwice(run: Run, urn: string, { userName, connection }: PreviewedDeclaration): Problem[] {
  const reason =
    typeof userName === "string"
      ? run.declare(userName, connection, { type: "LoginProfile", urn, name: nameIn(urn) })
      : undefined;
  return reason === undefined ? [] : [{ property: "userName", reason, secret: false }];
}

function stateIn({ values }: Opened): LoginProfileState {
  return values as unknown as LoginProfileState;
}

/** The hash is secret always, and what was given as a secret stays one. */
function withSecrets(properties: Properties | object, secrets: ReadonlySet<string>): Struct {
  return toStruct(properties, new Set([...secrets, "passwordHash"]));
}
