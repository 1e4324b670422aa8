import { UsageError } from "../errors.ts";

/** What `--listen` alone means, as in ComfyUI: every address of this machine, of both versions. */
const ALL = "0.0.0.0,::";

/** The addresses of `--listen`, which takes several with commas between. Throws UsageError where it names none. */
export function listenHosts(listen: string | true | undefined): readonly string[] {
  const text = listen === true ? ALL : (listen ?? "127.0.0.1");
  const hosts = text.split(",").map((host) => host.trim().replace(/^\[(.*)\]$/, "$1"));
  const named = [...new Set(hosts.filter((host) => host !== ""))];
  if (named.length === 0)
    throw new UsageError(`--listen is "${text}"; expected an address, or several with commas between`);
  return named;
}
