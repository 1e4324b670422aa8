import type { TensorSpec } from "../../tensor/dtype.ts";
import { concat, cont, type Graph, slice, type Tensor } from "../../tensor/index.ts";
import type { Flux2Dims } from "./dims.ts";
import type { Flux2Shape } from "./shape.ts";

/**
 * References whose keys and values are computed once, by the first pass, and looked at by the later ones, which have no tokens for them
 * (ComfyUI's FluxKVCache). Keys are turned to their places already. Each block has two carried tensors [batch, tokens, heads, headDim]:
 * early outputs of a pass with `keepReferences`, late inputs of one with `keptTokens`. For files that were trained so that references do
 * not see the picture this changes little; for others it is an approximation.
 */
export function keptCarried(
  { doubleBlocks, singleBlocks, heads, headDim }: Flux2Dims,
  shape: Flux2Shape,
): Readonly<Record<string, TensorSpec>> {
  const spec: TensorSpec = { dtype: "f32", shape: [shape.batch, keptTokens(shape), heads, headDim] };
  const blocks = [
    ...Array.from({ length: doubleBlocks }, (_, n) => `double_blocks.${n}`),
    ...Array.from({ length: singleBlocks }, (_, n) => `single_blocks.${n}`),
  ];
  return Object.fromEntries(blocks.flatMap((block) => names(block).map((name) => [name, spec])));
}

/** How many tokens all references have. */
export const keptTokens = ({ references = [], keptTokens }: Flux2Shape): number =>
  keptTokens ?? references.reduce((sum, r) => sum + r.height * r.width, 0);

/** A block's keys and values, [batch, tokens, heads, headDim], with those that were kept; or, where they are to be kept, hands them out. */
export function withKept(g: Graph, shape: Flux2Shape, block: string, k: Tensor, v: Tensor): readonly [Tensor, Tensor] {
  const [key, value] = names(block);
  if (shape.keptTokens !== undefined) return [concat(k, g.carried(key), 1), concat(v, g.carried(value), 1)];
  if (shape.keepReferences) {
    // references come last
    const tokens = keptTokens(shape);
    const last = (x: Tensor) => cont(slice(x, 1, x.shape[1]! - tokens, tokens));
    g.write(key, last(k));
    g.write(value, last(v));
  }
  return [k, v];
}

const names = (block: string) => [`${block}.kept.key`, `${block}.kept.value`] as const;
