import {
  add,
  conv2d,
  type Graph,
  groupNorm,
  mul,
  pad,
  reshape,
  silu,
  type Tensor,
  upscale,
} from "../../tensor/index.ts";
import { attention } from "./attention.ts";
import { GROUPS, type VaeLayer } from "./layers.ts";

const EPS = 1e-6;

/** A convolution with its bias; x [batch, channels, height, width]. */
export const conv = (g: Graph, name: string, x: Tensor, options: { stride?: number; padding?: number }): Tensor =>
  conv2d(x, g.weight(`${name}.weight`), g.weight(`${name}.bias`), options);

/** Group norm with its weights. */
export function norm(g: Graph, name: string, x: Tensor): Tensor {
  const vector = (side: string) => reshape(g.weight(`${name}.${side}`), [x.shape[1]!, 1, 1]);
  return add(mul(groupNorm(x, GROUPS, EPS), vector("weight")), vector("bias"));
}

/** x + conv2(silu(norm2(conv1(silu(norm1(x)))))), x through a 1x1 convolution where the channels change. */
function resBlock(g: Graph, { name, from, to }: VaeLayer, x: Tensor): Tensor {
  const branch = conv(g, `${name}.conv1`, silu(norm(g, `${name}.norm1`, x)), { padding: 1 });
  const second = conv(g, `${name}.conv2`, silu(norm(g, `${name}.norm2`, branch)), { padding: 1 });
  // The branch comes first: x is there anyway, and its shortcut need not wait in memory meanwhile.
  return add(second, from === to ? x : conv(g, `${name}.nin_shortcut`, x, {}));
}

/** One layer on x [batch, from, height, width]. Source: the VAE of latent diffusion, arXiv:2112.10752. */
export function layer(g: Graph, l: VaeLayer, x: Tensor): Tensor {
  switch (l.kind) {
    case "resBlock":
      return resBlock(g, l, x);
    case "attention":
      return attention(g, l.name, norm(g, `${l.name}.norm`, x), x);
    case "upsample":
      return conv(g, `${l.name}.conv`, upscale(x, 2), { padding: 1 });
    case "downsample": // one pixel of zeros on the right and at the bottom only
      return conv(g, `${l.name}.conv`, pad(x, [0, 0, 1, 1]), { stride: 2 });
  }
}
