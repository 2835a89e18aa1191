/** A SOCKS proxy that leads every connection to one port of this machine. Source: RFC 1928 and 1929. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

const [VERSION, NO_USER, BY_PASSWORD, BY_NAME] = [5, 0, 2, 3];

export class Socks {
  /** The hosts and ports that were asked for; addresses as `#` and their kind. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** With a user, as `name:password`, no other is let through. */
  private constructor(
    private readonly port: number,
    private readonly user: string | undefined,
  ) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      this.#serve(socket).catch(() => socket.destroy());
    });
  }

  static async start(to: string, user?: string): Promise<Socks> {
    const socks = new Socks(Number(new URL(to).port), user);
    await new Promise<void>((resolve) => socks.#server.listen(0, "127.0.0.1", resolve));
    return socks;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  async #serve(socket: Socket): Promise<void> {
    const [, methods = 0] = await read(socket, 2);
    await read(socket, methods);
    socket.write(Buffer.from([VERSION, this.user === undefined ? NO_USER : BY_PASSWORD]));
    if (this.user !== undefined) {
      const [, length = 0] = await read(socket, 2);
      const name = await read(socket, length);
      const password = await read(socket, (await read(socket, 1))[0] ?? 0);
      const isKnown = `${name}:${password}` === this.user;
      socket.write(Buffer.from([1, isKnown ? 0 : 1]));
      if (!isKnown) return;
    }
    const [, , , kind] = await read(socket, 4);
    if (kind !== BY_NAME) this.asked.push(`#${kind}`);
    const name = await read(socket, (await read(socket, 1))[0] ?? 0);
    this.asked.push(`${name}:${(await read(socket, 2)).readUInt16BE()}`);
    const onward = connect(this.port, "127.0.0.1", () => {
      socket.write(Buffer.from([VERSION, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
  }
}

async function read(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const chunk: Buffer | null = length === 0 ? Buffer.alloc(0) : socket.read(length);
    if (chunk !== null) return chunk;
    await new Promise((resolve) => socket.once("readable", resolve));
  }
}
