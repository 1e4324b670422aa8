import type { Flux2Shape } from "./shape.ts";

/**
 * Four coordinates per token, text first, then the picture row by row, then each reference: [tokens, 4].
 * Text: (0, 0, 0, place). Picture: (0, row, column, 0). References, by method:
 * - index (and index_timestep_zero): (10, 20, ..., row, column, 0);
 * - offset: (1, row + dy, column + dx, 0), each placed below the ones before it, or to their right where that keeps the whole smaller;
 * - uxo: (0, row + dy, column + dx, 0), each placed diagonally below and right of the picture and the ones before it.
 */
export function positions({
  height,
  width,
  textTokens,
  references = [],
  referenceMethod = "index",
}: Flux2Shape): Float64Array {
  const tokens = references.reduce((sum, r) => sum + r.height * r.width, textTokens + height * width);
  const at = new Float64Array(4 * tokens);
  for (let t = 0; t < textTokens; t++) at[4 * t + 3] = t;
  let token = textTokens;
  const grid = (first: number, h: number, w: number, dy: number, dx: number): void => {
    for (let row = 0; row < h; row++)
      for (let column = 0; column < w; column++, token++) at.set([first, row + dy, column + dx], 4 * token);
  };
  grid(0, height, width, 0, 0);
  let h = 0;
  let w = 0;
  references.forEach((r, n) => {
    if (referenceMethod === "offset") {
      const right = r.height + h > r.width + w;
      grid(1, r.height, r.width, right ? 0 : h, right ? w : 0);
      h = Math.max(h, r.height + (right ? 0 : h));
      w = Math.max(w, r.width + (right ? w : 0));
    } else if (referenceMethod === "uxo") {
      grid(0, r.height, r.width, height + h, width + w);
      h += r.height;
      w += r.width;
    } else grid(10 * (n + 1), r.height, r.width, 0, 0);
  });
  return at;
}
