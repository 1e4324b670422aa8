import { add, type Graph, mul, reshape, roll, type Tensor } from "../../tensor/index.ts";

/**
 * Rotary position tables [tokens, 1, headDim]: value i of a head's first half turns with value i of its second by
 * position * theta^(-2i/headDim). PyTorch's steps are followed, each rounded to f32. `sin` has the minus sign of the first half inside.
 * Source: arXiv:2104.09864, in the half-split form.
 */
export function textRopeTables(
  tokens: number,
  headDim: number,
  theta: number,
): { cos: Float32Array; sin: Float32Array } {
  const f32 = Math.fround;
  const half = headDim / 2;
  const cos = new Float32Array(tokens * headDim);
  const sin = new Float32Array(tokens * headDim);
  const frequency = Float32Array.from({ length: half }, (_, i) => 1 / f32(theta ** f32((2 * i) / headDim)));
  for (let t = 0; t < tokens; t++)
    for (let i = 0; i < half; i++) {
      const angle = f32(t * frequency[i]!);
      const left = t * headDim + i;
      cos[left] = cos[left + half] = Math.cos(angle);
      sin[left + half] = Math.sin(angle);
      sin[left] = -sin[left + half]!;
    }
  return { cos, sin };
}

/** The same tables for heads whose values i and i + headDim/2 lie side by side. */
export function forNeighbours(tables: { cos: Float32Array; sin: Float32Array }, headDim: number): typeof tables {
  const half = headDim / 2;
  const moved = (table: Float32Array) =>
    table.map((_, i) => {
      const at = i % headDim;
      return table[i - at + (at >> 1) + (at & 1) * half]!;
    });
  return { cos: moved(tables.cos), sin: moved(tables.sin) };
}

/** Turns x [1, tokens, heads, headDim] by its tokens' angles; x contiguous. Reads carried `cos`, `sin`. */
export function rope(g: Graph, x: Tensor, neighbours = false): Tensor {
  const [, tokens, heads, width] = x.shape as [number, number, number, number];
  const swapped = neighbours
    ? reshape(roll(reshape(x, [tokens, heads, width / 2, 2]), [0, 0, 0, 1]), x.shape)
    : roll(x, [0, 0, 0, width / 2]);
  return add(mul(x, g.carried("cos")), mul(swapped, g.carried("sin")));
}
