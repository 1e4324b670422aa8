import type { TensorSpec } from "../../tensor/dtype.ts";
import { concat, type Graph } from "../../tensor/index.ts";
import type { PassDef } from "../../tensor/stage.ts";
import { checkTokens } from "./checkTokens.ts";
import type { TextDims } from "./dims.ts";
import { textLayer } from "./layer.ts";

/**
 * A forward pass over one text, pads included, as a list of stages layers.N up to the last tap.
 * Inputs: hidden.0 [1, tokens, hidden] (the tokens' embeddings), mask f16 [tokens, tokens] (0 or -Infinity), cos and sin
 * [tokens, 1, headDim]; `textInputs` makes all of them. Output: context [1, tokens, taps x hidden], the taps side by side; beside it
 * hidden.N, what enters layer N, is carried. Throws `BadModelInput`.
 */
export function textPass(dims: TextDims, taps: readonly number[], tokens: number): PassDef {
  checkTokens(tokens);
  const last = taps.at(-1)!;
  const f32 = (...shape: number[]): TensorSpec => ({ dtype: "f32", shape });
  const carried: Record<string, TensorSpec> = {
    mask: { dtype: "f16", shape: [tokens, tokens] },
    cos: f32(tokens, 1, dims.headDim),
    sin: f32(tokens, 1, dims.headDim),
    context: f32(1, tokens, taps.length * dims.hidden),
  };
  for (let n = 0; n < last; n++) carried[`hidden.${n}`] = f32(1, tokens, dims.hidden);
  // The last layer's result goes straight into the context: nothing reads it alone.
  const build = (n: number) => (g: Graph) => {
    const out = textLayer(g, dims, n);
    if (n + 1 < last) g.write(`hidden.${n + 1}`, out);
    else {
      const states = taps.map((tap) => (tap === last ? out : g.carried(`hidden.${tap}`)));
      g.write(
        "context",
        states.reduce((left, right) => concat(left, right, 2)),
      );
    }
  };
  const stages = Array.from({ length: last }, (_, n) => ({ name: `layers.${n}`, build: build(n) }));
  return {
    key: `text ${tokens} taps ${taps}`,
    carried,
    inputs: ["hidden.0", "mask", "cos", "sin"],
    outputs: ["context"],
    stages,
  };
}
