/** Tables in Markdown, and figures in them. */

export function markdown(head: string[], rows: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

export const DASH = "–";
const orDash = (value: number, text: string) => (Number.isFinite(value) ? text : DASH);
export const figure = (value: number) => orDash(value, value.toFixed(2));
export const whole = (value: number) => orDash(value, value.toFixed(0));
export const seconds = (milliseconds: number) => orDash(milliseconds, (milliseconds / 1000).toFixed(1));
export const megabytes = (bytes: number) => orDash(bytes, (bytes / 1e6).toFixed(0));
