import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";

/** A file of a repo. `small`: kept in git itself, answered by the Hub without a redirect. */
export interface StandInFile {
  readonly path: string;
  readonly content: Buffer;
  readonly small?: boolean;
  /** What the list says in place of the truth. */
  readonly listed?: Readonly<Record<string, unknown>>;
}

/** PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

export interface Seen {
  readonly server: "hub" | "cdn";
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
}

/** How one reply of the CDN goes wrong. */
export interface Fault {
  /** Bytes of the body before the connection is cut. */
  readonly cutAfter?: number;
  /** The cut is a reset: what is under way may be lost. */
  readonly reset?: boolean;
  /** The body stops there and the connection stays open. */
  readonly stallAfter?: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent in place of the file's bytes. */
  readonly body?: Buffer;
  /** Range is not understood: the whole file, 200. */
  readonly ignoreRange?: boolean;
  /** No Content-Length: the end is where the connection ends. */
  readonly chunked?: boolean;
}

export const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
export const gitSha1 = (content: Buffer): string =>
  createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");

/** The commit that `main` is while the files are these. */
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/**
 * Two servers that answer as the Hub and its CDN do: the API's revision and tree, resolve with X-Linked-ETag and a redirect to another port
 * with a signed address, ranges. Faults are queued, one a reply; every request is kept.
 */
export class StandInHub {
  readonly seen: Seen[] = [];
  readonly repos = new Map<string, readonly StandInFile[]>();
  /** Replies of the CDN, the next one first; none: all is well. */
  readonly faults: Fault[] = [];
  /** Replies of the Hub, whatever is asked, before it answers well again. */
  readonly hubFaults: { readonly status: number; readonly headers?: Readonly<Record<string, string>> }[] = [];
  /** Repos that want a token of those who accepted their terms. */
  readonly gated = new Map<string, string>();
  readonly renamed = new Map<string, string>();
  /** Files a page of the list. */
  pageSize = 1000;
  /** In place of the Hub's own ETag. */
  etag: string | null = null;
  /** Where resolve sends to, in place of the CDN. */
  redirect: ((path: string) => string) | null = null;
  /** In place of the list of files. */
  tree: unknown = undefined;
  #hub!: Server;
  #cdn!: Server;

  /** The host that its lists name for their next page. */
  linkOrigin: string | null = null;
  #scheme = "http";

  /** `identity`: https, as this one. */
  static async start(identity?: Identity): Promise<StandInHub> {
    const standIn = new StandInHub();
    if (identity) standIn.#scheme = "https";
    standIn.#hub = await listen((req, res) => standIn.#answer(req, res), identity);
    standIn.#cdn = await listen((req, res) => standIn.#serve(req, res), identity);
    return standIn;
  }

  get endpoint(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#hub.address() as AddressInfo).port}`;
  }
  get cdn(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#cdn.address() as AddressInfo).port}`;
  }
  at(server: Seen["server"]): readonly Seen[] {
    return this.seen.filter((request) => request.server === server);
  }

  async stop(): Promise<void> {
    for (const server of [this.#hub, this.#cdn]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #answer(req: IncomingMessage, res: ServerResponse): unknown {
    const url = new URL(req.url!, this.endpoint);
    this.seen.push({ server: "hub", url: req.url!, headers: req.headers });
    const refuse = (status: number, code = "", headers: Readonly<Record<string, string>> = {}) => {
      res.writeHead(status, { ...(code === "" ? {} : { "x-error-code": code }), ...headers });
      res.end(JSON.stringify({ error: code }));
    };
    const fault = this.hubFaults.shift();
    if (fault) return refuse(fault.status, "", fault.headers);
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)$/.exec(url.pathname);
    const file = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname);
    const repo = api?.[1] ?? file?.[1];
    if (repo === undefined) return refuse(404);
    const now = this.renamed.get(repo);
    if (now !== undefined) return refuse(307, "", { location: req.url!.replace(repo, now) });
    const files = this.repos.get(repo);
    if (files === undefined) return refuse(401, "RepoNotFound");
    const revision = decodeURIComponent(api?.[3] ?? file![2]!);
    if (!["main", "v1", COMMIT].includes(revision)) return refuse(404, "RevisionNotFound");
    if (api?.[2] === "revision") {
      res.end(JSON.stringify({ id: repo, sha: COMMIT }));
      return;
    }
    if (api) return this.#tree(url, res, files);
    const token = this.gated.get(repo);
    if (token !== undefined && req.headers.authorization !== `Bearer ${token}`)
      return refuse(req.headers.authorization === undefined ? 401 : 403, "GatedRepo");
    const path = decodeURIComponent(file![3]!);
    const found = files.find((entry) => entry.path === path);
    if (found === undefined) return refuse(404, "EntryNotFound");
    if (found.small) {
      res.writeHead(200, { etag: this.etag ?? `"${gitSha1(found.content)}"`, "content-length": found.content.length });
      res.end(found.content);
      return;
    }
    const digest = sha256(found.content);
    res.writeHead(302, {
      "x-linked-etag": this.etag ?? `"${digest}"`,
      "x-linked-size": String(found.content.length),
      etag: '"of-the-redirect-itself"',
      location: this.redirect?.(path) ?? `${this.cdn}/${digest}?signature=secret-of-the-address`,
    });
    res.end();
  }

  #tree(url: URL, res: ServerResponse, files: readonly StandInFile[]): void {
    if (this.tree !== undefined) {
      res.end(JSON.stringify(this.tree));
      return;
    }
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const page = files.slice(from, from + this.pageSize).map(({ path, content, small, listed }) => ({
      type: "file",
      path,
      size: content.length,
      oid: small ? gitSha1(content) : "f".repeat(40),
      ...(small ? {} : { lfs: { oid: sha256(content), size: content.length, pointerSize: 134 } }),
      ...listed,
    }));
    const next = from + this.pageSize;
    if (next < files.length)
      res.setHeader(
        "link",
        `<${this.linkOrigin ?? url.origin}${url.pathname}?recursive=true&cursor=${next}>; rel="next"`,
      );
    res.end(JSON.stringify([{ type: "directory", path: "split_files", size: 0, oid: "e".repeat(40) }, ...page]));
  }

  #serve(req: IncomingMessage, res: ServerResponse): void {
    this.seen.push({ server: "cdn", url: req.url!, headers: req.headers });
    const digest = new URL(req.url!, this.cdn).pathname.slice(1);
    const content = [...this.repos.values()].flat().find((file) => sha256(file.content) === digest)?.content;
    const fault = this.faults.shift() ?? {};
    if (fault.status !== undefined) {
      res.writeHead(fault.status, fault.headers);
      res.end();
      return;
    }
    if (content === undefined) {
      res.writeHead(404).end();
      return;
    }
    const whole = fault.body ?? content;
    const range = /^bytes=(\d+)-$/.exec(req.headers.range ?? "");
    const from = range && !fault.ignoreRange ? Number(range[1]) : 0;
    if (from >= whole.length && whole.length > 0) {
      res.writeHead(416, { "content-range": `bytes */${whole.length}` });
      res.end();
      return;
    }
    const body = whole.subarray(from);
    res.writeHead(range && !fault.ignoreRange ? 206 : 200, {
      ...(fault.chunked ? {} : { "content-length": body.length }),
      ...(range && !fault.ignoreRange ? { "content-range": `bytes ${from}-${whole.length - 1}/${whole.length}` } : {}),
      ...fault.headers,
    });
    const end = fault.cutAfter ?? fault.stallAfter;
    if (end === undefined) {
      res.end(body);
      return;
    }
    res.flushHeaders();
    const cut = () => (fault.reset ? req.socket.resetAndDestroy() : req.socket.end());
    if (end > 0) res.write(body.subarray(0, end), () => fault.cutAfter !== undefined && cut());
    else if (fault.cutAfter !== undefined) cut();
  }
}

function listen(answer: (req: IncomingMessage, res: ServerResponse) => void, identity?: Identity): Promise<Server> {
  const server = identity ? createSecureServer(identity, answer) : createServer(answer);
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server as Server)));
}
