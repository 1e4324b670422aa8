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
 * Attention and gated MLP side by side on one residual, all tokens in one sequence, text first. Reads seq.N
 * [batch, tokens, hidden]; writes seq.N+1. Source: BFL's Flux 2 reference, `SingleStreamBlock`.
 */
export function singleBlock(g: Graph, d: Flux2Dims, shape: Flux2Shape, n: number): void {
  const block = `single_blocks.${n}`;
  const { hidden, singleInner } = d;
  const x = g.carried(`seq.${n}`);
  const [batch, tokens] = x.shape as [number, number, number];
  const [mod] = modulations(g, "modulation.single", 1, spans(shape).all) as [Modulation];
  const y = modulate(x, mod);
  const first = matrix(g, `${block}.linear1.weight`); // q, k, v, then the MLP's two halves
  const second = matrix(g, `${block}.linear2.weight`);
  const side = (row: Tensor, at: number, side: Side) => heads(g, d, row, at, side, `${block}.norm`);
  const both = (attended: Tensor, halves: Tensor) => linear(concat(attended, swiglu(halves), 2), second);

  const rows = pieceRows(g, tokens, 4 * batch * (3 * hidden + 2 * singleInner));
  if (rows === tokens) {
    const row = linear(y, first);
    const q = rope(g, side(row, 0, "query"));
    const [k, v] = withKept(g, shape, block, rope(g, side(row, hidden, "key")), side(row, 2 * hidden, "value"));
    const attended = attend(d, q, k, v);
    g.write(`seq.${n + 1}`, gated(x, mod, both(attended, slice(row, 2, 3 * hidden, 2 * singleInner))));
    return;
  }
  // Keys and values of all tokens; what follows is done for some queries at a time, so that no long rows exist of all tokens at once.
  const kv = linear(y, slice(first, 0, hidden, 2 * hidden));
  const [k, v] = withKept(g, shape, block, rope(g, side(kv, 0, "key")), side(kv, hidden, "value"));
  const out = inPieces(tokens, rows, (start, length) => {
    const own = cont(slice(y, 1, start, length));
    const q = rope(g, side(linear(own, slice(first, 0, 0, hidden)), 0, "query"), start);
    const halves = linear(own, slice(first, 0, 3 * hidden, 2 * singleInner));
    return gated(slice(x, 1, start, length), part(mod, start, length), both(attend(d, q, k, v), halves));
  });
  g.write(`seq.${n + 1}`, out);
}
