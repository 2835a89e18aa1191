/**
 * What the embedded IAM lacks, as a server in front of it: it does not tell upper case from lower in the names of users, and
 * renames them in place with all that they have.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export class RenamingIam {
  /** The name behind each name in front, in lower case; the names in front as they are spelt, by those behind. */
  readonly #behind = new Map<string, string>();
  readonly #spelt = new Map<string, string>();
  readonly #server: Server;

  private constructor(target: string) {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = new URLSearchParams(Buffer.concat(chunks).toString());
      const asked = body.get("UserName");
      if (asked !== null) body.set("UserName", this.#behind.get(asked.toLowerCase()) ?? asked);
      const answer = await fetch(target, {
        method: "POST",
        headers: {
          authorization: `${request.headers.authorization}`,
          "content-type": `${request.headers["content-type"]}`,
        },
        body: body.toString(),
      });
      const text = (await answer.text()).replace(/(?<=<UserName>)[^<]*/, (name) => this.#spelt.get(name) ?? name);
      response.writeHead(answer.status, { "content-type": "text/xml" });
      response.end(text);
    });
  }

  static async start(target: string): Promise<RenamingIam> {
    const iam = new RenamingIam(target);
    await new Promise<void>((resolve) => iam.#server.listen(0, "127.0.0.1", resolve));
    return iam;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Makes a user of the server behind known here under another name, and no longer under its own. */
  rename(from: string, to: string): void {
    const behind = this.#behind.get(from.toLowerCase()) ?? from;
    this.#behind.set(from.toLowerCase(), "nobody");
    this.#behind.set(to.toLowerCase(), behind);
    this.#spelt.set(behind, to);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
