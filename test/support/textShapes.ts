/** Sizes of a language model as Qwen3 and Mistral 3 are made. */
export interface TextSizes {
  readonly vocabulary: number;
  readonly hidden: number;
  readonly inner: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Norms of queries and keys: Qwen3's. */
  readonly headNorms: boolean;
  /** Not in a file that was cut off. */
  readonly finalNorm: boolean;
}

/** The tensors of such a model under the published keys. */
export function textShapes(sizes: TextSizes, prefix = "model."): Record<string, number[]> {
  const { vocabulary, hidden, inner, layers, heads, kvHeads, headDim, headNorms, finalNorm } = sizes;
  const shapes: Record<string, number[]> = { [`${prefix}embed_tokens.weight`]: [vocabulary, hidden] };
  if (finalNorm) shapes[`${prefix}norm.weight`] = [hidden];
  for (let n = 0; n < layers; n++) {
    const add = (name: string, ...shape: number[]) => (shapes[`${prefix}layers.${n}.${name}.weight`] = shape);
    add("input_layernorm", hidden);
    add("self_attn.q_proj", heads * headDim, hidden);
    add("self_attn.k_proj", kvHeads * headDim, hidden);
    add("self_attn.v_proj", kvHeads * headDim, hidden);
    if (headNorms) for (const side of ["q", "k"]) add(`self_attn.${side}_norm`, headDim);
    add("self_attn.o_proj", hidden, heads * headDim);
    add("post_attention_layernorm", hidden);
    add("mlp.gate_proj", inner, hidden);
    add("mlp.up_proj", inner, hidden);
    add("mlp.down_proj", hidden, inner);
  }
  return shapes;
}
