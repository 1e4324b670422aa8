import { AccessDenied, HubUnreachable, NotOnHub } from "./errors.ts";
import { type Hub, hubUrl } from "./hub.ts";
import type { HubReply } from "./hubGet.ts";
import { shown } from "./shown.ts";

/** What is asked for: "black-forest-labs/FLUX.2-dev" and a revision or path in it. */
export interface Asked {
  readonly repo: string;
  readonly revision: string;
  readonly path?: string;
}

/**
 * The error that a refusal of the Hub's is: for a status that trying again will not change. X-Error-Code tells a gated repo from one that is
 * not there; without access both are 401. Source: huggingface_hub, "_http" (hf_raise_for_status).
 */
export function refusal(reply: HubReply, { repo, revision, path }: Asked, hub: Hub): Error {
  const code = one(reply.headers["x-error-code"]);
  const said = one(reply.headers["x-error-message"]);
  const page = hubUrl(hub, `/${repo}`).href;
  const words = said === "" ? "" : `; the server says: ${shown(said)}`;
  if (code === "EntryNotFound") return new NotOnHub(`${repo} has no ${path ?? "such file"} at ${revision}`);
  if (code === "RevisionNotFound")
    return new NotOnHub(`${repo} has no revision "${revision}"; its page lists them: ${page}/tree/main`);
  const unknown = code === "RepoNotFound" || (code === "" && reply.status === 404);
  if (unknown && hub.token !== null)
    return new NotOnHub(`${hub.endpoint.host} has no repo ${repo}, or the token of ${hub.tokenFrom} does not see it`);
  if (unknown)
    return new NotOnHub(
      `${hub.endpoint.host} has no repo ${repo} for everyone to see; if it is private, set HF_TOKEN to a token that may read it`,
    );
  if (reply.status === 401 || reply.status === 403) {
    if (code === "GatedRepo" && hub.token === null)
      return new AccessDenied(
        `${repo} asks for its terms to be accepted: log in and accept them at ${page}, make a token at ${tokens(hub)}, and run again with HF_TOKEN=hf_...`,
      );
    if (code === "GatedRepo")
      return new AccessDenied(
        `${repo} asks for its terms to be accepted, and the account of ${hub.tokenFrom} has not (or its token may not read gated repos): accept them at ${page}, and see the token's rights at ${tokens(hub)}`,
      );
    return hub.token === null
      ? new AccessDenied(
          `${repo} is given to some users only (${reply.status}): open ${page}, and run again with HF_TOKEN=hf_... from ${tokens(hub)}${words}`,
        )
      : new AccessDenied(
          `${repo} is refused to the token of ${hub.tokenFrom} (${reply.status}): check it at ${tokens(hub)}, and the repo's page ${page}${words}`,
        );
  }
  return new HubUnreachable(`${reply.url.host} answers ${reply.status} for ${repo}${words}`);
}

const one = (header: string | readonly string[] | undefined): string =>
  (typeof header === "string" ? header : (header?.[0] ?? "")).trim();

const tokens = (hub: Hub): string => hubUrl(hub, "/settings/tokens").href;
