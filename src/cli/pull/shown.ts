/** Longest text of a server's that is repeated in a message. */
const MAX = 200;

/** Text of a server's as it may stand in a message: one line of printable characters, cut. Escapes that a terminal would obey are gone. */
export function shown(text: string, max: number = MAX): string {
  const line = text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]+/gu, " ").trim();
  return line.length > max ? `${line.slice(0, max)}...` : line;
}
