/** The site: `make site` writes it into .tmp/site. */
import { readFileSync } from "node:fs";
import { slug } from "github-slugger";
import { defineConfig } from "vitepress";

/** The pages that an index names in its tables or lists, in its order. */
function pagesOf(index: string, folder: string): { text: string; link: string }[] {
  const links = readFileSync(new URL(`../../${index}`, import.meta.url), "utf8").matchAll(/\[([^\]]+)\]\(([^)#:]+)\)/g);
  const seen = new Set<string>();
  return [...links]
    .map(([, text = "", target = ""]) => ({ text, link: `/${folder}/${target.replace(/README\.md$/, "")}` }))
    .filter(({ link }) => !link.includes("..") && !seen.has(link) && seen.add(link));
}

const docs = pagesOf("docs/README.md", "docs");

export default defineConfig({
  title: "pulumi-aws-login-profile",
  description: "The console password of an AWS IAM user as a Pulumi resource; the password never enters the state",
  // None; browsers would ask for one.
  head: [["link", { rel: "icon", href: "data:," }]],
  srcDir: ".source",
  outDir: "../.tmp/site",
  cacheDir: "../.tmp/site-cache",
  // Where GitHub serves a project's pages: /NAME/.
  base: process.env.SITE_BASE ?? "/",
  markdown: { anchor: { slugify: (text: string) => slug(text) }, toc: { slugify: slug } as never },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Docs", link: "/docs/" },
      { text: "Examples", link: "/examples/" },
      { text: "API", link: "/api/" },
    ],
    sidebar: [
      { text: "Quick start", link: "/" },
      { text: "Docs", items: docs.filter(({ link }) => !/guides|decisions|bench/.test(link)) },
      { text: "Guides", items: docs.filter(({ link }) => link.includes("/guides/")) },
      { text: "Examples", link: "/examples/" },
      { text: "API", link: "/api/" },
      { text: "Decisions", link: "/docs/decisions/" },
    ],
  },
});
