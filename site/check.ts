/**
 * Looks at the built site in a browser: every page opens without an error, links and anchors lead somewhere, the search finds
 * what people look for, and the front page fits a telephone. Without a Chromium on the path it says so, and looks at nothing.
 * Screenshots are in .tmp/site-pictures.
 */
import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, globSync, mkdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { chromium, type Page } from "playwright-core";

const SITE = join(import.meta.dirname, "..", ".tmp", "site");
const PICTURES = join(import.meta.dirname, "..", ".tmp", "site-pictures");
const TELEPHONE = { width: 360, height: 740 };
const WANTED = "passwordResetRequired";

const browserPath = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim())
  .find((path) => path !== "");
if (browserPath === undefined) {
  console.log("skipped: there is no Chromium on the path, in which the site could be looked at.");
  process.exit(0);
}

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".woff2": "font/woff2",
};

const server = createServer((request, response) => {
  const path = decodeURI(new URL(request.url ?? "/", "http://site").pathname);
  const file = join(SITE, path.endsWith("/") ? `${path}index.html` : path);
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" });
  createReadStream(file).pipe(response);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const home = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

const mistakes: string[] = [];
const anchors = new Map<string, Set<string>>();
const links: { from: string; to: URL }[] = [];

mkdirSync(PICTURES, { recursive: true });
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  let current = "";
  page.on("pageerror", (error) => mistakes.push(`${current}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") mistakes.push(`${current}: ${message.text()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) mistakes.push(`${current}: ${response.url()} answers ${response.status()}`);
  });
  const files = globSync("**/*.html", { cwd: SITE }).filter((file) => file !== "404.html");
  for (const file of files) {
    current = file;
    await page.goto(home + file, { waitUntil: "load" });
    await collect(page);
  }
  for (const { from, to } of links) if (!leadsSomewhere(to)) mistakes.push(`${from}: ${to.pathname}${to.hash}`);

  current = "the search";
  await page.goto(home);
  await page.locator(".VPNavBarSearch button").first().click();
  await page.locator("input.search-input").fill(WANTED);
  await page.locator(".result").first().waitFor();
  const found = await page.locator(".result").allInnerTexts();
  if (!found.some((text) => /reference|login ?profile/i.test(text)))
    mistakes.push(`the search finds ${found.join(", ")}`);
  await page.screenshot({ path: join(PICTURES, "search.png") });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [name, viewport] of Object.entries({ telephone: TELEPHONE, desktop: { width: 1280, height: 900 } })) {
      const context = await browser.newContext({ colorScheme, viewport });
      const small = await context.newPage();
      await small.goto(home, { waitUntil: "networkidle" });
      const width = await small.evaluate(() => document.documentElement.scrollWidth);
      if (width > viewport.width) mistakes.push(`the front page is ${width} pixels wide on a ${name}`);
      await small.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), fullPage: name === "telephone" });
      await context.close();
    }
  }
  console.log(`${files.length} pages, ${links.length} links; screenshots in ${PICTURES}`);
} finally {
  await browser.close();
  server.close();
}
for (const mistake of mistakes) console.error(mistake);
console.log(`${mistakes.length === 0 ? "1 passed, 0 failed" : "0 passed, 1 failed"}`);
process.exit(mistakes.length === 0 ? 0 : 1);

async function collect(page: Page): Promise<void> {
  const { pathname } = new URL(page.url());
  const seen = await page.evaluate(() => ({
    ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
    targets: [...document.querySelectorAll("a[href]")].map((link) => (link as HTMLAnchorElement).href),
  }));
  anchors.set(pathname, new Set(seen.ids));
  for (const target of seen.targets) {
    const to = new URL(target);
    if (to.origin === new URL(home).origin) links.push({ from: pathname, to });
  }
}

function leadsSomewhere({ pathname, hash }: URL): boolean {
  const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
  const there = anchors.get(path);
  if (there === undefined) return existsSync(join(SITE, decodeURI(path)));
  return hash === "" || there.has(decodeURIComponent(hash.slice(1)));
}
