/**
 * A text with choices, as the page resolves it before it sends a prompt: `{a|b}` becomes one of its parts, nested ones too; comments are
 * taken out; a backslash keeps a brace or a bar. A choice that does not end is one up to the end of the text. `random` gives [0, 1).
 */
export function dynamicPrompt(text: string, random: () => number): string {
  const source = withoutComments(text);
  // Open choices, outermost first; the last part of each is being written. The text itself is the first, and has one part.
  const open: string[][] = [[""]];
  const write = (piece: string) => {
    const parts = open.at(-1)!;
    parts[parts.length - 1] += piece;
  };
  const close = () => {
    const parts = open.pop()!;
    write(parts[Math.floor(random() * parts.length)]!);
  };
  for (let at = 0; at < source.length; at++) {
    const c = source[at]!;
    const next = source[at + 1];
    if (c === "\\" && (next === "{" || next === "}" || next === "|")) {
      write(next);
      at += 1;
    } else if (c === "{") open.push([""]);
    else if (c === "}" && open.length > 1) close();
    else if (c === "|" && open.length > 1) open.at(-1)!.push("");
    else write(c);
  }
  while (open.length > 1) close();
  return open[0]![0]!;
}

/** Without line comments (the line's end stays) and block comments; one that does not end is text. */
function withoutComments(text: string): string {
  let result = "";
  let from = 0;
  let unended = false;
  for (let at = text.indexOf("/"); at >= 0; at = text.indexOf("/", at)) {
    const next = text[at + 1];
    let end = -1;
    if (next === "/") {
      end = text.indexOf("\n", at);
      if (end < 0) end = text.length;
    } else if (next === "*" && !unended) {
      const closed = text.indexOf("*/", at + 2);
      if (closed < 0) unended = true;
      else end = closed + 2;
    }
    if (end < 0) {
      at += 1;
      continue;
    }
    result += text.slice(from, at);
    from = end;
    at = end;
  }
  return result + text.slice(from);
}
