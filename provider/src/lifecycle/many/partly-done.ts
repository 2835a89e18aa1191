import { LoginProfileError } from "../../common/errors";
import type { AppliedProfiles } from "./model";

/** A step that was carried out for some profiles and failed for others. */
export class PartlyDone extends LoginProfileError {
  constructor(
    /** What there is now. */
    readonly state: AppliedProfiles,
    /** A sentence for each that failed, which names its user. */
    readonly reasons: string[],
  ) {
    super(allOf(reasons));
  }
}

/** One text of what failed. */
export function allOf(reasons: string[]): string {
  if (reasons.length === 1) return reasons.join("");
  return [`${reasons.length} login profiles:`, ...reasons.map((reason) => `- ${reason}`)].join("\n");
}
