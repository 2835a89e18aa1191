/** How the time that something takes grows with what it is given. */

/** Below this a measurement says more of the machine than of the code. */
const NOISE_MS = 25;
const ATTEMPTS = 4;
/** How much longer the longer text is. */
export const TIMES = 4;

/** The power of the text's length with which its reading takes longer: about 1 if it looks at each character once, 2 if at each for each. */
export async function growth(read: (text: string) => unknown, textOf: (length: number) => string, length: number) {
  const [long, short] = [textOf(length), textOf(length / TIMES)];
  // What else a process does only adds to a cost, so the least of several says most.
  let [ofLong, ofShort] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let power = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    ofLong = Math.min(ofLong, await costOf(() => read(long)));
    if (ofLong < NOISE_MS) return 0;
    ofShort = Math.min(ofShort, await costOf(() => read(short)));
    power = Math.log(ofLong / ofShort) / Math.log(TIMES);
    if (power < 1.5) break;
  }
  return power;
}

/** Milliseconds of computing, which does not count what else the machine does. */
async function costOf(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
