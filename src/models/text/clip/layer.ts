import {
  add,
  flashAttention,
  type Graph,
  linear,
  mul,
  norm,
  permute,
  reshape,
  scale,
  silu,
  type Tensor,
  unflatten,
} from "../../../tensor/index.ts";
import { CLIP_EPS, type ClipDims } from "./dims.ts";

/** Normed with a weight and a bias of its own. x: [1, tokens, hidden]. */
export const layerNorm = (g: Graph, x: Tensor, name: string): Tensor =>
  add(mul(norm(x, CLIP_EPS), g.weight(`${name}.weight`)), g.weight(`${name}.bias`));

/** x sigmoid(1.702 x), which CLIP-L was trained with in place of a gelu. */
const QUICK = 1.702;

/** One layer: causal attention, then an MLP. Reads hidden.N [1, tokens, hidden], mask; returns what enters the next layer. Source: arXiv:2103.00020. */
export function clipLayer(g: Graph, d: ClipDims, n: number): Tensor {
  const layer = `text_model.encoder.layers.${n}`;
  const dense = (x: Tensor, name: string) =>
    linear(x, g.weight(`${layer}.${name}.weight`), g.weight(`${layer}.${name}.bias`));

  const x = g.carried(`hidden.${n}`);
  const y = layerNorm(g, x, `${layer}.layer_norm1`);
  const [q, k, v] = ["q", "k", "v"].map((part) =>
    permute(unflatten(dense(y, `self_attn.${part}_proj`), 2, [d.heads, d.headDim]), [0, 2, 1, 3]),
  ) as [Tensor, Tensor, Tensor];
  const attended = flashAttention(q, k, v, d.headDim ** -0.5, g.carried("mask"));
  const middle = add(x, dense(reshape(attended, [1, d.tokens, d.hidden]), "self_attn.out_proj"));

  const inner = dense(layerNorm(g, middle, `${layer}.layer_norm2`), "mlp.fc1");
  return add(middle, dense(scale(silu(scale(inner, QUICK)), 1 / QUICK), "mlp.fc2"));
}
