import { awsSettings } from "../aws/aws-settings";
import { SETTINGS, type SettingName, type SettingsSource, setting } from "../aws/settings";
import { LoginProfileError } from "../common/errors";
import { nearest } from "../common/nearest";
import { isKnown } from "../common/unknown";
import type { Properties } from "../common/values";

/** What a provider resource can be given, and what the stack's configuration may say under the plugin's own name. */
export const NAMES = Object.keys(SETTINGS) as SettingName[];

export const SECRET_SETTINGS = NAMES.filter((name) => SETTINGS[name].kind.secret);

/**
 * The settings of a provider resource. The engine hands a plugin what that says, or, for the default provider, what the
 * stack's configuration says under the plugin's own name; `aws:*` does not reach it.
 */
export function pluginSettings(args: Properties): SettingsSource {
  return {
    read(name) {
      const value = Object.hasOwn(SETTINGS, name) ? args[name] : undefined;
      return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
    },
    nameOf: pluginKeyOf,
  };
}

/** The name of a setting of the plugin in a stack's configuration. */
export function pluginKeyOf(name: SettingName): string {
  return `aws-login-profile:${name}`;
}

/** What is wrong with the settings: all that are unknown to us, and the first of those that contradict each other or cannot be used. */
export function settingsProblems(args: Properties): string[] {
  const unknown = Object.keys(args).filter((name) => !Object.hasOwn(SETTINGS, name) && !OF_THE_ENGINE.includes(name));
  const problems = unknown.map((name) => {
    const meant = nearest(name, NAMES);
    return `${name} is not a setting of the provider. ${meant === undefined ? "Remove it." : `Did you mean ${meant}?`}`;
  });
  // What a preview does not know yet is left to the update: it may be what the others ask for.
  if (!isKnown(args)) return problems;
  try {
    const settings = pluginSettings(args);
    awsSettings(settings);
    for (const name of NAMES) setting(settings, name);
  } catch (error) {
    if (!(error instanceof LoginProfileError)) throw error;
    problems.push(error.message);
  }
  return problems;
}

/** What the engine adds to what the program says. */
const OF_THE_ENGINE = ["version", "pluginDownloadURL", "__internal"];
