import type { Tensor } from "../graph.ts";
import { add, mul } from "./binary.ts";
import { cast } from "./cast.ts";
import { expectShape, refuse, show } from "./checks.ts";
import { mulMat } from "./mulMat.ts";

/**
 * x w^T + bias. x: [..., T, k] f32, w: [n, k] any encoding, bias: [n] f32; the result is [..., T, n]. Composite: with the graph's
 * `castWeights` w becomes f32 first, which keeps activations exact where ggml would round them to w's encoding. Where w is a weight that has
 * terms of its own (`LayerTerms`), these are applied before the bias. Throws ShapeError.
 */
export function linear(x: Tensor, w: Tensor, bias?: Tensor): Tensor {
  const terms = w.graph.termsOf(w);
  let y = mulMat(x.graph.options.castWeights ? cast(w, "f32") : w, x);
  if (terms?.scale !== undefined) {
    const factors = w.graph.weight(terms.scale);
    if (factors.shape.length !== 1 || (factors.shape[0] !== 1 && factors.shape[0] !== w.shape.at(-2)))
      refuse(w, "linear", `scale ${show(factors)}, expected [${w.shape.at(-2)}] or [1]`);
    y = mul(y, factors);
  }
  if (terms?.adapt) {
    const adapted = terms.adapt(x, y);
    expectShape("linear", "adapted", adapted, y.shape);
    y = adapted;
  }
  if (!bias) return y;
  expectShape("linear", "bias", bias, [w.shape.at(-2)!]);
  return add(y, bias);
}
