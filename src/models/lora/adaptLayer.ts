import { type AdaptedLayer, add, concat, cont, div, mul, scale, slice, sqrt, type Tensor } from "../../tensor/index.ts";
import { lengthName } from "./lengths.ts";
import { deltaProduct, ordered, scaled, turnedInput, type WeightOf } from "./products.ts";
import { isIdle, lengthParts, type Step } from "./stack.ts";

/** f32's step above 1: a length is never divided by 0. As ComfyUI. */
const EPS = 2 ** -23;

/** How a layer's steps reach their weights: factors by file, lengths by name (`lengthName`). */
export interface LayerWeights {
  factor(step: Step): WeightOf;
  length(name: string): Tensor;
}

/** Rows of the weight that the same steps change. */
interface Segment {
  readonly first: number;
  readonly count: number;
  /** Places in the weight's steps. */
  readonly steps: readonly number[];
}

/**
 * y = W' x for a layer whose W the steps change, one after the other, from x, y = W x and `layer` (`LayerTerms.adapt`); W' is never made.
 * LoRA, LoKr, LoHa, diff: y + s D x. DoRA: (1 - s) y + s m (y + D x) with m = dora_scale / (|row of W| + eps), or with columns in place of
 * rows: then x is multiplied by m and W x computed a second time. GLoRA: y + s (W (A x) + B x), W x a second time too. set: its own product in
 * y's place. Source: arXiv:2402.09353; arXiv:2306.07967;
 * golden/flux2/adapters.
 */
export function adaptLayer(
  weight: string,
  steps: readonly Step[],
  weights: LayerWeights,
  x: Tensor,
  y: Tensor,
  layer: AdaptedLayer,
): Tensor {
  const active = steps.flatMap((step, n) => (isIdle(step) ? [] : [n]));
  const segments = cut(steps, active, layer.first, y.shape.at(-1)!);
  const last = y.shape.length - 1;
  const parts = segments.map((segment) => {
    const rows = (t: Tensor) => slice(t, last, segment.first - layer.first, segment.count);
    const base = { of: x, value: rows(y), product: (x: Tensor) => rows(layer.product(x)) };
    return new ChangedRows(weight, steps, weights, segment, base).value(segment.steps.length, x);
  });
  return parts.reduce((all, more) => concat(all, more, last));
}

/** `count` rows from `first` on, cut where a step begins or ends. */
function cut(steps: readonly Step[], active: readonly number[], first: number, count: number): Segment[] {
  const end = first + count;
  const borders = new Set([first, end]);
  for (const n of active)
    for (const at of [steps[n]!.first, steps[n]!.first + steps[n]!.count]) if (at > first && at < end) borders.add(at);
  const sorted = [...borders].sort((a, b) => a - b);
  return sorted.slice(1).map((to, i) => {
    const from = sorted[i]!;
    const inside = active.filter((n) => steps[n]!.first <= from && to <= steps[n]!.first + steps[n]!.count);
    return { first: from, count: to - from, steps: inside };
  });
}

/** A factor of a part of W': one number, or one for each row of the segment. */
type Coefficient = number | Tensor;

class ChangedRows {
  readonly #weight: string;
  readonly #steps: readonly Step[];
  readonly #weights: LayerWeights;
  readonly #segment: Segment;
  readonly #base: { readonly of: Tensor; readonly value: Tensor; product(x: Tensor): Tensor };

  constructor(
    weight: string,
    steps: readonly Step[],
    weights: LayerWeights,
    segment: Segment,
    base: { readonly of: Tensor; readonly value: Tensor; product(x: Tensor): Tensor },
  ) {
    this.#weight = weight;
    this.#steps = steps;
    this.#weights = weights;
    this.#segment = segment;
    this.#base = base;
  }

  /** W' x after the segment's first `n` steps. */
  value(n: number, x: Tensor): Tensor {
    if (n === 0) return x === this.#base.of ? this.#base.value : this.#base.product(x);
    const step = this.#steps[this.#segment.steps[n - 1]!]!;
    const { strength, adapter } = step;
    if (adapter.form.kind === "set") return this.#delta(step, x, 1);
    if (adapter.form.kind === "turned") {
      const factor = strength * adapter.scale;
      const turned = turnedInput(adapter.form.input, this.#weights.factor(step), x, factor);
      return add(add(this.value(n - 1, x), this.value(n - 1, turned)), this.#delta(step, x, factor));
    }
    if (!adapter.dora) return add(this.value(n - 1, x), this.#delta(step, x, strength * adapter.scale));
    const m = this.#magnitude(n);
    if (adapter.dora.axis === "rows") {
      const delta = this.#delta(step, x, adapter.scale);
      return add(mul(this.value(n - 1, x), scale(m, strength, 1 - strength)), mul(delta, scaled(m, strength)));
    }
    const turned = mul(x, m);
    const changed = add(this.value(n - 1, turned), this.#delta(step, turned, adapter.scale));
    if (strength === 1) return changed;
    return add(scaled(cont(this.value(n - 1, x)), 1 - strength), scaled(changed, strength));
  }

  #delta(step: Step, x: Tensor, factor: number): Tensor {
    const { first, count } = this.#segment;
    return deltaProduct(step, this.#weights.factor(step), x, factor, first - step.first, count);
  }

  /** dora_scale / (length + eps) of the segment's n-th step: [rows of the segment] or [columns]. */
  #magnitude(n: number): Tensor {
    const at = this.#segment.steps[n - 1]!;
    const step = this.#steps[at]!;
    const { dora } = step.adapter;
    const byRows = dora!.axis === "rows";
    const rows = (t: Tensor) => (byRows ? slice(t, 0, this.#segment.first - step.first, this.#segment.count) : t);
    const told = this.#weights.factor(step)(dora!.weight);
    // halves change places in the delta alone, not in the lengths: as ComfyUI
    const g = rows(byRows && step.target.order?.kind === "neighbours" ? ordered(told, step.target.order) : told);

    const parts = this.#coefficients(n - 1);
    if (!byRows) parts.set(at, step.adapter.scale);
    const known = lengthParts(this.#steps, at)!;
    let squares: Tensor | undefined;
    for (const [i, a] of known.entries())
      for (const b of known.slice(i)) {
        const [ca, cb] = [parts.get(a), parts.get(b)];
        if (ca === undefined || cb === undefined) continue;
        const inner = rows(this.#weights.length(lengthName(this.#weight, at, a, b)));
        const once = by(by(inner, ca), cb);
        const term = a === b ? once : by(once, 2);
        squares = squares ? add(squares, term) : term;
      }
    return div(g, scale(sqrt(cont(squares!)), 1, EPS));
  }

  /** W' after the segment's first `n` steps as a sum of parts: the weight (-1) and the steps' deltas. */
  #coefficients(n: number): Map<number, Coefficient> {
    let parts = new Map<number, Coefficient>([[-1, 1]]);
    for (let i = 1; i <= n; i++) {
      const at = this.#segment.steps[i - 1]!;
      const { adapter, strength } = this.#steps[at]!;
      if (adapter.form.kind === "set") parts = new Map([[at, 1]]);
      else if (!adapter.dora) parts.set(at, strength * adapter.scale);
      else {
        const m = this.#magnitude(i);
        const kept = scale(m, strength, 1 - strength);
        for (const [part, c] of parts) parts.set(part, typeof c === "number" ? scaled(kept, c) : mul(c, kept));
        parts.set(at, scaled(m, strength * adapter.scale));
      }
    }
    return parts;
  }
}

const by = (t: Tensor, c: Coefficient): Tensor =>
  typeof c === "number" ? scaled(c === 1 ? t : cont(t), c) : mul(t, c);
