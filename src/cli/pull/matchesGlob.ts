/**
 * Whether a path matches a pattern as huggingface_hub has them: `*` any characters, "/" too; `?` one; `[abc]`, `[a-z]`, `[!abc]` one of them. A
 * pattern that ends in "/" is all below that folder. The time is at most path times pattern, whatever they are.
 */
export function matchesGlob(path: string, pattern: string): boolean {
  const tokens = tokensOf(pattern.endsWith("/") ? `${pattern}*` : pattern);
  const text = [...path];
  let at = 0;
  let token = 0;
  // Where the last star stood, and what it had taken: a mismatch lets it take one more.
  let star = -1;
  let taken = 0;
  while (at < text.length) {
    const wanted = tokens[token];
    if (wanted === "*") {
      star = token++;
      taken = at;
    } else if (wanted?.(text[at]!)) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++taken;
    } else return false;
  }
  while (tokens[token] === "*") token++;
  return token === tokens.length;
}

type Token = "*" | ((char: string) => boolean);

function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i]!;
    if (char === "*") {
      if (tokens.at(-1) !== "*") tokens.push("*");
    } else if (char === "?") tokens.push(() => true);
    else {
      // A class holds one character at least, so its end is looked for behind that.
      const end = char === "[" ? chars.indexOf("]", chars[i + 1] === "!" ? i + 3 : i + 2) : -1;
      if (end < 0) tokens.push((other) => other === char);
      else {
        tokens.push(oneOf(chars.slice(i + 1, end)));
        i = end;
      }
    }
  }
  return tokens;
}

function oneOf(members: readonly string[]): (char: string) => boolean {
  const not = members[0] === "!";
  const rest = not ? members.slice(1) : members;
  const ranges: (readonly [from: string, to: string])[] = [];
  for (let i = 0; i < rest.length; i++) {
    const range = rest[i + 1] === "-" && rest[i + 2] !== undefined;
    ranges.push([rest[i]!, range ? rest[i + 2]! : rest[i]!]);
    if (range) i += 2;
  }
  return (char) => ranges.some(([from, to]) => from <= char && char <= to) !== not;
}
