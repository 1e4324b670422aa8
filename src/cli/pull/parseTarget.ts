import { UsageError } from "../errors.ts";
import { type ModelSet, modelSets } from "./modelSets.ts";

/** What a word of the command line means. */
export type Target =
  | { readonly kind: "set"; readonly name: string; readonly set: ModelSet }
  /** `path`: a file or a folder of the repo; absent: the repo. `revision`: where the word says one. */
  | { readonly kind: "repo"; readonly repo: string; readonly path?: string; readonly revision?: string };

/** One part of a repo's name, as the Hub allows it. */
const PART = /^[A-Za-z0-9][\w.-]{0,95}$/;

/**
 * "klein-4b"; "OWNER/REPO"; "OWNER/REPO/path/of/file"; or the address of a repo or file on the Hub's pages, as it is copied from a browser
 * (`/blob/`, `/resolve/` or `/tree/` and a revision). `endpoint`: the Hub that is asked. Throws UsageError.
 */
export function parseTarget(text: string, endpoint: URL): Target {
  if (/^https?:\/\//i.test(text)) return parseAddress(text, endpoint);
  if (Object.hasOwn(modelSets, text)) return { kind: "set", name: text, set: modelSets[text]! };
  const [owner, name, ...rest] = text.replace(/\/$/, "").split("/");
  if (name === undefined)
    throw new UsageError(
      `weir pull knows no "${text}"; it takes OWNER/REPO, OWNER/REPO/FILE, or one of ${Object.keys(modelSets).join(", ")}`,
    );
  return repoTarget(text, owner!, name, rest);
}

function parseAddress(text: string, endpoint: URL): Target {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || ![endpoint.host, "huggingface.co", "www.huggingface.co", "hf.co"].includes(url.host))
    throw new UsageError(
      `${text} is no address on ${endpoint.host}; other servers are not asked (HF_ENDPOINT names one)`,
    );
  const base = url.host === endpoint.host ? endpoint.pathname.replace(/\/$/, "") : "";
  const parts = url.pathname
    .slice(base.length)
    .split("/")
    .filter((part) => part !== "")
    .map((part) => decoded(part, text));
  const [owner, name, verb, revision, ...rest] = parts;
  if (owner === "datasets" || owner === "spaces") throw new UsageError(`${text} is no repo of models`);
  if (owner === undefined || name === undefined) throw new UsageError(`${text} names no repo; expected OWNER/REPO`);
  if (verb === undefined) return repoTarget(text, owner, name, []);
  if (!["blob", "resolve", "tree", "raw"].includes(verb) || revision === undefined)
    throw new UsageError(`${text} is no page of a file; copy the address of a file's page or of its download`);
  // A "%2F" in a part is a "/" too.
  return { ...repoTarget(text, owner, name, rest.length === 0 ? [] : rest.join("/").split("/")), revision };
}

function decoded(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new UsageError(`${text} is no address`);
  }
}

function repoTarget(text: string, owner: string, name: string, rest: readonly string[]) {
  if (!PART.test(owner) || !PART.test(name) || name.includes("..") || rest.some((part) => part === "" || part === ".."))
    throw new UsageError(`"${text}" is no repo or file on the Hub; expected OWNER/REPO or OWNER/REPO/FILE`);
  return {
    kind: "repo" as const,
    repo: `${owner}/${name}`,
    ...(rest.length === 0 ? {} : { path: rest.join("/") }),
  };
}
