import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../errors.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Which Hub is asked, and as whom. */
export interface Hub {
  readonly endpoint: URL;
  /** Goes to the endpoint's own origin and nowhere else. */
  readonly token: string | null;
  /** For messages: "HF_TOKEN", or the path of the token file. */
  readonly tokenFrom: string | null;
}

const DEFAULT_ENDPOINT = "https://huggingface.co";
const TRUE = /^(1|on|yes|true)$/i;
/** Far above any token. */
const MAX_TOKEN = 4096;

/**
 * The Hub as huggingface_hub finds it: HF_ENDPOINT; HF_TOKEN, else HUGGING_FACE_HUB_TOKEN, else the file HF_TOKEN_PATH, else `token` in
 * HF_HOME, else in $XDG_CACHE_HOME/huggingface, else in ~/.cache/huggingface. HF_HUB_DISABLE_IMPLICIT_TOKEN sends none. Throws
 * UsageError for an address or a token that cannot be one, and where HF_HUB_OFFLINE forbids asking.
 * Source: huggingface_hub, "Environment variables".
 */
export function findHub(env: Env): Hub {
  if (TRUE.test(env["HF_HUB_OFFLINE"] ?? ""))
    throw new UsageError("HF_HUB_OFFLINE is set, so nothing is fetched; unset it to pull files");
  const endpoint = endpointOf(env["HF_ENDPOINT"] || DEFAULT_ENDPOINT);
  if (TRUE.test(env["HF_HUB_DISABLE_IMPLICIT_TOKEN"] ?? "")) return { endpoint, token: null, tokenFrom: null };
  for (const name of ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]) {
    const token = clean(env[name]);
    if (token !== null) return { endpoint, token: checked(token, name), tokenFrom: name };
  }
  const file = tokenFile(env);
  const token = clean(textOf(file));
  return token === null
    ? { endpoint, token: null, tokenFrom: null }
    : { endpoint, token: checked(token, file), tokenFrom: file };
}

/** An address of the Hub's, from a path that begins with a slash. */
export function hubUrl({ endpoint }: Hub, path: string): URL {
  return new URL(endpoint.href.replace(/\/$/, "") + path);
}

function endpointOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "" || url.username !== "")
    throw new UsageError(`HF_ENDPOINT is "${text}"; expected an address such as ${DEFAULT_ENDPOINT}`);
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url;
}

function tokenFile(env: Env): string {
  const home = env["HOME"] || env["USERPROFILE"] || homedir();
  const expand = (path: string) =>
    path
      .replace(/^~(?=$|[/\\])/, () => home)
      .replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, bare?: string, braced?: string) => env[bare ?? braced!] ?? all);
  if (env["HF_TOKEN_PATH"]) return expand(env["HF_TOKEN_PATH"]);
  if (env["HF_HOME"]) return join(expand(env["HF_HOME"]), "token");
  return join(env["XDG_CACHE_HOME"] || join(home, ".cache"), "huggingface", "token");
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

const clean = (text: string | undefined): string | null => text?.replace(/[\r\n]/g, "").trim() || null;

/** A token becomes a line of a request, so nothing may be in it that ends a line. */
function checked(token: string, from: string): string {
  if (/^[\x21-\x7e]+$/.test(token) && token.length <= MAX_TOKEN) return token;
  throw new UsageError(`${from} holds characters that no token has; a token looks like hf_ and letters`);
}
