import { isDeepStrictEqual } from "node:util";
import messages from "@pulumi/pulumi/proto/provider_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { LOGIN_PROFILE } from "../common/contract";
import { LoginProfileError } from "../common/errors";
import { failure, type Problem } from "../common/problem";
import type { Properties } from "../common/values";
import { withoutEcho } from "../lifecycle/echo";
import { refused } from "../lifecycle/failures";
import { type LoginProfileLifecycle, lifecycleBy } from "../lifecycle/lifecycle";
import type { Declaration, LoginProfileState, PreviewedDeclaration } from "../lifecycle/model";
import { predicted } from "../lifecycle/prediction";
import type { Run } from "../lifecycle/run";
import { pluginSettings, SECRET_SETTINGS, settingsProblems } from "./settings";
import { fromStruct, type Opened, toStruct } from "./values";

/** What the engine asks of a provider plugin, in terms of the lifecycle. Each method takes a request and gives the answer. */
export class PluginService {
  #lifecycle: LoginProfileLifecycle | undefined;

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

  async diffConfig(request: messages.DiffRequest): Promise<messages.DiffResponse> {
    const [olds, news] = [request.getOldInputs() ?? request.getOlds(), request.getNews()].map(
      (struct) => fromStruct(struct).values,
    );
    // Another way to the account replaces nothing; of another account, the resources' own guards tell.
    return changes(!isDeepStrictEqual(olds, news));
  }

  async configure(request: messages.ConfigureRequest): Promise<messages.ConfigureResponse> {
    const settings = pluginSettings(fromStruct(request.getArgs()).values);
    this.#lifecycle = lifecycleBy(settings, this.tell, this.engineAddress);
    return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
  }

  async check(request: messages.CheckRequest): Promise<messages.CheckResponse> {
    const lifecycle = this.#lifecycleOf(request);
    const { values: previous } = fromStruct(request.getOlds());
    const { values: args, secrets } = fromStruct(request.getNews());
    const written = withoutEcho(args, previous);
    const [stack = "", project = ""] = request.getUrn().split("::");
    const facts = { ...written.facts, stack: stack.replace(/^urn:pulumi:/, ""), project };
    const checked = await lifecycle.check(previous as Partial<Declaration>, written.args, facts, request.getUrn());
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
    const lifecycle = this.#lifecycleOf(request);
    const applied = stateIn(fromStruct(request.getOlds()));
    const declared = fromStruct(request.getNews()).values as unknown as PreviewedDeclaration;
    const { userName, password, passwordResetRequired, connection, account } = await lifecycle.diff(applied, declared);
    const { Kind } = messages.PropertyDiff;
    const response = changes(userName || password || passwordResetRequired || connection).setDeletebeforereplace(true);
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
    return response;
  }

  async create(request: messages.CreateRequest): Promise<messages.CreateResponse> {
    const lifecycle = this.#lifecycleOf(request);
    const { values, secrets } = fromStruct(request.getProperties());
    const declared = values as unknown as Declaration;
    if (request.getPreview()) {
      return new messages.CreateResponse().setProperties(withSecrets(predicted(declared), secrets));
    }
    const state = await lifecycle.create(declared, request.getUrn());
    return new messages.CreateResponse().setId(state.userName).setProperties(withSecrets(state, secrets));
  }

  async read(request: messages.ReadRequest): Promise<messages.ReadResponse> {
    const lifecycle = this.#lifecycleOf(request);
    const { values, secrets } = fromStruct(request.getProperties());
    const isImport = values.userName === undefined;
    const id = request.getId();
    // Nothing is known of the password of a profile that is imported.
    const applied = { passwordVersion: 0, ...values, userName: id } as LoginProfileState;
    const state = await lifecycle.read(applied, isImport);
    if (state === undefined && isImport) throw refused("read", id, NOTHING_TO_IMPORT);
    // An empty id tells the engine that the resource is gone.
    if (state === undefined) return new messages.ReadResponse();
    const response = new messages.ReadResponse().setId(id).setProperties(withSecrets(state, secrets));
    return response.setInputs(isImport ? toStruct({ userName: id }, secrets) : request.getInputs());
  }

  async update(request: messages.UpdateRequest): Promise<messages.UpdateResponse> {
    const lifecycle = this.#lifecycleOf(request);
    const applied = stateIn(fromStruct(request.getOlds()));
    const { values, secrets } = fromStruct(request.getNews());
    const declared = values as unknown as Declaration;
    const outs = request.getPreview() ? predicted(declared, applied) : await lifecycle.update(applied, declared);
    return new messages.UpdateResponse().setProperties(withSecrets(outs, secrets));
  }

  async delete(request: messages.DeleteRequest): Promise<void> {
    const lifecycle = this.#lifecycleOf(request);
    const applied = { ...stateIn(fromStruct(request.getProperties())), userName: request.getId() };
    await lifecycle.delete(applied, request.getUrn());
  }

  #lifecycleOf(request: { getUrn(): string }): LoginProfileLifecycle {
    const type = request.getUrn().split("::")[2]?.split("$").at(-1);
    if (type !== LOGIN_PROFILE.plugin)
      throw new LoginProfileError(`This provider knows ${LOGIN_PROFILE.plugin}, and not ${type}.`);
    if (this.#lifecycle === undefined) throw new LoginProfileError("The provider has not been configured.");
    return this.#lifecycle;
  }
}

const NOTHING_TO_IMPORT =
  "the user has none, or there is no such user. Correct the name, or leave the import and declare a password.";

function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** By the resources' URNs, for the engine checks a resource that it replaces twice. */
function declaredTwice(run: Run, urn: string, { userName, connection }: PreviewedDeclaration): Problem[] {
  const reason =
    typeof userName === "string" ? run.declare(userName, connection, { urn, name: nameIn(urn) }) : undefined;
  return reason === undefined ? [] : [{ property: "userName", reason, secret: false }];
}

function stateIn({ values }: Opened): LoginProfileState {
  return values as unknown as LoginProfileState;
}

function changes(some: boolean): messages.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  return new messages.DiffResponse().setChanges(some ? DIFF_SOME : DIFF_NONE);
}

/** The hash is secret always, and what was given as a secret stays one. */
function withSecrets(properties: Properties | object, secrets: ReadonlySet<string>): Struct {
  return toStruct(properties, new Set([...secrets, "passwordHash"]));
}
