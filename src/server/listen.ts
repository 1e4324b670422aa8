import { createServer as createHttp, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { answerBroken, MAX_HEADER } from "./answerBroken.ts";
import { ServerError } from "./errors.ts";
import { sendJson } from "./http/sendJson.ts";
import { readTls, type TlsFiles } from "./readTls.ts";
import type { ServerParts } from "./serverParts.ts";
import { attachSockets } from "./socket/attachSockets.ts";

export interface ListenOptions {
  /** An address, or several: each gets a listener of its own, on the same port. */
  readonly host: string | readonly string[];
  /** 0: any that is free. */
  readonly port: number;
  readonly tls?: TlsFiles;
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
  /** One for each address, the first one included. */
  readonly urls: readonly string[];
  readonly port: number;
  /** Ends every connection. */
  close(): Promise<void>;
}

const PATIENCE: Patience = { headers: 20_000, request: 10 * 60_000, idle: 120_000, look: 5000 };
/** Connections at a time: each costs memory, and a browser has six. */
const MAX_CONNECTIONS = 4000;
/** Port 0 takes one that the first address has free; where another address has not, the next is tried. */
const TRIES = 10;

/**
 * Opens the port for requests and sockets, on every address or on none. `::` beside `0.0.0.0` is left out on a machine without IPv6. Throws
 * ServerError: "address-in-use", "cannot-listen".
 */
export async function listen(
  app: Hono,
  parts: Pick<ServerParts, "hub" | "security">,
  options: ListenOptions,
): Promise<Listening> {
  const tls = options.tls && readTls(options.tls);
  const hosts = typeof options.host === "string" ? [options.host] : options.host;
  for (let attempt = 1; ; attempt++) {
    const open: Open[] = [];
    try {
      for (const host of hosts) {
        const port = open[0]?.port ?? options.port;
        const server = serverOf(app, options, tls);
        const known = await listenOn(server, host, port, hosts);
        if (known !== null)
          open.push({ server, port: known, host, sockets: attachSockets(server, parts.hub, parts.security) });
      }
      const urls = open.map(({ host, port }) => `${tls ? "https" : "http"}://${nameOf(host)}:${port}`);
      return { url: urls[0]!, urls, port: open[0]!.port, close: () => closeAll(open) };
    } catch (error) {
      await closeAll(open);
      const again = options.port === 0 && open.length > 0 && attempt < TRIES;
      if (!(again && error instanceof ServerError && error.code === "address-in-use")) throw error;
    }
  }
}

interface Open {
  readonly server: Server;
  readonly port: number;
  readonly host: string;
  readonly sockets: { close(): void };
}

function serverOf(app: Hono, options: ListenOptions, tls: ReturnType<typeof readTls> | undefined): Server {
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
  const server = tls
    ? (createHttps({ ...settings, ...tls }, answer as never) as unknown as Server)
    : createHttp(settings, answer as never);
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(idle);
  server.on("clientError", answerBroken);
  return server;
}

/** The port; null where the machine has no such addresses at all and can do without. */
async function listenOn(server: Server, host: string, port: number, all: readonly string[]): Promise<number | null> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      // On Linux `::` takes the addresses of version 4 too, which the one beside it has then taken.
      server.listen({ port, host, ipv6Only: all.length > 1 }, resolve);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (host === "::" && all.includes("0.0.0.0") && (code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL")) return null;
    throw cannotListen(error as NodeJS.ErrnoException, host, port);
  }
  return (server.address() as AddressInfo).port;
}

async function closeAll(open: readonly Open[]): Promise<void> {
  await Promise.all(
    open.map(({ server, sockets }) => {
      sockets.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    }),
  );
}

/** As a browser on this machine calls it. */
function nameOf(host: string): string {
  const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return name.includes(":") ? `[${name}]` : name;
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): ServerError {
  if (error.code === "EADDRINUSE") {
    return new ServerError("address-in-use", `port ${port} of ${host} is taken; choose another with --port`);
  }
  return new ServerError("cannot-listen", `cannot listen on ${host}, port ${port}: ${error.message}`);
}
