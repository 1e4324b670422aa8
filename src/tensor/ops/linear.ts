import { elements } from "../dtype.ts";
import type { Graph, Tensor } from "../graph.ts";
import type { LayerTerms } from "../layerTerms.ts";
import { add, mul } from "./binary.ts";
import { cast } from "./cast.ts";
import { expectShape, refuse, show } from "./checks.ts";
import { cont } from "./cont.ts";
import { mulMat } from "./mulMat.ts";
import { reshape } from "./reshape.ts";
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
    const y = mulMat(x.graph.options.castWeights ? cast(w, "f32") : w, terms ? seen(x, w, terms) : x);
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

/** What W sees of x: the same tensor for all parts of a fused weight. */
const inputs = new WeakMap<Graph, Map<string, Tensor>>();

function seen(x: Tensor, w: Tensor, { inputScale, rotation }: LayerTerms): Tensor {
  if (inputScale === undefined && rotation === undefined) return x;
  const known = inputs.get(x.graph) ?? new Map<string, Tensor>();
  inputs.set(x.graph, known);
  const key = JSON.stringify([x.index, inputScale, rotation]);
  const made = known.get(key) ?? turned(x, w, inputScale, rotation);
  known.set(key, made);
  return made;
}

function turned(x: Tensor, w: Tensor, inputScale: string | undefined, rotation: string | undefined): Tensor {
  const k = x.shape.at(-1)!;
  let y = x;
  if (inputScale !== undefined) {
    const factors = x.graph.weight(inputScale);
    expectShape("linear", "input scale", factors, [k]);
    y = mul(y, factors);
  }
  if (rotation === undefined) return y;
  const matrix = x.graph.weight(rotation);
  const [n] = matrix.shape;
  if (matrix.shape.length !== 2 || matrix.shape[1] !== n || k % n! !== 0)
    refuse(w, "linear", `rotation ${show(matrix)} of rows of ${k}`);
  const groups = reshape(cont(y), [elements(y.shape) / n!, n!]);
  return reshape(mulMat(matrix, groups), y.shape);
}
