import { concat, type Graph, linear, slice, swiglu, type Tensor } from "../../tensor/index.ts";
import { attend, heads } from "./attention.ts";
import type { Flux2Dims } from "./dims.ts";
import { gated, type Modulation, modulate, modulations } from "./modulation.ts";
import { type Flux2Shape, spans } from "./shape.ts";

/**
 * Two streams, picture and text, with weights of their own and one attention over both (text first). Reads img.N, txt.N,
 * [batch, tokens, hidden]; writes img.N+1, txt.N+1. Source: BFL's Flux 2 reference, `DoubleStreamBlock`.
 */
export function doubleBlock(g: Graph, d: Flux2Dims, shape: Flux2Shape, n: number): void {
  const block = `double_blocks.${n}`;
  const weight = (name: string) => g.weight(`${block}.${name}.weight`);
  const stream = (name: "img" | "txt") => {
    const x = g.carried(`${name}.${n}`);
    const [attention, mlp] = modulations(g, `modulation.${name}`, 2, spans(shape)[name]) as [Modulation, Modulation];
    const qkv = linear(modulate(x, attention), weight(`${name}_attn.qkv`));
    return { name, x, attention, mlp, ...heads(g, d, qkv, `${block}.${name}_attn.norm`) };
  };
  const txt = stream("txt");
  const img = stream("img");
  const join = (side: "q" | "k" | "v") => concat(txt[side], img[side], 1);
  const joined = attend(g, d, { q: join("q"), k: join("k"), v: join("v") });
  let first = 0;
  for (const { name, x, attention, mlp } of [txt, img]) {
    const tokens = x.shape[1]!;
    const own: Tensor = slice(joined, 1, first, tokens);
    const attended = gated(x, attention, linear(own, weight(`${name}_attn.proj`)));
    const inner = swiglu(linear(modulate(attended, mlp), weight(`${name}_mlp.0`)));
    g.write(`${name}.${n + 1}`, gated(attended, mlp, linear(inner, weight(`${name}_mlp.2`))));
    first += tokens;
  }
}
