import {
  type AppliedLora,
  type FindTarget,
  fitLora,
  type LoraFit,
  type LoraModel,
  loraTerms,
} from "../../models/lora/index.ts";
import type { Model } from "../../models/model.ts";
import type { Companions, LoadedModel, Runtime } from "../../runtime/runtime.ts";

/** LoRAs on a model: the stack, and what runs of the model are told of it (`toldOf`). */
export interface Adapters {
  readonly stack: readonly AppliedLora[];
  readonly companions: Companions;
}

/** What every run of a model is told of the LoRAs on it: part of `BeginOptions`. */
export const toldOf = (adapters: Adapters | undefined): { readonly companions?: Companions } =>
  adapters === undefined ? {} : { companions: adapters.companions };

/**
 * One more LoRA on what a model has already: what it then is, and how the LoRA's layers fit. Reads nothing. A strength of 0 adds nothing, but
 * for layers that the file sets. `lora`: as `runtime.load` gave it back.
 */
export function withLora(
  runtime: Pick<Runtime, "load">,
  base: Model,
  find: FindTarget,
  before: Adapters | undefined,
  lora: LoraModel,
  strength: number,
): { readonly adapters: Adapters | undefined; readonly fit: LoraFit } {
  const fit = fitLora(lora, base, find, before?.stack);
  const patches = strength === 0 ? fit.patches.filter(({ adapter }) => adapter.form.kind === "set") : fit.patches;
  if (patches.length === 0) return { adapters: before, fit };
  const stack = [...(before?.stack ?? []), { lora, strength, patches }];
  return { adapters: { stack, companions: companionsOf(runtime, base, stack) }, fit };
}

/**
 * A stack as the runtime takes it: its files are loaded, so that their weights are leased with the model's blocks. A file all of whose factors are used
 * may be read before the model's first run.
 */
export function companionsOf(runtime: Pick<Runtime, "load">, base: Model, stack: readonly AppliedLora[]): Companions {
  const { key, weights, terms } = loraTerms(base, stack);
  const used = new Map<Model, Set<string>>();
  for (const { model, name } of weights.values()) used.set(model, (used.get(model) ?? new Set()).add(name));
  const files = new Set(stack.map(({ lora }): Model => lora));
  const loaded = new Map<Model, LoadedModel>();
  const load = (model: Model): LoadedModel => {
    const whole = files.has(model) && model.weights.every(({ name }) => used.get(model)!.has(name));
    const known = loaded.get(model) ?? runtime.load(whole ? wholly(model) : model);
    loaded.set(model, known);
    return known;
  };
  return {
    key,
    weights: new Map(
      [...weights].map(([name, { model, name: theirs }]) => [name, { model: load(model), name: theirs }]),
    ),
    terms,
  };
}

/** The model, which may have methods of its own, as one whose runs use all of its weights. */
const wholly = (model: Model): Model => Object.create(model, { whole: { value: true, enumerable: true } }) as Model;
