import { UsageError } from "../errors.ts";

/**
 * The proxy that an address is asked through, or `null`: HTTPS_PROXY or HTTP_PROXY by the address's scheme, else ALL_PROXY, in either case;
 * not for hosts that NO_PROXY names (`example.com` and all below it, `.example.com`, `host:port`, `*`). Throws UsageError.
 * Source: curl's manual, "ENVIRONMENT".
 */
export function proxyFor(url: URL, env: Readonly<Record<string, string | undefined>>): URL | null {
  const get = (name: string) => env[name.toLowerCase()] || env[name] || undefined;
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const text = get(name) ?? get("ALL_PROXY");
  if (text === undefined || isExcepted(url, get("NO_PROXY") ?? "")) return null;
  const full = text.includes("://") ? text : `http://${text}`;
  const proxy = URL.canParse(full) ? new URL(full) : null;
  // What stands there may hold a password: it is not repeated.
  if (proxy === null || !/^https?:$/.test(proxy.protocol))
    throw new UsageError(`${name} names no proxy that can be used; expected http://host:port`);
  return proxy;
}

function isExcepted(url: URL, list: string): boolean {
  const host = url.hostname.toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === "*") return true;
    const match = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase())!;
    const [, name = "", only] = match;
    if (name === "" || (only !== undefined && only !== port)) return false;
    return host === name || host.endsWith(`.${name}`);
  });
}
