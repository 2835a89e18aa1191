/** What a text such as `proxy.example.com:3128` says of a proxy. */
import { LoginProfileError } from "../common/errors";

/** A proxy, with its user kept out of the URL: the bytes of its name and password. */
export interface ProxyAddress {
  url: URL;
  user: Buffer;
  password: Buffer;
  /** For errors: where it is, and who says so. */
  name: string;
}

const SCHEMES = ["http:", "https:", "socks5:", "socks5h:"];
const DEFAULT_PORTS: Record<string, number> = { "http:": 80, "https:": 443 };
const SOCKS_PORT = 1080;

/** The proxy that a text such as `proxy.example.com:3128` names. Throws for one that cannot be used, without quoting it: it may hold a password. */
export function proxyIn(text: string, from: string): ProxyAddress {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || url.hostname === "" || !/^\/?$/.test(url.pathname + url.search + url.hash)) {
    throw unusable(
      from,
      "is not the host and port of a proxy, such as http://proxy.example.com:3128. In a user name or password, write / as %2F, " +
        "# as %23, ? as %3F and @ as %40",
    );
  }
  if (!SCHEMES.includes(url.protocol))
    throw unusable(from, "must begin with http://, https://, socks5:// or socks5h://");
  const [user, password] = [bytes(url.username), bytes(url.password)];
  url.username = "";
  url.password = "";
  const port = url.port || (DEFAULT_PORTS[url.protocol] ?? SOCKS_PORT);
  return { url, user, password, name: `${url.hostname}:${port} (${from})` };
}

function unusable(from: string, why: string): LoginProfileError {
  return new LoginProfileError(`The proxy that ${from} names cannot be used: it ${why}. Correct it, or unset it.`);
}

/** What a part of a URL stands for; a `%` that begins no code stands for itself. */
function bytes(part: string): Buffer {
  const plain = part.replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(plain, "latin1");
}
