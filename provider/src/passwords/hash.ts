import { createHash, scrypt, timingSafeEqual } from "node:crypto";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { AtATime } from "../common/at-a-time";
import { HASH_COST_LN } from "../common/limits";
import type { Secret } from "./secret";

/** Cost of a new hash: scrypt with N = 2^ln, block size r and parallelism p. */
export interface HashCost {
  ln: number;
  r: number;
  p: number;
}

export const DEFAULT_COST: HashCost = { ln: HASH_COST_LN.usual, r: 8, p: 1 };

const SALT_BYTES = 16;
/** 128 bits tell any two passwords apart. It stands in the state twice, so its bytes are time in large stacks. */
const HASH_BYTES = 16;
const SALT_LABEL = "pulumi-aws-login-profile password salt";

/**
 * Hashes a password for the state, as a PHC string (`$scrypt$ln=…,r=…,p=…$salt$hash`).
 *
 * The salt is derived from user, version and scope rather than drawn: preview and update run in
 * two processes, and a saved plan is refused unless both find the same hash. It is still unique
 * per stack, user and rotation, which is what a salt is for.
 */
export async function hashPassword(
  password: Secret,
  userName: string,
  version: number,
  cost: HashCost = DEFAULT_COST,
  /** Stack and account, where they are known. */
  scope = "",
): Promise<string> {
  const salt = saltOf(userName, version, scope);
  const hash = await derive(password, Buffer.from(salt, "base64"), cost, HASH_BYTES);
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${salt}$${base64(hash)}`;
}

/** The salt of a user's password, as a PHC string carries it. */
export function saltOf(userName: string, version: number, scope: string): string {
  const owner = [SALT_LABEL, userName, version, ...(scope === "" ? [] : [scope])].join("\0");
  return base64(createHash("sha256").update(owner).digest().subarray(0, SALT_BYTES));
}

/** What was found of each password that is still in memory: the steps of a run ask the same of it, and a hash is slow. */
const known = new WeakMap<Secret, Map<string, Promise<boolean>>>();

/** Whether a hash is this password's, by the hash's own salt and cost. False for a text that is no such hash. */
export function isHashOf(phc: string, password: Secret): Promise<boolean> {
  const answers = known.get(password) ?? new Map<string, Promise<boolean>>();
  known.set(password, answers);
  const answer = answers.get(phc) ?? matches(phc, password);
  answers.set(phc, answer);
  return answer;
}

async function matches(phc: string, password: Secret): Promise<boolean> {
  const parsed = parse(phc);
  // A shorter one would be that of many passwords.
  if (parsed === undefined || parsed.hash.length < HASH_BYTES) return false;
  // Earlier releases wrote longer ones.
  const hash = await derive(password, parsed.salt, parsed.cost, parsed.hash.length);
  return timingSafeEqual(hash, parsed.hash);
}

const PHC = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parse(phc: string): { cost: HashCost; salt: Buffer; hash: Buffer } | undefined {
  const [, ln, r, p, salt, hash] = PHC.exec(phc) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
}

const scryptAsync = promisify<string, Buffer, number, object, Buffer>(scrypt);

/**
 * As many as there are processors, but never all the threads that Node.js has for them: these read files and look up names,
 * too, and who asks which account it is must not wait for the passwords of hundreds.
 */
const hashing = new AtATime(Math.max(1, Math.min(availableParallelism(), threads() - 1)));

function threads(): number {
  const set = Number.parseInt(process.env.UV_THREADPOOL_SIZE ?? "", 10);
  return set > 0 ? set : 4;
}

function derive(password: Secret, salt: Buffer, { ln, r, p }: HashCost, bytes: number): Promise<Buffer> {
  const N = 2 ** ln;
  // Node's own limit of 32 MiB would refuse a raised cost; scrypt needs 128·N·r bytes and a little more.
  const options = { N, r, p, maxmem: 256 * N * r + 1024 * r * p };
  return hashing.do(() => scryptAsync(password.reveal(), salt, bytes, options));
}

/** PHC strings carry base64 without padding. */
function base64(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}
