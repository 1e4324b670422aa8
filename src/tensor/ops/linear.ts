import type { Tensor } from "../graph.ts";
import { add, mul } from "./binary.ts";
import { cast } from "./cast.ts";
import { expectShape, refuse, show } from "./checks.ts";
import { mulMat } from "./mulMat.ts";
import { slice } from "./slice.ts";

/**
 * x w^T + bias. x: [..., T, k] f32, w: [n, k] any encoding, bias: [n] f32; the result is [..., T, n]. Composite: with the graph's
 * `castWeights` w becomes f32 first, which keeps activations exact where ggml would round them to w's encoding. Where w is a weight that has
 * terms of its own (`LayerTerms`), or some of its rows, these are applied before the bias. Throws ShapeError.
 */
export function linear(x: Tensor, w: Tensor, bias?: Tensor): Tensor {
  const { terms, first = 0, rows = 0 } = w.graph.layerOf(w) ?? {};
  const n = w.shape.at(-2)!;
  const product = (x: Tensor): Tensor => {
    const y = mulMat(x.graph.options.castWeights ? cast(w, "f32") : w, x);
    if (terms?.scale === undefined) return y;
    const factors = w.graph.weight(terms.scale);
    const [count] = factors.shape;
    if (factors.shape.length !== 1 || (count !== 1 && count !== rows))
      refuse(w, "linear", `scale ${show(factors)}, expected [${rows}] or [1]`);
    return mul(y, count === 1 ? factors : slice(factors, 0, first, n));
  };
  let y = product(x);
  if (terms?.adapt) {
    const adapted = terms.adapt(x, y, { first, product });
    expectShape("linear", "adapted", adapted, y.shape);
    y = adapted;
  }
  if (!bias) return y;
  expectShape("linear", "bias", bias, [n]);
  return add(y, bias);
}
