import { cast, type Graph, type Tensor } from "../../tensor/index.ts";

/** A matrix that is used more than once: where weights are cast, the cast is made once for all uses. */
export function matrix(g: Graph, name: string): Tensor {
  const weight = g.weight(name);
  return g.options.castWeights ? cast(weight, "f32") : weight;
}
