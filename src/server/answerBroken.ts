import type { Duplex } from "node:stream";

/** Headers of a request together, in bytes. */
export const MAX_HEADER = 64 * 1024;

/** What is no HTTP, or takes too long, gets JSON too, if it still listens. */
export function answerBroken(error: NodeJS.ErrnoException, stream: Duplex): void {
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
