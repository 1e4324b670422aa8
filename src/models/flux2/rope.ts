import type { Graph, Tensor } from "../../tensor/index.ts";
import { add, mul, reshape, roll, slice } from "../../tensor/index.ts";

/** The base of the frequencies, in the whole family. */
const THETA = 2000;

export interface RopeTables {
  /** [tokens, 1, headDim] each; `sin` has the minus sign of its even places inside. */
  readonly cos: Float32Array<ArrayBuffer>;
  readonly sin: Float32Array<ArrayBuffer>;
}

/**
 * Rotary position tables for `at` [tokens, axes] (see `positions`): a head's values are shared equally by the axes, and each pair of
 * neighbours turns by position * theta^(-2i/d). Worked out in f64, kept in f32. Source: arXiv:2104.09864, with several axes.
 */
export function ropeTables(at: Float64Array, headDim: number, axes = 4): RopeTables {
  const tokens = at.length / axes;
  const d = headDim / axes;
  const cos = new Float32Array(tokens * headDim);
  const sin = new Float32Array(tokens * headDim);
  const frequency = Float64Array.from({ length: d / 2 }, (_, i) => THETA ** ((-2 * i) / d));
  for (let t = 0, o = 0; t < tokens; t++)
    for (let axis = 0; axis < axes; axis++)
      for (let i = 0; i < d / 2; i++, o += 2) {
        const angle = at[t * axes + axis]! * frequency[i]!;
        cos[o] = cos[o + 1] = Math.cos(angle);
        sin[o + 1] = Math.sin(angle);
        sin[o] = -sin[o + 1]!;
      }
  return { cos, sin };
}

/**
 * Turns each pair of neighbours of x [batch, tokens, heads, headDim] by its token's angle; x contiguous, its tokens those from `first` on.
 * Reads carried `cos`, `sin`.
 */
export function rope(g: Graph, x: Tensor, first = 0): Tensor {
  const [batch, tokens, heads, width] = x.shape as [number, number, number, number];
  const pairs = reshape(x, [batch * tokens, heads, width / 2, 2]);
  const swapped = reshape(roll(pairs, [0, 0, 0, 1]), x.shape);
  const own = (table: string) => slice(g.carried(table), 0, first, tokens);
  return add(mul(x, own("cos")), mul(swapped, own("sin")));
}
