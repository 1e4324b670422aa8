import { MINUS_INFINITY } from "./mask.ts";

/** Rotary tables [tokens, 1, headDim]. */
interface Tables {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

/**
 * Mask and tables of a text with pads before it. A query sees the keys up to its own place, pads excepted. The pads themselves see no
 * key, and what has no key to see takes the mean of all values at places that are hidden for one reason only (later ones, or pads; later
 * pads are hidden twice): that is what equal scores give, and scores are equal where the query is zero. So the pads' rows of the tables
 * are zero: the pads' keys, zero too, nobody else looks at. Source: golden/text/mistral3_left0.
 */
export function leftPads(ids: ArrayLike<number>, pad: number, { cos, sin }: Tables): Tables & { mask: Uint16Array } {
  const tokens = ids.length;
  let pads = 0;
  while (pads < tokens && ids[pads] === pad) pads++;
  const mask = new Uint16Array(tokens * tokens).fill(MINUS_INFINITY);
  for (let query = 0; query < tokens; query++) {
    const row = mask.subarray(query * tokens, (query + 1) * tokens);
    row.fill(0, query < pads ? 0 : pads, query + 1);
    if (query < pads) row.fill(0, pads);
  }
  const hidden = pads * (cos.length / tokens);
  return { mask, cos: cos.slice().fill(0, 0, hidden), sin: sin.slice().fill(0, 0, hidden) };
}
