import { BadReply } from "./errors.ts";
import type { HubReply } from "./hubGet.ts";
import { TryAgain } from "./retry.ts";

/** A reply's body as JSON, at most `maxBytes` of it. Throws BadReply, and TryAgain where the connection is cut. */
export async function readJson(reply: HubReply, maxBytes: number): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of reply.body) {
      bytes += part.length;
      if (bytes > maxBytes) throw new BadReply(`${reply.url.host} answers with more than ${maxBytes} bytes of JSON`);
      parts.push(part);
    }
  } catch (error) {
    reply.drop();
    if (error instanceof BadReply) throw error;
    throw new TryAgain(`${reply.url.host} cut the connection`);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    throw new BadReply(`${reply.url.host} does not answer with JSON, as the Hub does; is HF_ENDPOINT a Hub's address?`);
  }
}
