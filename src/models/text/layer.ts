import {
  add,
  flashAttention,
  type Graph,
  linear,
  mul,
  permute,
  reshape,
  rmsNorm,
  swigluSplit,
  type Tensor,
  unflatten,
} from "../../tensor/index.ts";
import type { TextDims } from "./dims.ts";
import { FAMILIES } from "./family.ts";
import { rope } from "./rope.ts";

/**
 * One layer: attention, several query heads to a key head, with queries and keys normed where the family does so, then a gated MLP. Reads
 * hidden.N [1, tokens, hidden], cos, sin, mask; returns what enters the next layer. Source: arXiv:2505.09388.
 */
export function textLayer(g: Graph, d: TextDims, n: number): Tensor {
  const { eps, headNorms } = FAMILIES[d.family];
  const weight = (name: string) => g.weight(`layers.${n}.${name}.weight`);
  const normed = (x: Tensor, name: string) => mul(rmsNorm(x, eps), weight(name));
  const byHead = (x: Tensor) => permute(x, [0, 2, 1, 3]); // [1, heads, tokens, headDim]

  const x = g.carried(`hidden.${n}`);
  const y = normed(x, "input_layernorm");
  const split = (name: string, heads: number) =>
    unflatten(linear(y, weight(`self_attn.${name}_proj`)), 2, [heads, d.headDim]);
  const turned = (x: Tensor, side: string) =>
    rope(g, headNorms ? normed(x, `self_attn.${side}_norm`) : x, d.neighbours);
  const q = turned(split("q", d.heads), "q");
  const k = turned(split("k", d.kvHeads), "k");
  const v = split("v", d.kvHeads);
  const attended = flashAttention(byHead(q), byHead(k), byHead(v), d.headDim ** -0.5, g.carried("mask"));
  const tokens = x.shape[1]!;
  const middle = add(x, linear(reshape(attended, [1, tokens, d.heads * d.headDim]), weight("self_attn.o_proj")));

  const z = normed(middle, "post_attention_layernorm");
  const inner = swigluSplit(linear(z, weight("mlp.gate_proj")), linear(z, weight("mlp.up_proj")));
  return add(middle, linear(inner, weight("mlp.down_proj")));
}
