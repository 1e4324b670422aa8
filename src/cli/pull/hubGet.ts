import { packageJson } from "../packageJson.ts";
import { BadReply } from "./errors.ts";
import { type HttpReply, httpGet } from "./httpGet.ts";
import type { Hub } from "./hub.ts";
import { proxyFor } from "./proxyFor.ts";
import type { PullWorld } from "./world.ts";

/** What every request of a pull needs. */
export interface HubClient {
  readonly hub: Hub;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly world: PullWorld;
  readonly signal: AbortSignal;
}

export interface HubReply extends HttpReply {
  /** It comes from the Hub itself, not from where the Hub sent us. */
  readonly fromHub: boolean;
  /** What the Hub says a file's content is: X-Linked-ETag, else its own ETag. Without quotes; `null` where it says nothing. */
  readonly etag: string | null;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 10;

/**
 * GET from the Hub, redirects followed: to a repo's new name, and to the servers that hold large files. The token goes to the Hub's origin
 * only, never where a redirect leads elsewhere; from https no redirect leads to http. Throws BadReply; rejects with the system's error.
 * Source: huggingface_hub, "file_download" (X-Linked-ETag is a large file's sha256; a small file's ETag is its git oid).
 */
export async function hubGet(
  { hub, env, world, signal }: HubClient,
  start: URL,
  headers: Readonly<Record<string, string>> = {},
): Promise<HubReply> {
  let url = start;
  let etag: string | null = null;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const fromHub = url.origin === hub.endpoint.origin;
    const reply = await httpGet(url, {
      headers: {
        "user-agent": `weir/${packageJson().version}`,
        // Bytes as they are: they are counted, resumed and hashed.
        "accept-encoding": "identity",
        ...headers,
        ...(fromHub && hub.token !== null ? { authorization: `Bearer ${hub.token}` } : {}),
      },
      proxy: proxyFor(url, env),
      stallMs: world.stallMs,
      signal,
      ...(world.ca === undefined ? {} : { ca: world.ca }),
    });
    const redirect = REDIRECTS.has(reply.status);
    if (fromHub) etag ??= bare(reply.headers["x-linked-etag"]) ?? (redirect ? null : bare(reply.headers.etag));
    if (!redirect) return { ...reply, fromHub, etag };
    reply.drop();
    const location = reply.headers.location ?? "";
    if (!URL.canParse(location, url.href)) throw new BadReply(`${url.host} redirects to nowhere`);
    const next = new URL(location, url);
    if (!/^https?:$/.test(next.protocol) || (url.protocol === "https:" && next.protocol === "http:"))
      throw new BadReply(`${url.host} redirects from ${url.protocol}// to ${next.protocol}//, which is not followed`);
    url = next;
  }
  throw new BadReply(`${start.host} redirects more than ${MAX_REDIRECTS} times`);
}

function bare(etag: string | readonly string[] | undefined): string | null {
  const text = typeof etag === "string" ? etag : etag?.[0];
  return text?.replace(/^W\//, "").replace(/^"(.*)"$/, "$1") || null;
}
