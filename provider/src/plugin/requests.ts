/** What requests of the engine have in common, whatever resource they are about. */
import messages from "@pulumi/pulumi/proto/provider_pb";

export function changes(some: boolean): messages.DiffResponse {
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  return new messages.DiffResponse().setChanges(some ? DIFF_SOME : DIFF_NONE);
}

/** The name of a resource in its stack. */
export function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The type of a resource, without those of its parents. */
export function typeIn(urn: string): string | undefined {
  return urn.split("::")[2]?.split("$").at(-1);
}

/** Where a resource is, and what it is called there with the types of its parents. */
export function placeOf(urn: string): { stack: string; project: string; name: string } {
  const [stack = "", project = "", ...name] = urn.split("::");
  return { stack: stack.replace(/^urn:pulumi:/, ""), project, name: name.join("::") };
}
