import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { isAllowed } from "../security/hostGuard.ts";
import { originRefusal } from "../security/originGuard.ts";
import { hasToken } from "../security/tokenGuard.ts";
import type { Security } from "../serverParts.ts";
import type { Hub } from "./hub.ts";

/** Clients say a few words about themselves and nothing else. */
const MAX_MESSAGE = 1024 * 1024;
/** Sockets at a time: each costs memory, and a page has one. */
const MAX_SOCKETS = 1000;
/** A client that has gone without a word is found out by this. */
const PING_MS = 30_000;
const MAX_ID = 200;

/**
 * Sockets at /ws and /api/ws, under the same rules as requests: Host, Origin, token. A browser sends no preflight for a socket, so that nothing
 * else would stop a page of another site.
 */
export function attachSockets(server: Server, hub: Hub, { hosts, cors, token }: Security): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE });
  const alive = new WeakSet<object>();
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on("error", () => {});
    const url = urlOf(request);
    const { headers } = request;
    if (url === null || (url.pathname !== "/ws" && url.pathname !== "/api/ws")) return refuse(stream, 404);
    if (!isAllowed(headers.host ?? "", hosts)) return refuse(stream, 403);
    const site = headers["sec-fetch-site"];
    if (originRefusal(headers.origin, headers.host, typeof site === "string" ? site : undefined, cors) !== null) {
      return refuse(stream, 403);
    }
    const query = url.searchParams.get("token") ?? undefined;
    if (token !== null && !hasToken(token, headers.authorization, headers.cookie, query)) return refuse(stream, 401);
    if (hub.size >= MAX_SOCKETS) return refuse(stream, 503);
    const clientId = url.searchParams.get("clientId");
    if (clientId !== null && clientId.length > MAX_ID) return refuse(stream, 400);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      alive.add(socket);
      socket.on("error", () => {});
      socket.on("pong", () => alive.add(socket));
      const { receive, leave } = hub.join(
        {
          send: (data) => socket.send(data),
          get buffered() {
            return socket.bufferedAmount;
          },
          close: () => socket.terminate(),
        },
        clientId,
      );
      socket.on("message", (data, binary) => {
        if (!binary) receive(data.toString());
      });
      socket.on("close", leave);
    });
  });
  const ping = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, PING_MS);
  ping.unref();
  return {
    close() {
      clearInterval(ping);
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

function urlOf(request: IncomingMessage): URL | null {
  try {
    return new URL(request.url ?? "/", "http://localhost");
  } catch {
    return null;
  }
}

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  503: "Service Unavailable",
};

function refuse(stream: Duplex, status: number): void {
  const body = JSON.stringify({ error: `the socket was refused: ${REASONS[status]}` });
  stream.end(
    `HTTP/1.1 ${status} ${REASONS[status]}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}
