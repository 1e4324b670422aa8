import http, { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import tls from "node:tls";
import { urlToHttpOptions } from "node:url";
import { HubUnreachable } from "./errors.ts";

export interface HttpOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Asked in place of the server; `null`: the server itself. */
  readonly proxy: URL | null;
  /** With no byte for so long, the connection counts as cut. */
  readonly stallMs: number;
  readonly signal: AbortSignal;
  /** Authorities in place of the usual ones. */
  readonly ca?: string;
}

export interface HttpReply {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Fails where the connection is cut before the length that was announced. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection; the rest of the body is not read. */
  drop(): void;
}

/**
 * One GET, through a proxy where there is one; redirects are replies. A connection of its own, so that none is found dead later. Node's fetch
 * would do but for proxies, which it knows from Node 24 on. Rejects with the system's error, HubUnreachable where the proxy
 * refuses, or `signal`'s reason.
 */
export async function httpGet(url: URL, options: HttpOptions): Promise<HttpReply> {
  const { headers, proxy, stallMs, signal, ca } = options;
  signal.throwIfAborted();
  const common: RequestOptions = { method: "GET", headers: { ...headers, connection: "close" }, signal };
  let request: http.ClientRequest;
  if (url.protocol === "https:") {
    const certificates = ca === undefined ? {} : { ca };
    const target = urlToHttpOptions(url);
    if (proxy === null) request = https.request({ ...target, ...common, ...certificates, agent: false });
    else {
      const socket = await tunnel(url, proxy, options);
      const servername = /^[\d.]+$|^\[/.test(url.hostname) ? "" : url.hostname;
      const createConnection = () => tls.connect({ socket, servername, ...certificates, ALPNProtocols: ["http/1.1"] });
      request = https.request({ ...target, ...common, createConnection });
    }
  } else if (proxy === null) request = http.request({ ...urlToHttpOptions(url), ...common, agent: false });
  else {
    request = client(proxy).request({
      ...hostOf(proxy),
      ...common,
      headers: { ...common.headers, host: url.host, ...authorization(proxy) },
      path: url.href,
      agent: false,
    });
  }
  return new Promise((resolve, reject) => {
    request.setTimeout(stallMs, () => request.destroy(stalled(stallMs)));
    request.on("error", (error) => reject(signal.aborted ? signal.reason : error));
    request.on("response", (reply) => resolve(asReply(url, reply, signal)));
    request.end();
  });
}

function asReply(url: URL, reply: IncomingMessage, signal: AbortSignal): HttpReply {
  // What is dropped fails; nobody waits for it any more.
  reply.on("error", () => {});
  return {
    url,
    status: reply.statusCode ?? 0,
    headers: reply.headers,
    body: {
      async *[Symbol.asyncIterator]() {
        try {
          for await (const chunk of reply) yield chunk as Uint8Array;
        } catch (error) {
          throw signal.aborted ? signal.reason : error;
        }
      },
    },
    drop: () => void reply.destroy(),
  };
}

/** A connection to the server behind a proxy: RFC 9110, 9.3.6. */
function tunnel(url: URL, proxy: URL, { stallMs, signal }: HttpOptions): Promise<Socket> {
  const authority = `${url.hostname}:${url.port || 443}`;
  return new Promise((resolve, reject) => {
    const request = client(proxy).request({
      ...hostOf(proxy),
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...authorization(proxy) },
      agent: false,
      signal,
    });
    request.setTimeout(stallMs, () => request.destroy(stalled(stallMs)));
    request.on("error", (error) => reject(signal.aborted ? signal.reason : error));
    const refused = ({ statusCode = 0 }: IncomingMessage): Error => {
      const words = `the proxy ${proxy.host} answers ${statusCode} to a connection to ${authority}`;
      // It is asked again as long as that may help.
      if (statusCode >= 500 || statusCode === 429) return new Error(words);
      return new HubUnreachable(
        `${words}; HTTPS_PROXY=http://NAME:PASSWORD@${proxy.host} says who asks, NO_PROXY goes around it`,
      );
    };
    request.on("connect", (reply, socket: Socket) => {
      if (reply.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(refused(reply));
    });
    // A server that knows no CONNECT answers like to any request.
    request.on("response", (reply) => {
      reply.destroy();
      reject(refused(reply));
    });
    request.end();
  });
}

const client = (proxy: URL): typeof http | typeof https => (proxy.protocol === "https:" ? https : http);
const hostOf = (proxy: URL): RequestOptions => {
  const { hostname, port } = urlToHttpOptions(proxy);
  return { hostname: hostname ?? null, port: port ?? null };
};
const stalled = (ms: number): Error => new Error(`no byte came for ${Math.round(ms / 1000)} s`);

function authorization({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}
