/** How the time that something takes grows with what it is given. */

/** Below this a measurement says more of the machine than of the code. */
const NOISE_MS = 25;
const ATTEMPTS = 3;

/** By how much longer it takes for twice the text: about 2 if it looks at each character once, 4 if at each for each. */
export async function growth(read: (text: string) => unknown, textOf: (length: number) => string, length: number) {
  const [once, twice] = [textOf(length), textOf(2 * length)];
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && least >= 3; attempt++) {
    const [before, after] = [await costOf(() => read(once)), await costOf(() => read(twice))];
    least = Math.min(least, after < NOISE_MS ? 1 : after / before);
  }
  return least;
}

/** Milliseconds of computing, which does not count what else the machine does. */
async function costOf(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
