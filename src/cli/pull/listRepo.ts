import { askHub } from "./askHub.ts";
import { checkedPath } from "./checkedPath.ts";
import { BadReply } from "./errors.ts";
import { hubUrl } from "./hub.ts";
import type { HubClient } from "./hubGet.ts";
import { readJson } from "./readJson.ts";
import type { RemoteFile } from "./remoteFile.ts";
import { retry } from "./retry.ts";

/** Caps on what a server may make us hold. The Hub's pages have a thousand files. */
const MAX_PAGE_BYTES = 16 * 2 ** 20;
const MAX_PAGES = 50;
const MAX_FILES = 50_000;
/** Above any file that is published; beyond it a size is a lie. */
const MAX_FILE_BYTES = 2 ** 42;

/**
 * The files of a repo at a revision, which is made a commit first, so that all that is listed and fetched is of one moment.
 * Throws NotOnHub, AccessDenied, HubUnreachable, BadReply.
 * Source: the Hub's API, GET /api/models/{repo}/revision/{revision} and /api/models/{repo}/tree/{revision}?recursive=true.
 */
export async function listRepo(
  client: HubClient,
  repo: string,
  revision: string,
  say: (text: string) => void,
): Promise<readonly RemoteFile[]> {
  const asked = { repo, revision };
  const get = (url: URL) =>
    retry(client, say, async () => {
      const reply = await askHub(client, url, asked);
      return { json: await readJson(reply, MAX_PAGE_BYTES), link: reply.headers["link"] };
    });
  const about = await get(hubUrl(client.hub, `/api/models/${repo}/revision/${encodeURIComponent(revision)}`));
  const commit = (about.json as { sha?: unknown } | null)?.sha;
  if (typeof commit !== "string" || !/^[0-9a-f]{40}$/.test(commit))
    throw new BadReply(`${client.hub.endpoint.host} does not say which commit ${revision} of ${repo} is`);

  const files: RemoteFile[] = [];
  let next: URL | null = hubUrl(client.hub, `/api/models/${repo}/tree/${commit}?recursive=true`);
  for (let page = 0; next !== null; page++) {
    const { json, link } = await get(next);
    if (page >= MAX_PAGES || !Array.isArray(json) || files.length + json.length > MAX_FILES)
      throw new BadReply(
        `${repo} has no list of files that can be used (at most ${MAX_FILES} files on ${MAX_PAGES} pages are read)`,
      );
    for (const entry of json as readonly unknown[]) {
      const file = fileOf(entry, repo);
      if (file !== null) files.push({ repo, revision, commit, ...file });
    }
    next = nextPage(typeof link === "string" ? link : (link?.[0] ?? ""), next);
  }
  return files;
}

function fileOf(entry: unknown, repo: string): Pick<RemoteFile, "path" | "bytes" | "digest"> | null {
  if (typeof entry !== "object" || entry === null) throw new BadReply(`${repo} lists something that is no file`);
  const { type, path: named, size, oid, lfs } = entry as Record<string, unknown>;
  if (type !== "file") return null;
  const path = checkedPath(named, repo);
  const large = typeof lfs === "object" && lfs !== null ? (lfs as Record<string, unknown>) : null;
  const bytes = large?.["size"] ?? size;
  if (typeof bytes !== "number" || !Number.isSafeInteger(bytes) || bytes < 0 || bytes > MAX_FILE_BYTES)
    throw new BadReply(`${repo} says of ${path} that it has ${String(bytes).slice(0, 40)} bytes`);
  const digest = digestOf(large ? large["oid"] : oid, large ? "sha256" : "git-sha1");
  if (digest === null) throw new BadReply(`${repo} gives no checksum for ${path}`);
  return { path, bytes, digest };
}

function digestOf(oid: unknown, kind: "sha256" | "git-sha1"): RemoteFile["digest"] | null {
  const hex = typeof oid === "string" ? oid.replace(/^sha256:/, "").toLowerCase() : "";
  return new RegExp(`^[0-9a-f]{${kind === "sha256" ? 64 : 40}}$`).test(hex) ? { kind, hex } : null;
}

/** `Link: <url>; rel="next"`. Asked of the same server whatever host it names: the token goes along, and a mirror repeats the Hub's own. */
function nextPage(link: string, from: URL): URL | null {
  const match = /<([^<>]+)>\s*;\s*rel="?next"?/.exec(link);
  if (match === null || !URL.canParse(match[1]!, from.href)) return null;
  const { pathname, search } = new URL(match[1]!, from);
  return new URL(pathname + search, from.origin);
}
