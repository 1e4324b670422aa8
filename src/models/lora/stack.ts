import type { Patch } from "./fit.ts";
import type { LoraModel } from "./open.ts";

/** One LoRA on a model, as a loader node puts it there: later ones see what earlier ones made of a layer. */
export interface AppliedLora {
  readonly lora: LoraModel;
  readonly strength: number;
  readonly patches: readonly Patch[];
}

/** One change of one weight, in the order in which they are made. */
export interface Step extends Patch {
  readonly lora: LoraModel;
  readonly strength: number;
  /** Rows of the weight that are changed. */
  readonly first: number;
  readonly count: number;
}

/** All changes of a stack, by the weight they change. Steps of strength 0 are there, so that a step's place does not depend on strengths. */
export function stepsOf(stack: readonly AppliedLora[]): ReadonlyMap<string, readonly Step[]> {
  const steps = new Map<string, Step[]>();
  for (const { lora, strength, patches } of stack)
    for (const patch of patches) {
      const { weight, rows } = patch.target;
      const list = steps.get(weight) ?? [];
      steps.set(weight, list);
      const { first, count } = rows ?? { first: 0, count: patch.adapter.rows };
      list.push({ ...patch, lora, strength, first, count });
    }
  return steps;
}

/** A step changes nothing: its strength is 0, and it does not stand in the weight's place. */
export const isIdle = ({ strength, adapter }: Step): boolean => strength === 0 && adapter.form.kind !== "set";

export const overlap = (a: Step, b: Step): boolean => a.first < b.first + b.count && b.first < a.first + a.count;

/**
 * The steps whose values decide the lengths that a DoRA divides by: places in `steps`, and -1 for the weight itself. `null`: they are not
 * known in advance, since an earlier DoRA has changed rows and columns one by one, or a GLoRA has mixed them.
 */
export function lengthParts(steps: readonly Step[], at: number): readonly number[] | null {
  const step = steps[at]!;
  const { dora } = step.adapter;
  let parts = [-1];
  for (const [n, earlier] of steps.slice(0, at).entries()) {
    if (!overlap(earlier, step)) continue;
    if (earlier.adapter.form.kind === "turned") return null;
    const kind = earlier.adapter.dora?.axis;
    if (kind === "columns" || (dora?.axis === "columns" && (kind || earlier.first !== step.first))) return null;
    if (earlier.adapter.form.kind === "set" && earlier.first <= step.first && earlier.count >= step.count) parts = [];
    parts.push(n);
  }
  return dora?.axis === "columns" ? [...parts, at] : parts;
}
