import type { TensorSpec } from "../../../tensor/dtype.ts";
import { type Graph, mul, rmsNorm } from "../../../tensor/index.ts";
import type { PassDef } from "../../../tensor/stage.ts";
import { BadModelInput } from "../../errors.ts";
import { t5Block } from "./block.ts";
import { T5_EPS, type T5Dims } from "./dims.ts";

/** The biases of positions grow with the square, for each head: 64 heads take 1 GiB here. */
const MAX_TOKENS = 2048;

/**
 * A forward pass over one text, pads included: they are seen as any token is. Stages block.N. Inputs: hidden.0 [1, tokens, hidden] (the tokens'
 * embeddings), positions [heads, tokens, tokens]; `t5Inputs` makes both. Output: context [1, tokens, hidden], normed.
 * Throws `BadModelInput`. Source: arXiv:1910.10683, arXiv:2002.05202.
 */
export function t5Pass(dims: T5Dims, tokens: number): PassDef {
  if (!Number.isSafeInteger(tokens) || tokens < 1 || tokens > MAX_TOKENS)
    throw new BadModelInput(`a text of ${tokens} tokens: T5 takes from 1 to ${MAX_TOKENS} here. Shorten the prompt.`);
  const f32 = (...shape: number[]): TensorSpec => ({ dtype: "f32", shape });
  const carried: Record<string, TensorSpec> = {
    positions: f32(dims.heads, tokens, tokens),
    context: f32(1, tokens, dims.hidden),
  };
  for (let n = 0; n < dims.layers; n++) carried[`hidden.${n}`] = f32(1, tokens, dims.hidden);
  const build = (n: number) => (g: Graph) => {
    const out = t5Block(g, dims, n);
    if (n + 1 < dims.layers) g.write(`hidden.${n + 1}`, out);
    else g.write("context", mul(rmsNorm(out, T5_EPS), g.weight("encoder.final_layer_norm.weight")));
  };
  return {
    key: `t5 ${tokens}`,
    carried,
    inputs: ["hidden.0", "positions"],
    outputs: ["context"],
    stages: Array.from({ length: dims.layers }, (_, n) => ({ name: `block.${n}`, build: build(n) })),
  };
}
