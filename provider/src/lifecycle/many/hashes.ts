/**
 * The hashes of many passwords as one text. A hash is written without what can be told from the rest: its salt is derived
 * from user, version and scope, and its cost stands once for all that have it. One that has another salt is written in full.
 *
 *     ln=10,r=8,p=1 alice tE0cB… bob 6yY3k…;full carol $scrypt$ln=…
 */
import { saltOf } from "../../passwords/hash";

/** A hash as a PHC string, and what its salt is derived from. */
export interface HashOfUser {
  userName: string;
  passwordVersion: number;
  /** Absent where there is none. */
  passwordHash?: string | undefined;
}

const FULL = "full";

/** Empty where there are none. */
export function writeHashes(hashes: HashOfUser[], scope: string): string {
  const groups = new Map<string, string[]>();
  for (const { userName, passwordVersion, passwordHash } of hashes) {
    if (passwordHash === undefined) continue;
    const [, , cost = "", salt, hash = ""] = passwordHash.split("$");
    const isDerived = salt === saltOf(userName, passwordVersion, scope);
    const key = isDerived ? cost : FULL;
    const words = groups.get(key) ?? [];
    words.push(userName, isDerived ? hash : passwordHash);
    groups.set(key, words);
  }
  return [...groups].map(([key, words]) => [key, ...words].join(" ")).join(";");
}

/** The hashes in a text, as PHC strings by user. */
export function readHashes(
  text: string,
  versions: Record<string, { passwordVersion: number }>,
  scope: string,
): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const group of text.split(";")) {
    const [key, ...words] = group.split(" ");
    for (let at = 0; at + 1 < words.length; at += 2) {
      const [userName, hash] = words.slice(at, at + 2) as [string, string];
      const { passwordVersion } = versions[userName] ?? {};
      if (key === FULL) hashes.set(userName, hash);
      else if (passwordVersion !== undefined)
        hashes.set(userName, `$scrypt$${key}$${saltOf(userName, passwordVersion, scope)}$${hash}`);
    }
  }
  return hashes;
}
