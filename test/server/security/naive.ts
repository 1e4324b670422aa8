import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join } from "node:path";
import { WebSocketServer } from "ws";

/** What both servers of the attacks are started with. */
export interface Target {
  readonly port: number;
  readonly base: string;
  /** Jobs that were accepted. */
  jobs(): number;
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".htm": "text/html",
  ".xhtml": "application/xhtml+xml",
  ".svg": "image/svg+xml",
  ".xml": "text/xml",
  ".js": "text/javascript",
  ".png": "image/png",
};

/**
 * The handlers that one writes without a thought of attackers: names are joined to folders, types come from endings, whoever asks is answered. Every
 * attack of the tests succeeds here; that is how it is known that the test can fail. It holds no code of another project.
 */
export async function startNaive(base: string): Promise<Target> {
  let jobs = 0;
  const folder = (type: string) => join(base, type);
  const server = createServer((request, answer) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const address = request.url ?? "/";
      const url = new URL(URL.canParse(address, "http://localhost") ? address : "/", "http://localhost");
      const query = (name: string, or = "") => url.searchParams.get(name) ?? or;
      const body = Buffer.concat(parts);
      const send = (status: number, content: string | Uint8Array, type = "application/json") => {
        answer.writeHead(status, { "content-type": type });
        answer.end(content);
      };
      try {
        if (url.pathname === "/view") {
          const path = join(folder(query("type", "output")), query("subfolder"), query("filename"));
          return send(200, readFileSync(path), TYPES[extname(path).toLowerCase()] ?? "");
        }
        if (url.pathname === "/upload/image") {
          const { filename, bytes, fields } = parseForm(body);
          const path = join(folder(fields["type"] ?? "input"), fields["subfolder"] ?? "", filename);
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, bytes);
          return send(200, JSON.stringify({ name: filename }));
        }
        if (url.pathname === "/prompt" && request.method === "POST") {
          const { prompt } = JSON.parse(body.toString());
          for (const { class_type, inputs } of Object.values<{ class_type: string; inputs: Record<string, string> }>(
            prompt,
          )) {
            if (class_type === "LoadImage" && !existsSync(join(base, "input", inputs["image"]!)))
              return send(400, "{}");
            const models = join(base, "models", "diffusion_models");
            if (class_type === "UNETLoader" && !readdirSync(models).includes(inputs["unet_name"]!))
              return send(400, "{}");
          }
          jobs += 1;
          return send(200, "{}");
        }
        if (url.pathname === "/prompt") return send(200, JSON.stringify({ exec_info: { queue_remaining: jobs } }));
        if (url.pathname === "/queue") {
          jobs = 0;
          return send(200, "{}");
        }
        if (url.pathname.startsWith("/userdata/")) {
          const path = join(base, "user", "default", decodeURIComponent(url.pathname.slice(10)));
          if (request.method === "GET") return send(200, readFileSync(path), TYPES[extname(path)] ?? "");
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, body);
          return send(200, "{}");
        }
        if (url.pathname.startsWith("/settings/")) {
          const settings: Record<string, Record<string, unknown>> = { defaults: {} };
          // As a merge by hand does it.
          for (const [key, value] of Object.entries(JSON.parse(body.toString()))) {
            settings[decodeURIComponent(url.pathname.slice(10))]![key] = value;
          }
          return send(200, "{}");
        }
        return send(200, "<!doctype html><title>page</title>", "text/html");
      } catch {
        return send(500, "{}");
      }
    });
  });
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => socket.send('{"type":"status"}'));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    base,
    jobs: () => jobs,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The first file and the fields of a form; enough for what the attacks send. */
function parseForm(body: Buffer): { filename: string; bytes: Buffer; fields: Record<string, string> } {
  const text = body.toString("latin1");
  const fields: Record<string, string> = {};
  let filename = "";
  let bytes = Buffer.alloc(0);
  for (const part of text.split("--weirboundary").slice(1, -1)) {
    const [head = "", ...rest] = part.split("\r\n\r\n");
    const content = rest.join("\r\n\r\n").slice(0, -2);
    const file = /filename="([^"]*)"/.exec(head);
    if (file !== null) {
      filename = file[1]!;
      bytes = Buffer.from(content, "latin1");
    } else fields[/name="([^"]*)"/.exec(head)?.[1] ?? ""] = content;
  }
  return { filename, bytes, fields };
}
