/** A proxy in front of an AWS endpoint that keeps each request it forwards, decoded. */
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";

/** One call as the server saw it. */
export interface Call {
  /** The API's name of the operation, such as `CreateLoginProfile`. */
  operation: string;
  parameters: Record<string, string>;
  userAgent: string;
  /** Who signed it, and for which region; undefined where nobody did. */
  accessKey: string | undefined;
  region: string | undefined;
  /** The path or, of a request made to a proxy, the URL that it is meant for. */
  url: string;
  /** The answer's status, once the server has answered. */
  status?: number;
}

/** What a server shows to prove who it is. */
export interface Certificate {
  cert: string;
  key: string;
}

/** An error that the proxy answers in place of the server. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
}

export class RecordingProxy {
  /** Decides which calls the proxy refuses itself, and takes the time it likes. */
  refuse: (call: Call) => Refusal | undefined | Promise<Refusal | undefined> = () => undefined;
  readonly #calls: Call[] = [];
  readonly #server: Server;
  readonly #scheme: string;
  /** Where calls are forwarded to. */
  target: string;

  private constructor(target: string, certificate: Certificate | undefined) {
    this.target = target;
    const handle = (request: IncomingMessage, response: ServerResponse) => this.#handle(request, response);
    this.#server = certificate === undefined ? createServer(handle) : createTlsServer(certificate, handle);
    this.#scheme = certificate === undefined ? "http" : "https";
  }

  /** With a certificate it speaks TLS. */
  static async start(target: string, certificate?: Certificate): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(target, certificate);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The recording proxy is not listening.");
    return `${this.#scheme}://127.0.0.1:${address.port}`;
  }

  /** The calls since the last time this was asked. */
  takeCalls(): Call[] {
    return this.#calls.splice(0);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", async () => {
      const body = Buffer.concat(chunks);
      const call = this.#record(incoming, body.toString("utf8"));
      const refusal = await this.refuse(call);
      if (refusal !== undefined) {
        outgoing.writeHead(refusal.status, { "content-type": "text/xml" });
        outgoing.end(errorResponse(refusal));
        return;
      }
      const onward = forward(
        // A request made to a proxy names its server; here all go to the one behind.
        new URL(new URL(incoming.url ?? "/", this.target).pathname, this.target),
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          if (answer.statusCode !== undefined) call.status = answer.statusCode;
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
          // An answer that breaks off breaks off here too.
          answer.on("error", () => outgoing.destroy());
        },
      );
      onward.on("error", () => outgoing.destroy());
      onward.end(body);
    });
  }

  #record(incoming: IncomingMessage, body: string): Call {
    const { Action: operation = "", Version: _, ...parameters } = Object.fromEntries(new URLSearchParams(body));
    const { authorization = "", "user-agent": userAgent = "" } = incoming.headers;
    const [, accessKey, region] = /Credential=([^/]+)\/\d+\/([^/]+)/.exec(authorization) ?? [];
    const call: Call = { operation, parameters, userAgent, accessKey, region, url: incoming.url ?? "" };
    this.#calls.push(call);
    return call;
  }
}

/** An error as IAM words it on the wire. */
function errorResponse({ code, message }: Refusal): string {
  const text = message.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>refused-by-the-proxy</RequestId></ErrorResponse>`;
}
