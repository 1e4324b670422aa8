import type { Model } from "../model.ts";
import type { Adapter } from "./adapter.ts";
import type { LoraModel } from "./open.ts";
import { type AppliedLora, lengthParts, stepsOf } from "./stack.ts";
import type { FindTarget, Target } from "./target.ts";

/** An adapter and the layer it is for. Sizes fit. */
export interface Patch {
  readonly adapter: Adapter;
  readonly target: Target;
}

export interface LoraFit {
  readonly patches: readonly Patch[];
  /** Adapters that name no layer of the model. */
  readonly unknown: readonly Adapter[];
  /** Adapters of a layer that has other sizes. */
  readonly mismatched: readonly { readonly adapter: Adapter; readonly wanted: readonly number[] }[];
  /** DoRAs over another DoRA or a GLoRA of the stack whose result they would need to know. */
  readonly overDora: readonly Adapter[];
}

/**
 * Which layers of a model a LoRA changes, on top of a stack. Where two adapters name one layer (the same rows of it) in two spellings, the later one counts.
 */
export function fitLora(lora: LoraModel, model: Model, find: FindTarget, stack: readonly AppliedLora[] = []): LoraFit {
  const shapes = new Map(model.weights.map(({ name, shape }) => [name, shape]));
  const patches = new Map<string, Patch>();
  const unknown: Adapter[] = [];
  const mismatched: { adapter: Adapter; wanted: readonly number[] }[] = [];
  for (const adapter of lora.adapters) {
    const found = find(adapter.stem);
    const target = found && (adapter.bias ? biasOf(found) : found);
    const shape = target && shapes.get(target.weight);
    if (!target || !shape) {
      unknown.push(adapter);
      continue;
    }
    const rows = target.rows?.count ?? shape[0]!;
    const columns = shape.length === 1 ? 0 : shape.slice(1).reduce((n, size) => n * size, 1);
    if (adapter.rows === rows && adapter.columns === columns)
      patches.set(JSON.stringify([target.weight, target.rows]), { adapter, target });
    else mismatched.push({ adapter, wanted: columns === 0 ? [rows] : [rows, columns] });
  }
  const all = [...patches.values()];
  const overDora = unknownLengths(lora, all, stack);
  return {
    patches: all.filter(({ adapter }) => !overDora.has(adapter)),
    unknown,
    mismatched,
    overDora: [...overDora],
  };
}

function unknownLengths(
  lora: LoraModel,
  patches: readonly Patch[],
  stack: readonly AppliedLora[],
): ReadonlySet<Adapter> {
  const found = new Set<Adapter>();
  if (!patches.some(({ adapter }) => adapter.dora)) return found;
  for (const steps of stepsOf([...stack, { lora, strength: 1, patches }]).values())
    for (const [at, { adapter }] of steps.entries())
      if (adapter.dora && lengthParts(steps, at) === null) found.add(adapter);
  return found;
}

/** A layer's bias lies beside its weight and has its rows. */
const biasOf = ({ weight, rows, order }: Target): Target => ({
  weight: weight.replace(/\.weight$/, ".bias"),
  ...(rows && { rows }),
  ...(order && { order }),
});
