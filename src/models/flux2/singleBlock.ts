import { concat, type Graph, linear, slice, swiglu } from "../../tensor/index.ts";
import { attend, heads } from "./attention.ts";
import type { Flux2Dims } from "./dims.ts";
import { gated, type Modulation, modulate, modulations } from "./modulation.ts";
import { type Flux2Shape, spans } from "./shape.ts";

/**
 * Attention and gated MLP side by side on one residual, all tokens in one sequence, text first. Reads seq.N
 * [batch, tokens, hidden]; writes seq.N+1. Source: BFL's Flux 2 reference, `SingleStreamBlock`.
 */
export function singleBlock(g: Graph, d: Flux2Dims, shape: Flux2Shape, n: number): void {
  const block = `single_blocks.${n}`;
  const x = g.carried(`seq.${n}`);
  const [mod] = modulations(g, "modulation.single", 1, spans(shape).all) as [Modulation];
  const row = linear(modulate(x, mod), g.weight(`${block}.linear1.weight`)); // q, k, v, then the MLP's two halves
  const attended = attend(g, d, heads(g, d, row, `${block}.norm`));
  const mlp = swiglu(slice(row, 2, 3 * d.hidden, 2 * d.singleInner));
  const out = linear(concat(attended, mlp, 2), g.weight(`${block}.linear2.weight`));
  g.write(`seq.${n + 1}`, gated(x, mod, out));
}
