/**
 * The tokens of a file name that the page expands: `%date:yyyy-MM-dd%` from the local clock, `%Node.widget%` from the workflow. Others stay
 * for the engine (`%width%`). `find` gives a node's widget by the node's class or title, undefined when there is none.
 */
export function prefixTokens(text: string, now: Date, find: (node: string, widget: string) => unknown): string {
  return text.replace(/%([^%]+)%/g, (all, token: string) => {
    if (token.startsWith("date:")) return formatDate(token.slice("date:".length), now);
    const parts = token.split(".");
    if (parts.length !== 2) return all;
    const value = find(parts[0]!, parts[1]!);
    // What a file name cannot hold.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
    return value === undefined ? all : String(value ?? "").replace(/[/?<>\\:*|"\x00-\x1f\x7f]/g, "_");
  });
}

/** d, M, h, m, s once as they are, twice with a leading zero; yy and yyyy. */
function formatDate(format: string, now: Date): string {
  const parts: Readonly<Record<string, number>> = {
    d: now.getDate(),
    M: now.getMonth() + 1,
    h: now.getHours(),
    m: now.getMinutes(),
    s: now.getSeconds(),
  };
  return format.replace(/yyyy|yy|([dMhms])\1?/g, (found, letter: string | undefined) => {
    if (letter === undefined) return String(now.getFullYear()).slice(-found.length);
    return String(parts[letter]).padStart(found.length, "0");
  });
}
