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
import { rope } from "./rope.ts";

const EPS = 1e-6;

/** Queries, keys, values, each [batch, tokens, heads, headDim]. */
export interface Heads {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
}

/** Cuts q, k and v out of the first 3 * hidden values of each row, without copies, and norms q and k; `normName` is their norm's name. */
export function heads(g: Graph, { hidden, heads: count, headDim }: Flux2Dims, row: Tensor, normName: string): Heads {
  const cut = (n: number) => unflatten(slice(row, 2, n * hidden, hidden), 2, [count, headDim]);
  const scaled = (x: Tensor, side: string) => mul(rmsNorm(x, EPS), g.weight(`${normName}.${side}.scale`));
  return { q: scaled(cut(0), "query_norm"), k: scaled(cut(1), "key_norm"), v: cut(2) };
}

/** Attention among all tokens, no mask: [batch, tokens, hidden]. */
export function attend(g: Graph, { hidden, headDim }: Flux2Dims, { q, k, v }: Heads): Tensor {
  const [batch, tokens] = q.shape as [number, number, number, number];
  const byHead = (x: Tensor) => permute(x, [0, 2, 1, 3]);
  const y = flashAttention(byHead(rope(g, q)), byHead(rope(g, k)), byHead(v), headDim ** -0.5);
  return reshape(y, [batch, tokens, hidden]);
}
