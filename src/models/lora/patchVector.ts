import { add, concat, slice, type Tensor } from "../../tensor/index.ts";
import { ordered, scaled, type WeightOf } from "./products.ts";
import { isIdle, type Step } from "./stack.ts";

/** A vector (a norm's scale, a bias) as the steps change it, one after the other: w + s diff, or what stands in its place. w: [n] f32. */
export function patchVector(steps: readonly Step[], factor: (step: Step) => WeightOf, w: Tensor): Tensor {
  let value = w;
  for (const step of steps) {
    const { form } = step.adapter;
    if (isIdle(step) || (form.kind !== "delta" && form.kind !== "set")) continue;
    const told = ordered(factor(step)(form.weight), step.target.order);
    const { first, count } = step;
    const part = slice(value, 0, first, count);
    const changed = form.kind === "set" ? told : add(part, scaled(told, step.strength));
    const size = w.shape[0]!;
    const before = first > 0 ? concat(slice(value, 0, 0, first), changed, 0) : changed;
    const behind = size - first - count;
    value = behind > 0 ? concat(before, slice(value, 0, first + count, behind), 0) : before;
  }
  return value;
}
