/** How the time that something takes grows with what it is given. */

/** Below this a measurement says more of the machine than of the code. */
const NOISE_MS = 25;
const ATTEMPTS = 6;

/** By how much longer it takes for twice the text: about 2 if it looks at each character once, 4 if at each for each. */
export async function growth(read: (text: string) => unknown, textOf: (length: number) => string, length: number) {
  const [once, twice] = [textOf(length), textOf(2 * length)];
  // What else a process does only adds to a cost, so the least of several says most.
  let [before, after] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    before = Math.min(before, await costOf(() => read(once)));
    after = Math.min(after, await costOf(() => read(twice)));
    if (after < NOISE_MS) return 1;
    if (after / before < 3) break;
  }
  return after / before;
}

/** Milliseconds of computing, which does not count what else the machine does. */
async function costOf(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
