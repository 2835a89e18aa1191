/** What the engine asks of a resource with many login profiles, in terms of their lifecycle. */
import messages from "@pulumi/pulumi/proto/provider_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { LoginProfileError } from "../common/errors";
import { failure, type Problem } from "../common/problem";
import { isMap } from "../common/values";
import { withoutEchoes } from "../lifecycle/many/echo";
import { idOf } from "../lifecycle/many/entries";
import type { LoginProfilesLifecycle, ProfilesDifference } from "../lifecycle/many/lifecycle";
import type { AppliedProfiles, DeclaredProfiles, PreviewedProfiles } from "../lifecycle/many/model";
import { PartlyDone } from "../lifecycle/many/partly-done";
import { named } from "../lifecycle/many/validation";
import { InitFailed } from "./init-failed";
import { changes, nameIn, placeOf } from "./requests";
import { fromStruct, type Path, toStructWith } from "./values";

const { Kind } = messages.PropertyDiff;

export async function checkProfiles(
  lifecycle: LoginProfilesLifecycle,
  request: messages.CheckRequest,
): Promise<messages.CheckResponse> {
  const { values: previous } = fromStruct(request.getOlds());
  const { values, secretPaths } = fromStruct(request.getNews());
  const { args, facts } = withoutEchoes(values, previous);
  const urn = request.getUrn();
  const checked = await lifecycle.check(previous, args, { ...facts, ...placeOf(urn) }, urn);
  const problems = "problems" in checked ? checked.problems : declaredTwice(lifecycle, urn, checked.declaration);
  const response = new messages.CheckResponse();
  if ("declaration" in checked && problems.length === 0) {
    return response.setInputs(withSecrets(checked.declaration, secretPaths));
  }
  return response.setFailuresList(
    problems
      .map(failure)
      .map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason)),
  );
}

export async function diffProfiles(
  lifecycle: LoginProfilesLifecycle,
  request: messages.DiffRequest,
  takesOver: boolean,
): Promise<messages.DiffResponse> {
  const applied = stateIn(request.getOlds());
  const declared = fromStruct(request.getNews()).values as unknown as PreviewedProfiles;
  const difference = await lifecycle.diff(applied, declared, takesOver);
  const details = detailsOf(difference, declared);
  const response = changes(details.length > 0)
    .setDeletebeforereplace(true)
    .setHasdetaileddiff(true);
  for (const [path, kind] of details) {
    const [property = ""] = path;
    if (!response.getDiffsList().includes(property)) response.addDiffs(property);
    if (kind === Kind.UPDATE_REPLACE) response.addReplaces(property);
    response.getDetaileddiffMap().set(inWords(path), new messages.PropertyDiff().setKind(kind));
  }
  return response;
}

type Detail = [path: Path, kind: messages.PropertyDiff.Kind];

function detailsOf(
  { connection, account, added, removed, changed, unknown }: ProfilesDifference,
  declared: PreviewedProfiles,
) {
  const details: Detail[] = [
    ...added.map((userName): Detail => [["profiles", userName], Kind.ADD]),
    ...removed.map((userName): Detail => [["profiles", userName], Kind.DELETE]),
  ];
  for (const { userName, password, passwordResetRequired } of changed) {
    // The version says all that may be said of a password.
    if (password) details.push([["profiles", userName, "passwordVersion"], Kind.UPDATE]);
    if (passwordResetRequired) details.push([flagOf(userName, declared), Kind.UPDATE]);
  }
  if (connection) details.push([["connection"], account ? Kind.UPDATE_REPLACE : Kind.UPDATE]);
  else if (account) details.push([["accountId"], Kind.UPDATE_REPLACE]);
  if (unknown) details.push([["profiles"], Kind.UPDATE]);
  return details;
}

/** Where the flag of a profile is declared: with it, or with all. */
function flagOf(userName: string, { profiles }: PreviewedProfiles): Path {
  const own = isMap(profiles) ? profiles[userName] : undefined;
  return isMap(own) && own.passwordResetRequired !== undefined
    ? ["profiles", userName, "passwordResetRequired"]
    : ["passwordResetRequired"];
}

/** As Pulumi writes paths: a user's name may hold dots. */
function inWords([first, ...rest]: Path): string {
  return [first, ...rest.map((key) => (/^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`))].join("");
}

export async function createProfiles(
  lifecycle: LoginProfilesLifecycle,
  request: messages.CreateRequest,
): Promise<messages.CreateResponse> {
  const { values, secretPaths } = fromStruct(request.getProperties());
  if (request.getPreview()) {
    const outs = lifecycle.predicted(values as unknown as PreviewedProfiles);
    return new messages.CreateResponse().setProperties(withSecrets(outs, secretPaths));
  }
  const state = await told(secretPaths, lifecycle.create(values as unknown as DeclaredProfiles, request.getUrn()));
  return new messages.CreateResponse().setId(idOf(state)).setProperties(withSecrets(state, secretPaths));
}

export async function readProfiles(
  lifecycle: LoginProfilesLifecycle,
  request: messages.ReadRequest,
): Promise<messages.ReadResponse> {
  const { values, secretPaths } = fromStruct(request.getProperties());
  if (values.profiles === undefined) throw new LoginProfileError(NOT_TO_BE_IMPORTED);
  const state = await lifecycle.read(values as unknown as AppliedProfiles);
  const response = new messages.ReadResponse().setId(request.getId()).setProperties(withSecrets(state, secretPaths));
  return response.setInputs(request.getInputs());
}

const NOT_TO_BE_IMPORTED =
  "Many login profiles cannot be imported. Declare them with adoptExisting: true, which takes over those that exist.";

export async function updateProfiles(
  lifecycle: LoginProfilesLifecycle,
  request: messages.UpdateRequest,
): Promise<messages.UpdateResponse> {
  const applied = stateIn(request.getOlds());
  const { values, secretPaths } = fromStruct(request.getNews());
  if (request.getPreview()) {
    const outs = lifecycle.predicted(values as unknown as PreviewedProfiles, applied);
    return new messages.UpdateResponse().setProperties(withSecrets(outs, secretPaths));
  }
  const declared = values as unknown as DeclaredProfiles;
  const state = await told(secretPaths, lifecycle.update(applied, declared, request.getUrn()));
  return new messages.UpdateResponse().setProperties(withSecrets(state, secretPaths));
}

export async function deleteProfiles(
  lifecycle: LoginProfilesLifecycle,
  request: messages.DeleteRequest,
): Promise<void> {
  await lifecycle.delete(stateIn(request.getProperties()), request.getUrn());
}

/** Of a step that was partly carried out, the engine keeps what there is now, if it is told so in its own terms. */
async function told(secretPaths: Path[], step: Promise<AppliedProfiles>): Promise<AppliedProfiles> {
  try {
    return await step;
  } catch (error) {
    if (!(error instanceof PartlyDone)) throw error;
    throw new InitFailed(error.message, idOf(error.state), withSecrets(error.state, secretPaths), error.reasons);
  }
}

function declaredTwice(lifecycle: LoginProfilesLifecycle, urn: string, declared: PreviewedProfiles): Problem[] {
  const by = { type: "LoginProfiles", urn, name: nameIn(urn) } as const;
  const userNames = isMap(declared.profiles) ? Object.keys(declared.profiles) : [];
  return userNames.flatMap((userName) => {
    const reason = lifecycle.run.declare(userName, declared.connection, by);
    return reason === undefined ? [] : named(userName, [{ property: "profiles", reason, secret: true }]);
  });
}

function stateIn(struct: Struct | undefined): AppliedProfiles {
  return fromStruct(struct).values as unknown as AppliedProfiles;
}

/** The hashes are secret always, and what was given as a secret stays one. */
function withSecrets(properties: object, secretPaths: Path[]): Struct {
  return toStructWith(properties, [...secretPaths, ["passwordHashes"]]);
}
