import { request } from "node:http";
import { connect } from "node:net";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** One request with exactly these headers and this path: no client library tidies up ".." or the Host. Without Host: this port's. */
export function raw(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Uint8Array } = {},
): Promise<Reply> {
  const { method = "GET", headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port, method, path, headers, agent: false, timeout: 20_000 },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
        );
      },
    );
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${path} was not answered`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A multipart form as a page sends it; a field that is no text is a file. */
export function form(
  fields: Record<string, string | { readonly filename: string; readonly bytes: string | Uint8Array }>,
): { method: string; headers: Record<string, string>; body: Buffer } {
  const line = "weirboundary";
  const parts = Object.entries(fields).flatMap(([name, value]) => {
    const head = typeof value === "string" ? "" : `; filename="${value.filename}"`;
    const bytes = typeof value === "string" ? value : value.bytes;
    return [
      Buffer.from(`--${line}\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n`),
      Buffer.from(bytes as string),
      Buffer.from("\r\n"),
    ];
  });
  const body = Buffer.concat([...parts, Buffer.from(`--${line}--\r\n`)]);
  return { method: "POST", headers: { "content-type": `multipart/form-data; boundary=${line}` }, body };
}

/** Sends bytes and nothing after them. Resolves to true if the server keeps the connection open for `ms` without an answer. */
export function keepsWaiting(port: number, bytes: string, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const end = (kept: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(kept);
    };
    const timer = setTimeout(() => end(true), ms);
    socket.on("data", () => end(false));
    socket.on("close", () => end(false));
    socket.on("error", () => end(false));
  });
}
