/** The outer form of OpenPGP data, as far as it takes to tell keys from what else there is. Source: RFC 9580, 4.2 and 5.5.2. */

/** One key: its primary key and all that follows it. */
export interface KeyBytes {
  bytes: Uint8Array;
  /** What is not known of its primary key, such as `version 5`; undefined if all is. */
  stranger: string | undefined;
  /** The same of its subkeys. */
  strangeSubkeys: string[];
}

/** What there is in a text; `cut` are keys whose end is missing. */
export type Content = KeyBytes[] | "private" | "message" | "signature" | "cut" | "unreadable";

const SIGNATURE = 2;
const PUBLIC_KEY = 6;
const PUBLIC_SUBKEY = 14;
const PRIVATE = [5, 7];
/** Session keys, encrypted to a key or a passphrase, which messages begin with. */
const MESSAGE = [1, 3];
const NONE = -1;

/** Versions that packets of these kinds have or had: what begins otherwise is something else. */
const EVER = [2, 3, 4, 5, 6];
const VERSIONS = [4, 6];
/** RSA, ElGamal, DSA, ECDH, ECDSA, EdDSA, X25519, X448, Ed25519, Ed448. Whether they are good enough is another question. */
const ALGORITHMS = [1, 2, 3, 16, 17, 18, 19, 22, 25, 26, 27, 28];
/** 8 is GnuPG's Kyber (LibrePGP), the others are of RFC 9980. */
const POST_QUANTUM = [8, 30, 31, 32, 33, 34, 35, 36];

export function contentOf(bytes: Buffer): Content {
  const packets = packetsIn(bytes);
  const [first] = packets;
  if (packets.some(({ tag, body }) => PRIVATE.includes(tag) && EVER.includes(body[0] ?? 0))) return "private";
  if (first === undefined || !EVER.includes(first.body[0] ?? 0)) return "unreadable";
  if (MESSAGE.includes(first.tag)) return "message";
  if (first.tag === SIGNATURE) return "signature";
  if (first.tag !== PUBLIC_KEY || packets.some(({ tag }) => tag === NONE)) return "unreadable";
  if (packets.some(({ isWhole }) => !isWhole)) return "cut";
  const starts = packets.flatMap(({ tag }, at) => (tag === PUBLIC_KEY ? [at] : []));
  return starts.map((start, at) => keyOf(bytes, packets.slice(start, starts[at + 1])));
}

function keyOf(bytes: Buffer, packets: Packet[]): KeyBytes {
  const [stranger] = packets.map(strangerIn);
  const subkeys = packets.filter(({ tag }) => tag === PUBLIC_SUBKEY);
  return {
    bytes: bytes.subarray(packets[0]?.start, packets.at(-1)?.end),
    stranger,
    strangeSubkeys: subkeys.map(strangerIn).filter((one) => one !== undefined),
  };
}

/** The version of a key stands in the first byte, its algorithm in the sixth. */
function strangerIn({ body }: Packet): string | undefined {
  const [version = 0, , , , , algorithm = 0] = body;
  if (POST_QUANTUM.includes(algorithm)) return "a post-quantum algorithm";
  if (!VERSIONS.includes(version)) return `version ${version}`;
  return ALGORITHMS.includes(algorithm) ? undefined : `algorithm ${algorithm}`;
}

interface Packet {
  tag: number;
  body: Uint8Array;
  start: number;
  end: number;
  isWhole: boolean;
}

/** All packets up to the first that is cut, or is none. */
function packetsIn(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  for (let start = 0; start < bytes.length; ) {
    const { tag, from, length } = headerAt(bytes, start);
    const end = from + length;
    const isWhole = end <= bytes.length;
    packets.push({ tag, body: bytes.subarray(from, end), start, end, isWhole });
    if (!isWhole) break;
    start = end;
  }
  return packets;
}

/** The tag, where the body begins, and how long it is: NaN where the header is cut, or does not tell. */
function headerAt(bytes: Buffer, start: number): { tag: number; from: number; length: number } {
  const numberAt = (at: number, size: number) => (at + size <= bytes.length ? bytes.readUIntBE(at, size) : Number.NaN);
  const header = numberAt(start, 1);
  if ((header & 0x80) === 0) return { tag: NONE, from: start, length: Number.NaN };
  if ((header & 0x40) === 0) {
    const size = [1, 2, 4][header & 3];
    const length = size === undefined ? Number.NaN : numberAt(start + 1, size);
    return { tag: (header >> 2) & 15, from: start + 1 + (size ?? 0), length };
  }
  const tag = header & 63;
  const first = numberAt(start + 1, 1);
  if (first === 255) return { tag, from: start + 6, length: numberAt(start + 2, 4) };
  if (first >= 224) return { tag, from: start + 2, length: Number.NaN };
  if (first >= 192) return { tag, from: start + 3, length: numberAt(start + 1, 2) - 0xc000 + 192 };
  return { tag, from: start + 2, length: first };
}
