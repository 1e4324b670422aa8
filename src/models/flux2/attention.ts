import {
  flashAttention,
  type Graph,
  mul,
  permute,
  reshape,
  rmsNorm,
  slice,
  type Tensor,
  unflatten,
} from "../../tensor/index.ts";
import type { Flux2Dims } from "./dims.ts";

const EPS = 1e-6;

/** Queries, keys or values, [batch, tokens, heads, headDim]. */
export type Side = "query" | "key" | "value";

/**
 * Cuts one of q, k, v out of each row, `at` values from its start, without a copy, by heads. Queries and keys are normed; `normName` is
 * their norm's name.
 */
export function heads(
  g: Graph,
  { hidden, heads: count, headDim }: Flux2Dims,
  row: Tensor,
  at: number,
  side: Side,
  normName: string,
): Tensor {
  const x = unflatten(slice(row, 2, at, hidden), 2, [count, headDim]);
  return side === "value" ? x : mul(rmsNorm(x, EPS), g.weight(`${normName}.${side}_norm.scale`));
}

/** Attention of some tokens' queries among all tokens, no mask: [batch, queries, hidden]. q and k were turned to their places. */
export function attend({ hidden, headDim }: Flux2Dims, q: Tensor, k: Tensor, v: Tensor): Tensor {
  const [batch, queries] = q.shape as [number, number, number, number];
  const byHead = (x: Tensor) => permute(x, [0, 2, 1, 3]);
  return reshape(flashAttention(byHead(q), byHead(k), byHead(v), headDim ** -0.5), [batch, queries, hidden]);
}
