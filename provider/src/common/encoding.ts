/** How the texts that people save are encoded, as far as a byte order mark tells. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "utf-32le" | "utf-32be";

/** The encoding that the byte order mark names; UTF-8 where there is none. */
export function encodingOf(bytes: Uint8Array): Encoding {
  return MARKS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte))?.[1] ?? "utf-8";
}

/** UTF-32's come first: one of them begins as one of UTF-16 does. */
const MARKS: [mark: number[], encoding: Encoding][] = [
  [[0xff, 0xfe, 0, 0], "utf-32le"],
  [[0, 0, 0xfe, 0xff], "utf-32be"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];
