/** A folder that this user alone can read, for what processes of one run hand to each other. */
import { lstatSync, mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

const NAME = "pulumi-aws-login-profile";

/** The folder, made if need be: among temporary files, else in the user's own folder; undefined where neither can be had. */
export function privateFolder(temporary = tmpdir(), home = homedir()): string | undefined {
  const owner = process.getuid?.();
  const places = [join(temporary, owner === undefined ? NAME : `${NAME}-${owner}`), join(home, `.${NAME}`)];
  return places.find((folder) => isPrivate(folder, owner));
}

/** One that somebody else owns, that others may read, or that is a link to elsewhere, is none. Windows keeps a user's own folders private. */
function isPrivate(folder: string, owner: number | undefined): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return false;
  }
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) return false;
  return owner === undefined || (found.uid === owner && (found.mode & 0o077) === 0);
}
