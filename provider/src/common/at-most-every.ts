/** Passes on a line if none was passed on for so many milliseconds. */
export function atMostEvery(milliseconds: number, pass: (line: string) => void): (line: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (line) => {
    const now = Date.now();
    if (now - last < milliseconds) return;
    last = now;
    pass(line);
  };
}
