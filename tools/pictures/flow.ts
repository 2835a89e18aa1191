/** Draws the way of a password, for light and dark pages: docs/pictures/flow-*.svg. */

interface Palette {
  page: string;
  box: string;
  line: string;
  text: string;
  quiet: string;
  accent: string;
  panel: string;
}

export const PALETTES: Record<"light" | "dark", Palette> = {
  light: {
    page: "#ffffff",
    box: "#f6f8fa",
    line: "#6e7781",
    text: "#1f2328",
    quiet: "#57606a",
    accent: "#0550ae",
    panel: "#ffffff",
  },
  dark: {
    page: "#0d1117",
    box: "#161b22",
    line: "#8b949e",
    text: "#e6edf3",
    quiet: "#9da7b1",
    accent: "#79c0ff",
    panel: "#0d1117",
  },
};

const WIDTH = 480;
const MARGIN = 16;
const GAP = 58;

interface Box {
  title: string;
  lines: string[];
  /** A frame within the box. */
  panel?: { title: string; lines: string[] };
  /** What goes on to the next one. */
  passes?: string;
}

const WAY: Box[] = [
  { title: "Your program", lines: ["has the password, and seals it"], passes: "sealed text" },
  {
    title: "Pulumi engine",
    lines: ["passes it on; its logs, plans and", "transforms see the sealed text only"],
    panel: { title: "State", lines: ["passwordHash (encrypted)", "passwordVersion: 2", "createDate, accountId"] },
    passes: "sealed text",
  },
  { title: "Provider", lines: ["opens it, in its memory alone"], passes: "password, under TLS" },
  { title: "AWS IAM", lines: ["CreateLoginProfile, UpdateLoginProfile"] },
];

/** The picture as SVG. Its letters are large enough for a telephone. */
export function flow(palette: Palette): string {
  let y = MARGIN;
  const parts: string[] = [];
  for (const { title, lines, panel, passes } of WAY) {
    const own = 46 + lines.length * 24;
    const height = own + (panel === undefined ? 0 : 48 + panel.lines.length * 24);
    parts.push(box(MARGIN, y, WIDTH - 2 * MARGIN, height, palette.box, palette));
    parts.push(text(MARGIN + 18, y + 32, title, palette.text, 21, 600));
    lines.forEach((line, index) => {
      parts.push(text(MARGIN + 18, y + 58 + index * 24, line, palette.quiet, 18));
    });
    if (panel !== undefined) {
      const top = y + own + 2;
      parts.push(box(MARGIN + 18, top, WIDTH - 2 * MARGIN - 36, 34 + panel.lines.length * 24, palette.panel, palette));
      parts.push(text(MARGIN + 34, top + 26, panel.title, palette.text, 18, 600));
      parts.push(text(WIDTH - MARGIN - 34, top + 26, "no password", palette.accent, 18, 600, "end"));
      panel.lines.forEach((line, index) => {
        parts.push(text(MARGIN + 34, top + 50 + index * 24, line, palette.quiet, 17));
      });
    }
    y += height;
    if (passes !== undefined) {
      parts.push(`<path d="M80 ${y}v${GAP - 8}" stroke="${palette.accent}" stroke-width="3"/>`);
      parts.push(`<path d="M71 ${y + GAP - 14}h18l-9 14z" fill="${palette.accent}"/>`);
      parts.push(text(102, y + GAP / 2 + 6, passes, palette.accent, 18));
      y += GAP;
    }
  }
  const height = y + MARGIN;
  const about =
    "The program seals the password, the engine passes sealed text on, the provider opens it and calls IAM.";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="-apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,sans-serif">
<title>The way of a password</title>
<desc>${about}</desc>
<rect width="${WIDTH}" height="${height}" fill="${palette.page}"/>
${parts.join("\n")}
</svg>
`;
}

function box(x: number, y: number, width: number, height: number, fill: string, { line }: Palette): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="${fill}" stroke="${line}"/>`;
}

function text(x: number, y: number, words: string, fill: string, size: number, weight = 400, anchor = "start"): string {
  return `<text x="${x}" y="${y}" fill="${fill}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}">${words}</text>`;
}
