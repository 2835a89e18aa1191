/** An HTTP proxy that tunnels every connection to one port of this machine, whatever host was asked for. */
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";

export class Tunnel {
  /** The hosts and ports that were asked for. */
  readonly asked: string[] = [];
  /** The `Proxy-Authorization` of each, if any. */
  readonly authorizations: (string | undefined)[] = [];
  /** What it answers instead of tunnelling. */
  refusal: number | undefined;
  readonly #server: Server;

  private constructor(port: number) {
    this.#server = createServer().on("connect", (request, socket, head) => {
      this.asked.push(request.url ?? "");
      this.authorizations.push(request.headers["proxy-authorization"]);
      if (this.refusal !== undefined) {
        const page = "<html><body>A page of the proxy</body></html>";
        socket.end(`HTTP/1.1 ${this.refusal} No\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
        return;
      }
      const onward = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        onward.write(head);
        socket.pipe(onward).pipe(socket);
      });
      for (const end of [socket, onward]) end.on("error", () => [socket, onward].map((other) => other.destroy()));
    });
  }

  static async start(to: string): Promise<Tunnel> {
    const tunnel = new Tunnel(Number(new URL(to).port));
    await new Promise<void>((resolve) => tunnel.#server.listen(0, "127.0.0.1", resolve));
    return tunnel;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
