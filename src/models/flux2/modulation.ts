import { add, type Graph, mul, norm, reshape, scale, slice, type Tensor } from "../../tensor/index.ts";

/** The layer norms have no weights of their own. */
const EPS = 1e-6;

/** What a timestep makes of one sub-layer: shift, 1 + scale and gate, each [batch, 1, hidden]. */
export interface Modulation {
  readonly shift: Tensor;
  readonly scale1: Tensor;
  readonly gate: Tensor;
}

/** Cuts `count` modulations out of the carried tensor [batch, 3 * count * hidden]: shift, scale, gate, shift, ... */
export function modulations(g: Graph, carried: string, count: number): Modulation[] {
  const { all, plus1, hidden } = read(g, carried, 3 * count);
  return Array.from({ length: count }, (_, n) => ({
    shift: slice(all, 2, 3 * n * hidden, hidden),
    scale1: slice(plus1, 2, (3 * n + 1) * hidden, hidden),
    gate: slice(all, 2, (3 * n + 2) * hidden, hidden),
  }));
}

function read(g: Graph, carried: string, parts: number) {
  const whole = g.carried(carried);
  const [batch, width] = whole.shape as [number, number];
  const all = reshape(whole, [batch, 1, width]);
  return { all, plus1: scale(all, 1, 1), hidden: width / parts };
}

/** The last layer's: shift and 1 + scale out of [batch, 2 * hidden], no gate. */
export function shiftAndScale(values: Tensor): Pick<Modulation, "shift" | "scale1"> {
  const [batch, width] = values.shape as [number, number];
  const all = reshape(values, [batch, 1, width]);
  return { shift: slice(all, 2, 0, width / 2), scale1: slice(scale(all, 1, 1), 2, width / 2, width / 2) };
}

/** norm(x) * (1 + scale) + shift; x [batch, tokens, hidden]. */
export const modulate = (x: Tensor, { shift, scale1 }: Pick<Modulation, "shift" | "scale1">): Tensor =>
  add(mul(norm(x, EPS), scale1), shift);

/** x + y * gate. */
export const gated = (x: Tensor, { gate }: Modulation, y: Tensor): Tensor => add(x, mul(y, gate));
