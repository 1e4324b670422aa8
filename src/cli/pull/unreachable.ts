import { shown } from "./shown.ts";

/** Of a look-up: there is no such name, or nobody to ask for it. Source: Node's documentation, "dns", "Error codes". */
const UNFOUND = new Set(["ENOTFOUND", "EAI_AGAIN"]);

/** Why a connection to `host` failed, in words. Behind a proxy the name that is not found may be the proxy's: the error says whose it is. */
export function unreachable(host: string, error: unknown): string {
  const { code = "", hostname = host } = error as NodeJS.ErrnoException & { readonly hostname?: string };
  if (UNFOUND.has(code))
    return `${host} cannot be reached: no address is found for ${shown(hostname)} (${code}: no network, or a wrong name)`;
  return `${host} cannot be reached: ${shown((error as Error).message || String(error))}`;
}
