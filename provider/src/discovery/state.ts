/**
 * What the state of another tool says of login profiles. Of each only what is named here is taken: a state holds passwords
 * too, in the clear or encrypted, and none of them goes any further; nor is a value of the state quoted in a message, but
 * for names, addresses and URNs.
 */
import { LoginProfileError } from "../common/errors";
import { isMap, type Properties } from "../common/values";
import type { ManagedProfiles } from "./managed";
import { pulumiProfiles } from "./pulumi-state";
import { terraformProfiles } from "./terraform-state";

/**
 * Reads a state, whichever tool it is of.
 *
 * @param file What messages call it.
 * @throws LoginProfileError if it is none, or of a kind that cannot be read: which, and what to give instead.
 */
export function managedProfiles(text: string, file: string): ManagedProfiles {
  const state = parsed(text, file);
  const refusal = refusalOf(state);
  if (refusal !== undefined) throw new LoginProfileError(`${file}: ${refusal}`);
  return isMap(state.deployment) ? pulumiProfiles(state.deployment) : terraformProfiles(state);
}

function parsed(text: string, file: string): Properties {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What the parser says quotes the text, which holds passwords.
  }
  if (isMap(value)) return value;
  throw new LoginProfileError(`${file}: this is not a state: it is no JSON object. ${WHAT_TO_GIVE}`);
}

const WHAT_TO_GIVE =
  "Give what `terraform state pull`, `tofu state pull` or `pulumi stack export` prints, or a terraform.tfstate.";

/** Why something is not read, and what to give instead; undefined for what is. */
function refusalOf(state: Properties): string | undefined {
  const { version } = state;
  if ("encrypted_data" in state) {
    return "this state is encrypted by OpenTofu. Give it decrypted: tofu state pull > state.json";
  }
  if ("resource_changes" in state || "planned_values" in state) {
    return "this is a plan, not a state: it says what will be. Give the state: terraform state pull > state.json";
  }
  if (isMap(state.values) && "format_version" in state) return undefined;
  if ("format_version" in state) return "this is the state of no resources: `terraform show -json` found nothing.";
  if (isMap(state.checkpoint)) {
    return "this is the file of a Pulumi backend. Give the stack's state: pulumi stack export > stack.json";
  }
  if ("deployment" in state) {
    return isMap(state.deployment) ? undefined : "this stack has no state yet: there is nothing to take over.";
  }
  if (isMap(state.backend)) {
    return "this says where the state is, and is not the state. Give that: terraform state pull > state.json";
  }
  if (typeof version === "number" && version < 4 && ("modules" in state || "resources" in state || "serial" in state)) {
    return (
      `this state has format ${version}, of Terraform before 0.12; format 4 is read. Have a newer Terraform convert it, ` +
      "which changes nothing where it is kept: terraform state pull > state.json"
    );
  }
  if (typeof version === "number" && version > 4 && "resources" in state) {
    return `this state has format ${version}, which is newer than this release knows (4). Update pulumi-aws-login-profile.`;
  }
  if (version === 4 && Array.isArray(state.resources)) return undefined;
  return `this is not a state that is known here. ${WHAT_TO_GIVE}`;
}
