import { readFileSync } from "node:fs";
import { createServer as createHttp, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { ServerError } from "./errors.ts";
import { sendJson } from "./http/sendJson.ts";
import type { ServerParts } from "./serverParts.ts";
import { attachSockets } from "./socket/attachSockets.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly tls?: { readonly keyFile: string; readonly certFile: string };
  /** Left out: `PATIENCE`. */
  readonly patience?: Patience;
}

/** How long a client may take, in ms. Who takes longer is cut off; a socket that is up has its own pings. */
export interface Patience {
  /** From its first byte to the end of its headers. */
  readonly headers: number;
  /** For the whole request, uploads over slow lines included. */
  readonly request: number;
  /** Without a byte in either direction. */
  readonly idle: number;
  /** How often it is looked. */
  readonly look: number;
}

export interface Listening {
  /** Of this machine, as a browser here opens it. */
  readonly url: string;
  readonly port: number;
  /** Ends every connection. */
  close(): Promise<void>;
}

const PATIENCE: Patience = { headers: 20_000, request: 10 * 60_000, idle: 120_000, look: 5000 };
/** Connections at a time: each costs memory, and a browser has six. */
const MAX_CONNECTIONS = 4000;
const MAX_HEADER = 64 * 1024;

/** Opens the port for requests and sockets. Throws ServerError: "address-in-use", "cannot-listen". */
export async function listen(
  app: Hono,
  parts: Pick<ServerParts, "hub" | "security">,
  options: ListenOptions,
): Promise<Listening> {
  const answer = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    // A request of which no address can be made: its Host is none. The app's own mistakes end in the app.
    errorHandler: (error) =>
      error instanceof Error && error.name === "RequestError"
        ? sendJson({ error: "the request's address or Host is none", field: "Host" }, 400)
        : sendJson({ error: "the server made a mistake" }, 500),
  });
  const { headers, request, idle, look } = options.patience ?? PATIENCE;
  const settings = {
    maxHeaderSize: MAX_HEADER,
    headersTimeout: headers,
    requestTimeout: request,
    connectionsCheckingInterval: look,
  };
  const server = options.tls
    ? (createHttps({ ...settings, ...readTls(options.tls) }, answer as never) as unknown as Server)
    : createHttp(settings, answer as never);
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(idle);
  server.on("clientError", answerBroken);
  const sockets = attachSockets(server, parts.hub, parts.security);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(error, options)));
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const name = options.host === "0.0.0.0" || options.host === "::" ? "127.0.0.1" : options.host;
  const shown = name.includes(":") ? `[${name}]` : name;
  return {
    url: `${options.tls ? "https" : "http"}://${shown}:${port}`,
    port,
    async close() {
      sockets.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What is no HTTP, or takes too long, gets JSON too, if it still listens. */
function answerBroken(error: NodeJS.ErrnoException, stream: Duplex): void {
  if (!stream.writable || error.code === "ECONNRESET") return void stream.destroy();
  const [status, words, field] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? ["431 Request Header Fields Too Large", `the headers are longer than ${MAX_HEADER} bytes`, "headers"]
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? ["408 Request Timeout", "the request took too long to come", "body"]
        : ["400 Bad Request", "this is no HTTP request", "request"];
  const body = JSON.stringify({ error: words, field });
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close`;
  stream.end(`${head}\r\n\r\n${body}`, () => stream.destroy());
}

function readTls({ keyFile, certFile }: { keyFile: string; certFile: string }): { key: Buffer; cert: Buffer } {
  try {
    return { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  } catch (error) {
    throw new ServerError("cannot-listen", `--tls-keyfile and --tls-certfile: ${(error as Error).message}`);
  }
}

function cannotListen(error: NodeJS.ErrnoException, { host, port }: ListenOptions): ServerError {
  if (error.code === "EADDRINUSE") {
    return new ServerError("address-in-use", `port ${port} of ${host} is taken; choose another with --port`);
  }
  return new ServerError("cannot-listen", `cannot listen on ${host}, port ${port}: ${error.message}`);
}
