/** A proxy in front of the embedded IAM, which hands out every list as a whole, that hands out users page by page. */
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export class PagingProxy {
  readonly #server: Server;

  private constructor(target: string, size: number) {
    this.#server = createServer((incoming, outgoing) => pass(incoming, outgoing, target, size));
  }

  /** @param size Users on a page, whatever is asked for: IAM may give fewer than that. */
  static async start(target: string, size: number): Promise<PagingProxy> {
    const proxy = new PagingProxy(target, size);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function pass(incoming: IncomingMessage, outgoing: ServerResponse, target: string, size: number): Promise<void> {
  const body = await textOf(incoming);
  const { Action, Marker = "0" } = Object.fromEntries(new URLSearchParams(body));
  const { method, headers } = incoming;
  forward(new URL(incoming.url ?? "/", target), { method, headers }, async (answer) => {
    const text = await textOf(answer);
    const paged = Action === "ListUsers" ? page(text, Number(Marker), size) : text;
    const { "content-length": _, ...kept } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, kept).end(paged);
  }).end(body);
}

function page(text: string, first: number, size: number): string {
  const members = text.match(/<member>.*?<\/member>/gs) ?? [];
  const end = first + size;
  return text
    .replace(/<Users>.*<\/Users>/s, `<Users>${members.slice(first, end).join("")}</Users>`)
    .replace(
      "<IsTruncated>false</IsTruncated>",
      members.length > end
        ? `<IsTruncated>true</IsTruncated><Marker>${end}</Marker>`
        : "<IsTruncated>false</IsTruncated>",
    );
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
