import type { LayerTerms } from "../../tensor/index.ts";
import type { Model } from "../model.ts";
import type { Adapter } from "./adapter.ts";
import { adaptLayer } from "./adaptLayer.ts";
import { lengthsModel } from "./lengths.ts";
import { patchVector } from "./patchVector.ts";
import { type AppliedLora, type Step, stepsOf } from "./stack.ts";

/** What a stack of LoRAs adds to a model's graphs, and which weights of which files that takes. */
export interface LoraTerms {
  /** Equal for equal files in equal order at equal strengths. */
  readonly key: string;
  /** By the names under which the graphs ask. */
  readonly weights: ReadonlyMap<string, { readonly model: Model; readonly name: string }>;
  terms(weight: string): Pick<LayerTerms, "adapt" | "patch"> | undefined;
}

/**
 * The stack as side terms of `base`'s layers: no weight of the base is copied or changed, strengths are numbers in the graphs. A file that
 * is in the stack twice has its factors once.
 */
export function loraTerms(base: Model, stack: readonly AppliedLora[]): LoraTerms {
  const steps = stepsOf(stack);
  const vectors = new Set(base.weights.flatMap(({ name, role }) => (role === "vector" ? [name] : [])));
  const files = [...new Set(stack.map(({ lora }) => idOf(lora)))];
  const nameOf = (model: Model, name: string): string => `lora ${files.indexOf(idOf(model))}: ${name}`;
  const weights = new Map<string, { model: Model; name: string }>();
  for (const list of steps.values())
    for (const { lora, adapter } of list)
      for (const name of weightsOf(adapter)) weights.set(nameOf(lora, name), { model: lora, name });
  const lengths = lengthsModel(base, steps);
  const lengthNameOf = (name: string): string => `lengths: ${name}`;
  for (const { name } of lengths?.weights ?? []) weights.set(lengthNameOf(name), { model: lengths!, name });

  return {
    key: JSON.stringify(stack.map(({ lora, strength }) => [idOf(lora), strength])),
    weights,
    terms(weight) {
      const list = steps.get(weight);
      if (!list) return undefined;
      if (vectors.has(weight))
        return {
          patch: (w) => patchVector(list, (step) => (name) => w.graph.weight(nameOf(step.lora, name)), w),
        };
      return {
        adapt(x, y, layer) {
          const factor = (step: Step) => (name: string) => x.graph.weight(nameOf(step.lora, name));
          const length = (name: string) => x.graph.weight(lengthNameOf(name));
          return adaptLayer(weight, list, { factor, length }, x, y, layer);
        },
      };
    },
  };
}

const idOf = ({ source }: Model): string => `${source.path}#${source.identity}`;

function weightsOf({ form, dora }: Adapter): string[] {
  const own = (): readonly string[] => {
    if (form.kind === "low-rank") return form.chain.weights;
    if (form.kind === "turned") return [...form.chain.weights, ...form.input.weights];
    if (form.kind === "kronecker") return [...form.left.weights, ...form.right.weights];
    return [form.weight];
  };
  return [...own(), ...(dora ? [dora.weight] : [])];
}
