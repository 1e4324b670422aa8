import type { Tensor } from "../graph.ts";
import { add } from "./binary.ts";
import { cast } from "./cast.ts";
import { expectShape } from "./checks.ts";
import { mulMat } from "./mulMat.ts";

/**
 * x w^T + bias. x: [..., T, k] f32, w: [n, k] any encoding, bias: [n] f32; the result is [..., T, n]. Composite: with the graph's
 * `castWeights` w becomes f32 first, which keeps activations exact where ggml would round them to w's encoding. Throws ShapeError.
 */
export function linear(x: Tensor, w: Tensor, bias?: Tensor): Tensor {
  const y = mulMat(x.graph.options.castWeights ? cast(w, "f32") : w, x);
  if (!bias) return y;
  expectShape("linear", "bias", bias, [w.shape.at(-2)!]);
  return add(y, bias);
}
