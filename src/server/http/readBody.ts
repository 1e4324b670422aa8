import type { Context } from "hono";
import { RequestError } from "../errors.ts";

/** The whole body, at most `limit` bytes: more is 413, and is not read to its end. No body: an empty one. */
export async function readBody(c: Context, limit: number): Promise<Uint8Array> {
  const tooLarge = () => new RequestError(413, `the body is larger than ${limit} bytes`, "body");
  const announced = Number(c.req.header("content-length") ?? 0);
  if (announced > limit) throw tooLarge();
  const stream = c.req.raw.body;
  if (stream === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream as unknown as AsyncIterable<Uint8Array>) {
    length += part.byteLength;
    if (length > limit) throw tooLarge();
    parts.push(part);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts, length);
}
