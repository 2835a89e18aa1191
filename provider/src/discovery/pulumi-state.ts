/** Login profiles of `@pulumi/aws` in what `pulumi stack export` prints. */
import { given, isMap, type Properties } from "../common/values";
import { type ManagedProfile, type ManagedProfiles, madeWith, maps, parted, text } from "./managed";
import { shellWord } from "./quoting";

const TYPE = "aws:iam/userLoginProfile:UserLoginProfile";

export function pulumiProfiles(deployment: Properties): ManagedProfiles {
  const resources = maps(deployment.resources);
  const all = resources.filter(({ type }) => type === TYPE);
  const condemned = all.filter((resource) => resource.delete === true);
  const others = all.filter((resource) => resource.delete !== true && whyNot(resource) !== undefined);
  const taken = all.filter((resource) => resource.delete !== true && whyNot(resource) === undefined);
  const profiles = taken.map(profileOf);
  const { toForget, leftOut } = parted(profiles, condemned.map(profileOf));
  return {
    tool: "Pulumi",
    profiles,
    leftOut: [
      ...leftOut.map(
        ({ address }) => `${address} is left out: it has been replaced, and the next \`pulumi up\` deletes it.`,
      ),
      ...others.map((resource) => `${resource.urn} is left out: ${whyNot(resource)}.`),
    ],
    cautions: [
      ...toForget.map(
        ({ address, userName }) =>
          `${address} has been replaced, and the next \`pulumi up\` would delete the login profile of "${userName}" with it. ` +
          "Take it out of the state first: pulumi stack export, an editor, pulumi stack import.",
      ),
      ...dependents(resources, new Set(profiles.map(({ address }) => address))),
    ],
    forgetting: taken.map(({ urn, protect }) =>
      ["pulumi state delete", shellWord(String(urn)), "--yes", ...(protect === true ? ["--force"] : [])].join(" "),
    ),
  };
}

/** Why a resource is not taken over; undefined where it is. */
function whyNot({ pendingReplacement, external }: Properties): string | undefined {
  if (pendingReplacement === true) return "it has been deleted, and was about to be made again";
  return external === true ? "it is only read there, and managed elsewhere" : undefined;
}

/** The id is the user's name, also where the program has made a secret of that. */
function profileOf({ urn, id, inputs, outputs }: Properties): ManagedProfile {
  const { user, pgpKey, passwordLength, passwordResetRequired } = {
    ...(isMap(outputs) ? outputs : {}),
    ...(isMap(inputs) ? inputs : {}),
  } as Properties;
  return {
    address: String(urn),
    ...given({ userName: text(user) ?? text(id) }),
    ...madeWith(pgpKey, passwordLength, passwordResetRequired),
  };
}

/** The engine forgets nothing that another resource depends on, or with it the other one too. */
function dependents(resources: Properties[], urns: Set<string>): string[] {
  return resources.flatMap((resource) => {
    if (urns.has(String(resource.urn))) return [];
    const needs = new Set([
      ...strings(resource.dependencies),
      ...Object.values(isMap(resource.propertyDependencies) ? resource.propertyDependencies : {}).flatMap(strings),
      ...strings([resource.parent, resource.deletedWith]),
    ]);
    const needed = [...needs].filter((urn) => urns.has(urn));
    return needed.length === 0
      ? []
      : [
          `${resource.urn} depends on ${needed.join(", ")}. Have the program say so no more, and run \`pulumi up\`, before the ` +
            "commands: with --target-dependents the engine would forget it, too.",
        ];
  });
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
