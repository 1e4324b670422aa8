import { BadModelInput } from "../errors.ts";
import { pythonFloat } from "./pythonFloat.ts";

/** A part of a prompt, and how much it counts. */
export interface WeightedText {
  readonly text: string;
  readonly weight: number;
}

/** ComfyUI ends at Python's limit of recursion, which is near this. */
const MAX_DEPTH = 1000;
/** What stands for `\(` and `\)`, which are text, while parentheses are looked for. */
const LITERAL = { "\\(": "\0\x02", "\\)": "\0\x01" } as const;

/**
 * A prompt's parts with their weights, for the encoders that take them (Flux 2's do not): `(x)` counts 1.1 times what is around it,
 * `(x:1.3)` counts 1.3 whatever is around it. What does not close, or has no number, is text. Throws `BadModelInput` for more than 1000
 * parentheses in one another. Source: golden/text/prompt_weights.
 */
export function promptWeights(prompt: string): WeightedText[] {
  const found: WeightedText[] = [];
  // Groups yet to be looked into, the next one last: their parts keep their order.
  const todo: { text: string; weight: number; depth: number }[] = [{ text: escaped(prompt), weight: 1, depth: 0 }];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { text, weight, depth } = next;
    if (depth > 0 && !isGroup(text)) {
      found.push({ text: unescaped(text), weight });
      continue;
    }
    if (depth > MAX_DEPTH)
      throw new BadModelInput(`a prompt with more than ${MAX_DEPTH} parentheses in one another. Take some out.`);
    const group = depth === 0 ? { text, weight } : opened(text, weight);
    for (const part of topLevel(group.text).reverse())
      todo.push({ text: part, weight: group.weight, depth: depth + 1 });
  }
  return found;
}

const isGroup = (text: string): boolean => text.length > 1 && text.startsWith("(") && text.endsWith(")");

/** What is inside a group, and what it counts. */
function opened(group: string, weight: number): WeightedText {
  const inside = group.slice(1, -1);
  const colon = inside.lastIndexOf(":");
  const own = colon > 0 ? pythonFloat(inside.slice(colon + 1)) : null;
  return own === null ? { text: inside, weight: weight * 1.1 } : { text: inside.slice(0, colon), weight: own };
}

/** The groups of a text with their parentheses, and what is between them. A parenthesis that closes nothing hides the next that opens. */
function topLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  const cut = (to: number) => {
    if (to > from) parts.push(text.slice(from, to));
    from = to;
  };
  for (const { 0: mark, index } of text.matchAll(/[()]/g)) {
    if (mark === "(" && depth++ === 0) cut(index);
    if (mark === ")" && --depth === 0) cut(index + 1);
  }
  cut(text.length);
  return parts;
}

const escaped = (text: string): string => text.replace(/\\[()]/g, (mark) => LITERAL[mark as keyof typeof LITERAL]);
const unescaped = (text: string): string => text.replaceAll(LITERAL["\\("], "(").replaceAll(LITERAL["\\)"], ")");
