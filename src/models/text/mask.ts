/** As f16. */
export const MINUS_INFINITY = 0xfc00;

/**
 * The attention mask of a text [tokens, tokens], f16 bits: a query sees the keys up to its own place (it is causal), and nobody sees the
 * first pad or what follows it. The pads' own rows are computed and stay in the context.
 */
export function textMask(ids: ArrayLike<number>, pad: number): Uint16Array {
  const tokens = ids.length;
  const firstPad = Array.prototype.indexOf.call(ids, pad);
  // A row with nothing to see has no softmax; a text that starts with a pad sees that one.
  const visible = firstPad < 0 ? tokens : Math.max(1, firstPad);
  const mask = new Uint16Array(tokens * tokens).fill(MINUS_INFINITY);
  for (let query = 0; query < tokens; query++)
    mask.fill(0, query * tokens, query * tokens + Math.min(query + 1, visible));
  return mask;
}
