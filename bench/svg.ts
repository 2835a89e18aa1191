/** The growth curve: wall time of creating by number of resources, as an SVG picture. */
import { BARE, LIKE_OURS, MANY, OURS } from "./contenders/pulumi.ts";
import { TERRAFORM } from "./contenders/terraform.ts";
import { medianOf, type Results, sizesOf } from "./results.ts";

const WIDTH = 760;
const HEIGHT = 400;
const MARGIN = { left: 60, right: 230, top: 40, bottom: 50 };
const COLOURS: Record<string, string> = {
  [OURS]: "#1f6feb",
  [MANY]: "#1a7f37",
  [TERRAFORM]: "#8250df",
  [LIKE_OURS]: "#d29922",
  [BARE]: "#6e7781",
};
const PHASES = { create: "", rotate: "6 4" } as const;

export function drawing(results: Results): string {
  const curves = Object.keys(COLOURS).flatMap((contender) =>
    (Object.keys(PHASES) as (keyof typeof PHASES)[]).map((phase) => ({
      contender,
      phase,
      points: sizesOf(results, contender).map((size): [number, number] => [
        size,
        medianOf(results, contender, size, phase, (one) => one.wallMs) / 1000,
      ]),
    })),
  );
  const all = curves.flatMap(({ points }) => points);
  const largest = Math.max(1, ...all.map(([size]) => size));
  const longest = Math.max(1, ...all.map(([, time]) => time));
  const x = (size: number) => MARGIN.left + (size / largest) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (time: number) => HEIGHT - MARGIN.bottom - (time / longest) * (HEIGHT - MARGIN.top - MARGIN.bottom);

  const parts = [
    text(MARGIN.left, 22, "Wall time of one pulumi up", "start", 15),
    ...ticks(longest).map(
      (time) => `${line(x(0), y(time), x(largest), y(time))}${text(x(0) - 8, y(time) + 4, `${time} s`, "end")}`,
    ),
    ...ticks(largest).map((size) => text(x(size), y(0) + 20, String(size), "middle")),
    text((x(0) + x(largest)) / 2, HEIGHT - 10, "login profiles", "middle"),
  ];
  for (const [index, { contender, phase, points }] of curves.filter(({ points }) => points.length > 0).entries()) {
    const style = `stroke="${COLOURS[contender]}" stroke-width="2" stroke-dasharray="${PHASES[phase]}" fill="none"`;
    parts.push(
      `<polyline points="${points.map(([size, time]) => `${round(x(size))},${round(y(time))}`).join(" ")}" ${style}/>`,
    );
    const top = MARGIN.top + 10 + index * 20;
    const left = WIDTH - MARGIN.right + 12;
    parts.push(`<line x1="${left}" y1="${top}" x2="${left + 24}" y2="${top}" ${style}/>`);
    parts.push(text(left + 30, top + 4, `${contender}: ${phase}`, "start", 11));
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>Wall time of one pulumi up by the number of login profiles</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
${parts.join("\n")}
</svg>
`;
}

/** Round numbers from 0 to the highest, about five of them. */
function ticks(highest: number): number[] {
  const rough = highest / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, index) => index * step);
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="#d0d7de"/>`;
}

function text(x: number, y: number, content: string, anchor: string, size = 12): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${size}">${content}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
