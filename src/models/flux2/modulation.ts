import { add, concat, type Graph, mul, norm, scale, slice, type Tensor } from "../../tensor/index.ts";

/** The layer norms have no weights of their own. */
const EPS = 1e-6;

/** What one moment in time makes of the tokens that are at it: shift, 1 + scale and gate, each [batch, 1, hidden]. */
interface Moment {
  readonly tokens: number;
  readonly shift: Tensor;
  readonly scale1: Tensor;
  readonly gate: Tensor;
}

/** How the time changes one sub-layer: the tokens of each moment, one after the other. There is one moment, the present, but where
 *  reference pictures are taken as finished (time 0) while the picture is not. */
export type Modulation = readonly Moment[];

/** How many tokens of a stream are at each moment. */
export type Spans = readonly number[];

/** Cuts `count` modulations out of the carried tensor [batch, moments, 3 * count * hidden]: shift, scale, gate, shift, ... */
export function modulations(g: Graph, carried: string, count: number, spans: Spans): Modulation[] {
  const all = g.carried(carried);
  const plus1 = scale(all, 1, 1);
  const hidden = all.shape[2]! / (3 * count);
  const cut = (from: Tensor, moment: number, n: number) => slice(slice(from, 1, moment, 1), 2, n * hidden, hidden);
  return Array.from({ length: count }, (_, n) =>
    spans.map((tokens, moment) => ({
      tokens,
      shift: cut(all, moment, 3 * n),
      scale1: cut(plus1, moment, 3 * n + 1),
      gate: cut(all, moment, 3 * n + 2),
    })),
  );
}

/** norm(x) * (1 + scale) + shift; x [batch, tokens, hidden]. */
export function modulate(x: Tensor, modulation: Modulation): Tensor {
  const normed = norm(x, EPS);
  return bySpan(modulation, (m, first) => shifted(slice(normed, 1, first, m.tokens), m));
}

/** x + y * gate. */
export const gated = (x: Tensor, modulation: Modulation, y: Tensor): Tensor =>
  bySpan(modulation, ({ tokens, gate }, first) =>
    add(slice(x, 1, first, tokens), mul(slice(y, 1, first, tokens), gate)),
  );

/** What of a modulation is for `length` tokens from `first` on. */
export function part(modulation: Modulation, first: number, length: number): Modulation {
  const found: Moment[] = [];
  let begin = 0;
  for (const moment of modulation) {
    const end = begin + moment.tokens;
    const tokens = Math.min(end, first + length) - Math.max(begin, first);
    if (tokens > 0) found.push({ ...moment, tokens });
    begin = end;
  }
  return found;
}

/** The last layer's: no gate, and the present moment only. `values` [batch, 1, 2 * hidden] are shift, then scale. */
export function modulateLast(x: Tensor, values: Tensor): Tensor {
  const hidden = values.shape[2]! / 2;
  const shift = slice(values, 2, 0, hidden);
  return shifted(norm(x, EPS), { shift, scale1: slice(scale(values, 1, 1), 2, hidden, hidden) });
}

const shifted = (normed: Tensor, { shift, scale1 }: Pick<Moment, "shift" | "scale1">): Tensor =>
  add(mul(normed, scale1), shift);

function bySpan(modulation: Modulation, make: (moment: Moment, first: number) => Tensor): Tensor {
  let first = 0;
  const parts = modulation.map((moment) => {
    const part = make(moment, first);
    first += moment.tokens;
    return part;
  });
  return parts.reduce((all, more) => concat(all, more, 1));
}
