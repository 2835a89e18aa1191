/** Login profiles in a state of Terraform or OpenTofu: format 4 as it is kept, or what `terraform show -json` prints. */
import { printable } from "../common/characters";
import { given, isMap, type Properties } from "../common/values";
import { type ManagedProfile, type ManagedProfiles, madeWith, maps, parted, text } from "./managed";
import { hclText, shellWord } from "./quoting";

/** In the provider `hashicorp/aws`. */
const TYPE = "aws_iam_user_login_profile";

/** One object of the state. */
interface StateObject {
  address: string;
  attributes: unknown;
  /** Set where another object has taken its place already, and it is to be deleted. */
  deposed: unknown;
  provider: unknown;
}

export function terraformProfiles(state: Properties): ManagedProfiles {
  const objects = isMap(state.values) ? shownObjects(state.values.root_module) : keptObjects(state.resources);
  const profiles = objects.filter(({ deposed }) => deposed === undefined).map(profileOf);
  const condemned = objects.filter(({ deposed }) => deposed !== undefined).map(profileOf);
  const { toForget, leftOut } = parted(profiles, condemned);
  const tool = objects.some(({ provider }) => `${provider}`.includes("registry.opentofu.org"))
    ? "OpenTofu"
    : "Terraform";
  return {
    tool,
    profiles,
    leftOut: leftOut.map(
      ({ address }) => `${address} is left out: it is deposed, which means that the next apply deletes it.`,
    ),
    cautions: [],
    forgetting: forgetting(tool === "OpenTofu" ? "tofu" : "terraform", [
      ...new Set([...profiles, ...toForget].map(({ address }) => address)),
    ]),
  };
}

/** A state as it is kept: resources with their instances. */
function keptObjects(resources: unknown): StateObject[] {
  return maps(resources)
    .filter(({ mode, type }) => mode === "managed" && type === TYPE)
    .flatMap(({ module, name, provider, instances }) =>
      maps(instances).map(({ index_key: key, attributes, deposed }) => ({
        address: [module, TYPE, name].filter((part) => part !== undefined).join(".") + indexOf(key),
        attributes,
        deposed,
        provider,
      })),
    );
}

function indexOf(key: unknown): string {
  if (key === undefined || key === null) return "";
  return `[${typeof key === "number" ? key : hclText(String(key))}]`;
}

/** A state as it is shown: a tree of modules, each object with its address. */
function shownObjects(module: unknown): StateObject[] {
  if (!isMap(module)) return [];
  const objects = maps(module.resources)
    .filter(({ mode, type }) => mode === "managed" && type === TYPE)
    .map(({ address, values, deposed_key: deposed, provider_name: provider }) => ({
      address: String(address),
      attributes: values,
      deposed,
      provider,
    }));
  return [...objects, ...maps(module.child_modules).flatMap(shownObjects)];
}

function profileOf({ address, attributes }: StateObject): ManagedProfile {
  const { user, id, pgp_key, password_length, password_reset_required } = isMap(attributes) ? attributes : {};
  return {
    address,
    ...given({ userName: text(user) ?? text(id) }),
    ...madeWith(pgp_key, password_length, password_reset_required),
  };
}

/** Addresses that one command names: each command locks and writes the state. */
const ADDRESSES_AT_ONCE = 50;

function forgetting(command: string, addresses: string[]): string[] {
  const commands = Array.from({ length: Math.ceil(addresses.length / ADDRESSES_AT_ONCE) }, (_, index) =>
    [
      `${command} state rm`,
      ...addresses.slice(index * ADDRESSES_AT_ONCE, (index + 1) * ADDRESSES_AT_ONCE).map(shellWord),
    ].join(" \\\n  "),
  );
  const resources = [...new Set(addresses.map(withoutKeys))];
  return [
    ...commands,
    "# Or, in the configuration, in place of the resources (Terraform 1.7, OpenTofu 1.10 and later):",
    ...resources.map(
      (from) => `# removed {\n#   from = ${printable(from)}\n#   lifecycle {\n#     destroy = false\n#   }\n# }`,
    ),
  ];
}

/** The resource in the configuration, of which an address names one instance. */
function withoutKeys(address: string): string {
  return address.replace(/\[(\d+|"(\\.|[^"\\])*")\]/g, "");
}
