/** All that gives or takes AWS credentials, on one local server: IAM, STS, SSO, a container's and an instance's endpoints. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the server saw it. */
export interface Request {
  /** The API's operation, or the method and path of what is none. */
  what: string;
  accessKey: string | undefined;
  /** Of the signature, for which region and when. */
  region: string | undefined;
  signedAt: Date | undefined;
  parameters: Record<string, string>;
}

/** What to answer in place of the usual. */
export interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

export class LocalAws {
  /** Decides about a request; undefined for the usual answer. */
  decide: (request: Request) => Answer | undefined = () => undefined;
  /** How many milliseconds the server's clock is ahead of this machine's. */
  ahead = 0;
  readonly #requests: Request[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#handle(request, response));
  }

  static async start(): Promise<LocalAws> {
    const aws = new LocalAws();
    await new Promise<void>((resolve) => aws.#server.listen(0, "127.0.0.1", resolve));
    return aws;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The requests since the last time this was asked. */
  take(): Request[] {
    return this.#requests.splice(0);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const request = read(incoming, Buffer.concat(chunks).toString("utf8"));
      this.#requests.push(request);
      const { status, body, headers = {} } = this.decide(request) ?? usual(request);
      outgoing.writeHead(status, {
        date: new Date(Date.now() + this.ahead).toUTCString(),
        "content-type": body.startsWith("{") ? "application/json" : "text/xml",
        ...headers,
      });
      outgoing.end(body);
    });
  }
}

/** An error as IAM and STS word it. */
export function awsError(status: number, code: string, message: string, headers: Record<string, string> = {}): Answer {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>id-1</RequestId></ErrorResponse>`;
  return { status, body, headers };
}

function read({ method, url = "/", headers }: IncomingMessage, body: string): Request {
  const { Action, ...parameters } = Object.fromEntries(new URLSearchParams(body));
  const [, accessKey, region] = /Credential=([^/]+)\/\d+\/([^/]+)/.exec(headers.authorization ?? "") ?? [];
  const [, ...time] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(`${headers["x-amz-date"]}`) ?? [];
  const [year, month, ...rest] = time.map(Number);
  const signedAt = year === undefined ? undefined : new Date(Date.UTC(year, (month ?? 1) - 1, ...rest));
  return { what: Action ?? `${method} ${url.split("?")[0]}`, accessKey, region, signedAt, parameters };
}

const LATER = "2099-01-01T00:00:00Z";
const FOUND = { AccessKeyId: "", SecretAccessKey: "secret", Token: "token", Expiration: LATER };

function usual({ what, parameters }: Request): Answer {
  const role = parameters.RoleArn?.split("/").at(-1);
  const body = ANSWERS[what]?.(role ?? "");
  return body === undefined ? { status: 404, body: "{}" } : { status: 200, body };
}

const assumed = (operation: string, key: string) =>
  `<${operation}Response><${operation}Result><Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>` +
  `<SessionToken>token</SessionToken><Expiration>${LATER}</Expiration></Credentials></${operation}Result></${operation}Response>`;

const INSTANCE = "GET /latest/meta-data/iam/security-credentials/";

const ANSWERS: Record<string, (role: string) => string> = {
  GetLoginProfile: () =>
    "<GetLoginProfileResponse><GetLoginProfileResult><LoginProfile><UserName>alice</UserName>" +
    "<CreateDate>2026-01-02T03:04:05Z</CreateDate></LoginProfile></GetLoginProfileResult></GetLoginProfileResponse>",
  GetCallerIdentity: () =>
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
  AssumeRole: (role) => assumed("AssumeRole", `ROLE-${role}`),
  AssumeRoleWithWebIdentity: (role) => assumed("AssumeRoleWithWebIdentity", `WEB-${role}`),
  "GET /federation/credentials": () =>
    JSON.stringify({
      roleCredentials: { accessKeyId: "SSO", secretAccessKey: "s", sessionToken: "t", expiration: Date.parse(LATER) },
    }),
  "GET /container": () => JSON.stringify({ ...FOUND, AccessKeyId: "CONTAINER" }),
  "PUT /latest/api/token": () => "token",
  [INSTANCE]: () => "role",
  [`${INSTANCE}role`]: () => JSON.stringify({ ...FOUND, AccessKeyId: "INSTANCE" }),
};
