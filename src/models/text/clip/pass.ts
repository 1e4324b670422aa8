import type { TensorSpec } from "../../../tensor/dtype.ts";
import type { Graph, Tensor } from "../../../tensor/index.ts";
import type { PassDef } from "../../../tensor/stage.ts";
import { BadModelInput } from "../../errors.ts";
import type { ClipDims } from "./dims.ts";
import { clipLayer, layerNorm } from "./layer.ts";

/**
 * A forward pass over one chunk of `dims.tokens` tokens, pads included. Stages layers.N. Inputs: hidden.0 [1, tokens, hidden], mask f16
 * [tokens, tokens]; `clipInputs` makes both. Outputs, both with the final norm: last [1, tokens, hidden], the last layer's result, of which the
 * pooled text is a row; context, the result of the layer `stop` from the end (1: the last, and then there is no output of that name).
 * Throws `BadModelInput`.
 */
export function clipPass(dims: ClipDims, stop = 1): PassDef {
  if (!Number.isSafeInteger(stop) || stop < 1 || stop > dims.layers)
    throw new BadModelInput(`a text encoder of ${dims.layers} layers cannot stop ${stop} from its end`);
  const f32: TensorSpec = { dtype: "f32", shape: [1, dims.tokens, dims.hidden] };
  const carried: Record<string, TensorSpec> = { mask: { dtype: "f16", shape: [dims.tokens, dims.tokens] }, last: f32 };
  for (let n = 0; n < dims.layers; n++) carried[`hidden.${n}`] = f32;
  if (stop > 1) carried["context"] = f32;
  const normed = (g: Graph, x: Tensor) => layerNorm(g, x, "text_model.final_layer_norm");
  const build = (n: number) => (g: Graph) => {
    const out = clipLayer(g, dims, n);
    if (n + 1 < dims.layers) g.write(`hidden.${n + 1}`, out);
    else {
      g.write("last", normed(g, out));
      if (stop > 1) g.write("context", normed(g, g.carried(`hidden.${dims.layers - stop + 1}`)));
    }
  };
  return {
    key: `clip stop ${stop}`,
    carried,
    inputs: ["hidden.0", "mask"],
    outputs: stop > 1 ? ["last", "context"] : ["last"],
    stages: Array.from({ length: dims.layers }, (_, n) => ({ name: `layers.${n}`, build: build(n) })),
  };
}
