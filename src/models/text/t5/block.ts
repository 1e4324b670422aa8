import {
  add,
  cont,
  type Graph,
  linear,
  mul,
  mulMat,
  permute,
  reshape,
  rmsNorm,
  scale,
  softMax,
  type Tensor,
  unflatten,
} from "../../../tensor/index.ts";
import { geluTanh } from "../geluTanh.ts";
import { T5_EPS, type T5Dims } from "./dims.ts";

/**
 * What the MLP's last product is made smaller by, and its result larger: an exact power of two. The inner values of t5xxl pass f16's largest
 * number, and some devices take a product's input as f16.
 */
const ROOM = 32;

/**
 * One block: attention whose scores are not scaled but get a bias for how far apart query and key are, then a gated MLP. Reads hidden.N
 * [1, tokens, hidden], positions [heads, tokens, tokens]; returns what enters the next block. Source: arXiv:1910.10683, arXiv:2002.05202.
 */
export function t5Block(g: Graph, d: T5Dims, n: number): Tensor {
  const weight = (name: string) => g.weight(`encoder.block.${n}.${name}.weight`);
  const normed = (x: Tensor, layer: number) => mul(rmsNorm(x, T5_EPS), weight(`layer.${layer}.layer_norm`));

  const x = g.carried(`hidden.${n}`);
  const y = normed(x, 0);
  const heads = (part: string) =>
    unflatten(linear(y, weight(`layer.0.SelfAttention.${part}`)), 2, [d.heads, d.headDim]);
  const [q, k] = ["q", "k"].map((part) => permute(heads(part), [0, 2, 1, 3])) as [Tensor, Tensor];
  const v = cont(permute(heads("v"), [0, 2, 3, 1])); // [1, heads, headDim, tokens]
  const seen = softMax(mulMat(k, q), 1, g.carried("positions")); // [1, heads, tokens, tokens]
  const attended = cont(permute(mulMat(v, seen), [0, 2, 1, 3]));
  const joined = reshape(attended, [1, x.shape[1]!, d.heads * d.headDim]);
  const middle = add(x, linear(joined, weight("layer.0.SelfAttention.o")));

  const z = normed(middle, 1);
  const part = (name: string) => linear(z, weight(`layer.1.DenseReluDense.${name}`));
  const inner = scale(mul(geluTanh(part("wi_0")), part("wi_1")), 1 / ROOM);
  return add(middle, scale(linear(inner, weight("layer.1.DenseReluDense.wo")), ROOM));
}
