import {
  concat,
  cont,
  type Graph,
  inPieces,
  linear,
  pieceRows,
  slice,
  swiglu,
  type Tensor,
} from "../../tensor/index.ts";
import { attend, heads, type Side } from "./attention.ts";
import type { Flux2Dims } from "./dims.ts";
import { withKept } from "./keptReferences.ts";
import { matrix } from "./matrix.ts";
import { gated, type Modulation, modulate, modulations, part } from "./modulation.ts";
import { rope } from "./rope.ts";
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
    const side = (at: number, side: Side) => heads(g, d, qkv, at * d.hidden, side, `${block}.${name}_attn.norm`);
    return { name, x, attention, mlp, q: side(0, "query"), k: side(1, "key"), v: side(2, "value") };
  };
  const txt = stream("txt");
  const img = stream("img");
  const join = (side: "q" | "k" | "v") => concat(txt[side], img[side], 1);
  const [k, v] = withKept(g, shape, block, rope(g, join("k")), join("v"));
  const joined = attend(d, rope(g, join("q")), k, v);
  let first = 0;
  for (const { name, x, attention, mlp } of [txt, img]) {
    const tokens = x.shape[1]!;
    const own: Tensor = slice(joined, 1, first, tokens);
    const attended = gated(x, attention, linear(own, weight(`${name}_attn.proj`)));
    const [inner, outer] = [matrix(g, `${block}.${name}_mlp.0.weight`), matrix(g, `${block}.${name}_mlp.2.weight`)];
    const y = modulate(attended, mlp);
    const rows = pieceRows(g, tokens, 4 * x.shape[0]! * 2 * d.doubleInner);
    const out = inPieces(tokens, rows, (start, length) => {
      const own = linear(swiglu(linear(cont(slice(y, 1, start, length)), inner)), outer);
      return gated(slice(attended, 1, start, length), part(mlp, start, length), own);
    });
    g.write(`${name}.${n + 1}`, out);
    first += tokens;
  }
}
